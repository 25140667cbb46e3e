using System.Text;
using Sentinel.Resp;

namespace Sentinel.Daemon.Tests.Commands;

internal static class RespValueText
{
    /// <summary>The text of a string, a status or an error, a character a byte.</summary>
    public static string ToText(this RespValue value) => Encoding.Latin1.GetString(value.Bytes.Span);
}
