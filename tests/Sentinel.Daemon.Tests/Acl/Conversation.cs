using System.Text;
using Sentinel.Daemon.Tests.Commands;
using Sentinel.Resp;

namespace Sentinel.Daemon.Tests.Acl;

/// <summary>Requests and replies as text, to lay side by side.</summary>
internal static class Conversation
{
    /// <summary>Sends lines one after the other and gives each with its reply.</summary>
    public static async Task<string> HoldAsync(int port, params IEnumerable<string> lines)
    {
        using RespClient client = await RespClient.ConnectAsync(port);
        var said = new StringBuilder();
        foreach (string line in lines)
            said.Append(line).Append(" -> ").AppendLine(Show(await client.AskAsync(line)));
        return said.ToString();
    }

    /// <summary>What redis-sentinel 7.0.15 says as later versions, and so we, say it.</summary>
    public static string InLaterWords(string said) => said
        .Replace("This user has no permissions", "User a has no permissions", StringComparison.Ordinal)
        .Replace("NOPERM this user has no permissions to access one of the channels used as arguments", "NOPERM No permissions to access a channel", StringComparison.Ordinal)
        .Replace("NOPERM this user has no permissions", "NOPERM User a has no permissions", StringComparison.Ordinal)
        .Replace("Prints this help", "Print this help", StringComparison.Ordinal);

    /// <summary>Without a flag that 7.0.15 only has once it was set, and later versions always.</summary>
    public static string WithoutSanitizing(string said) => said
        .Replace(", BulkString sanitize-payload", "", StringComparison.Ordinal)
        .Replace(" sanitize-payload", "", StringComparison.Ordinal);

    public static string Show(RespValue value) => value.Items.IsDefaultOrEmpty
        ? $"{value.Kind} {(value.TryGetInteger(out long number) ? number : value.ToText())}"
        : $"{value.Kind} [{string.Join(", ", value.Items.Select(Show))}]";
}
