using System.Collections.Immutable;
using Sentinel.Core;
using Sentinel.Daemon.Configuration;
using Sentinel.Resp;

namespace Sentinel.Daemon.Commands;

/// <summary>Reads the options and values of <c>SENTINEL SET</c>.</summary>
internal static class MasterChanges
{
    private const string Denied =
        "ERR Reconfiguration of scripts path is denied for security reasons. Check the deny-scripts-reconfig configuration directive in your Sentinel configuration";

    /// <summary>Reads from the left to the first mistake.</summary>
    /// <param name="words">The request; options begin at the fourth word.</param>
    /// <param name="server">Whether scripts may be changed, and where their paths start.</param>
    /// <param name="error">What is wrong with the first bad option; null: all are good.</param>
    /// <returns>The changes; with a mistake, those before it.</returns>
    public static ImmutableArray<MasterChange> Read(RespCommand words, RespServerOptions server, out string? error)
    {
        var changes = ImmutableArray.CreateBuilder<MasterChange>();
        error = null;
        for (int at = 3; at < words.Count;)
        {
            int values = words.Is(at, "rename-command"u8) ? 2 : 1;
            if (at + values >= words.Count)
            {
                error = Unknown(words, at);
                break;
            }
            if (Read(words, at, server, out error) is not { } change)
                break;
            if (Enumerable.Range(at + 1, values).FirstOrDefault(value => !ControlCharacters.AreAbsent(words.GetText(value))) is > 0 and var bad)
            {
                error = Invalid(words, at, bad);
                break;
            }
            changes.Add(change);
            at += 1 + values;
        }
        return changes.ToImmutable();
    }

    private static MasterChange? Read(RespCommand words, int at, RespServerOptions server, out string? error)
    {
        error = null;
        string option = words.GetText(at);
        string value = FileText.Decode(words.Span(at + 1));    // a password may be any bytes
        switch (option.ToLowerInvariant())
        {
            case "down-after-milliseconds" when IsAtLeast(1, out TimeSpan time):
                return Change(options => options with { DownAfter = time });
            case "failover-timeout" when IsAtLeast(1, out TimeSpan time):
                return Change(options => options with { FailoverTimeout = time });
            case "master-reboot-down-after-period" or "primary-reboot-down-after-period" when IsAtLeast(0, out TimeSpan time):
                return Change(options => options with { RebootDownAfter = time });
            case "auto-forget-after-seconds" when IsNumber(0, out int seconds):
                return Change(options => options with { AutoForgetAfter = TimeSpan.FromSeconds(seconds) });
            case "crash-down-after-milliseconds" when IsAtLeast(0, out TimeSpan time):
                return Change(options => options with { CrashDownAfter = time });
            case "failover-cooldown-milliseconds" when IsAtLeast(0, out TimeSpan time):
                return Change(options => options with { FailoverCooldown = time });
            case "corroborate" when value.Equals("yes", StringComparison.OrdinalIgnoreCase) || value.Equals("no", StringComparison.OrdinalIgnoreCase):
                return Change(options => options with { Corroborate = value.Equals("yes", StringComparison.OrdinalIgnoreCase) });
            case "empty-restart-failover" when value.ToLowerInvariant() is "yes" or "no":
                return Change(options => options with { EmptyRestartFailover = value.Equals("yes", StringComparison.OrdinalIgnoreCase) });
            case "fence-after-milliseconds" when IsAtLeast(0, out TimeSpan time):
                return Change(options => options with { FenceAfter = time });
            case "preflight-period-seconds" when IsNumber(0, out int seconds):
                return Change(options => options with { PreflightPeriod = TimeSpan.FromSeconds(seconds) });
            case "parallel-syncs" when IsNumber(1, out int count):
                return Change(options => options with { ParallelSyncs = count });
            case "quorum" when IsNumber(1, out int count):
                return Change(options => options with { Quorum = count });
            case "notification-script" when IsScript("Notification", out error):
                return Change(options => options with { NotificationScript = NullIfEmpty(value) });
            case "client-reconfig-script" when IsScript("Client reconfiguration", out error):
                return Change(options => options with { ClientReconfigScript = NullIfEmpty(value) });
            case "auth-pass":
                return new MasterChange(option, "******", options => options with { AuthPass = NullIfEmpty(value) });
            case "auth-user":
                return Change(options => options with { AuthUser = NullIfEmpty(value) });
            case "rename-command" when value.Length > 0 && words[at + 2].Length > 0:
                string newName = FileText.Decode(words.Span(at + 2));
                return new MasterChange(option, $"{value} {newName}", options => options with { RenamedCommands = Renamed(options.RenamedCommands, value, newName) });
            case "rename-command":
                error = Invalid(words, at, value.Length > 0 ? at + 2 : at + 1);
                return null;
            case "down-after-milliseconds" or "failover-timeout" or "master-reboot-down-after-period" or "primary-reboot-down-after-period" or "parallel-syncs" or "quorum"
                or "auto-forget-after-seconds" or "crash-down-after-milliseconds" or "corroborate" or "failover-cooldown-milliseconds" or "empty-restart-failover"
                or "fence-after-milliseconds" or "preflight-period-seconds":
                error = Invalid(words, at, at + 1);
                return null;
            case "notification-script" or "client-reconfig-script":
                return null;
            default:
                error = Unknown(words, at);
                return null;
        }

        MasterChange Change(Func<MasterOptions, MasterOptions> apply) => new(option, value, apply);

        // Redis takes 64 bits here but reads back 32 from its file; longer than 24 days is as good as these.
        bool IsAtLeast(int min, out TimeSpan time)
        {
            bool isValid = IsNumber(min, out int milliseconds);
            time = TimeSpan.FromMilliseconds(milliseconds);
            return isValid;
        }

        bool IsNumber(int min, out int number)
        {
            bool isValid = words.TryGetInteger(at + 1, out long given) && given >= min;
            number = (int)Math.Clamp(given, int.MinValue, int.MaxValue);
            return isValid;
        }

        bool IsScript(string what, out string? problem)
        {
            problem = server.DenyScriptsReconfig ? Denied
                : value.Length > 0 && Posix.CheckAccess(Path.GetFullPath(value, server.Directory), Posix.MayExecute) is not null ? $"ERR {what} script seems non existing or non executable"
                : null;
            return problem is null;
        }
    }

    private static ImmutableSortedDictionary<string, string> Renamed(ImmutableSortedDictionary<string, string> renamed, string command, string newName)
    {
        string key = command.ToUpperInvariant();
        return command.Equals(newName, StringComparison.OrdinalIgnoreCase) ? renamed.Remove(key) : renamed.SetItem(key, newName);
    }

    private static string? NullIfEmpty(string value) => value.Length > 0 ? value : null;

    private static string Invalid(RespCommand words, int option, int value) =>
        $"ERR Invalid argument '{words.GetLatin1(value)}' for SENTINEL SET '{words.GetLatin1(option)}'";

    private static string Unknown(RespCommand words, int option) =>
        $"ERR Unknown option or number of arguments for SENTINEL SET '{words.GetLatin1(option)}'";
}
