using Sentinel.Resp;

namespace Sentinel.Daemon.Tests.Lab;

/// <summary>Reads replies as tests look at them.</summary>
internal static class Replies
{
    /// <summary>The text of a string or an error, the digits of an integer; empty for anything else.</summary>
    public static string Text(this RespValue reply) =>
        reply.TryGetText(out string? text) ? text : reply.TryGetInteger(out long number) ? $"{number}" : "";

    /// <summary>The texts of an array.</summary>
    public static string[] Texts(this RespValue reply) => [.. reply.Items.Select(Text)];

    /// <summary>Fields and values of a flat array; no fields when it is anything else, such as an error.</summary>
    public static Dictionary<string, string> Fields(this RespValue reply) =>
        reply.Items.Chunk(2).Where(pair => pair.Length == 2).ToDictionary(pair => pair[0].Text(), pair => pair[1].Text());

    /// <summary>The fields of a reply to INFO.</summary>
    public static Dictionary<string, string> InfoFields(this RespValue reply) =>
        reply.Text().Split("\r\n").Select(line => line.Split(':', 2)).Where(pair => pair.Length == 2).ToDictionary(pair => pair[0], pair => pair[1]);
}
