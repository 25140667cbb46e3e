using System.Buffers;
using System.Text;
using Sentinel.Daemon.Configuration;
using Sentinel.Resp;

namespace Sentinel.Daemon.Acl;

/// <summary>Names and rules as texts in which a character is a byte, so that none that a client or a file brings is lost.</summary>
internal static class ByteText
{
    // NUL too: in Redis it ends a text.
    private static readonly SearchValues<char> Blanks = SearchValues.Create(" \t\n\v\f\r\0");

    /// <summary>Whether it has a character that neither a name nor a pattern may have.</summary>
    public static bool HasBlanks(string text) => text.AsSpan().ContainsAny(Blanks);

    /// <summary>Writes such a text as a bulk string.</summary>
    public static void WriteBulk(this RespWriter reply, string text) => reply.WriteBulkString(Encoding.Latin1.GetBytes(text));

    /// <summary>A word of a configuration file as such a text.</summary>
    public static string FromFile(string word) => Encoding.Latin1.GetString(FileText.Encode(word));

    /// <summary>Such a text as a word of a configuration file.</summary>
    public static string ToFile(string text) => FileText.Decode(Encoding.Latin1.GetBytes(text));
}
