using Sentinel.Core;
using Sentinel.Resp;
using Host = Sentinel.Daemon.Configuration.Host;

namespace Sentinel.Daemon.Commands;

/// <summary>The words after <c>SENTINEL FAILOVER name</c>, in any order and case.</summary>
internal static class FailoverArguments
{
    private const string Known = "COORDINATED, FORCE, TO <ip> <port>, TIMEOUT <milliseconds>, DRYRUN";

    /// <summary>A day: nobody waits longer for a switch.</summary>
    private const long TimeoutMaxMs = 86_400_000;

    /// <summary>Reads them.</summary>
    /// <param name="words">The whole command.</param>
    /// <param name="order">What was ordered.</param>
    /// <param name="error">Which word is wrong, and what to write instead; null: none.</param>
    public static bool TryRead(RespCommand words, out FailoverOptions order, out string? error)
    {
        order = new FailoverOptions();
        HashSet<string> seen = [];
        for (int at = 3; at < words.Count; at++)
        {
            string word = words.GetText(at), option = word.ToUpperInvariant();
            error = !seen.Add(option) ? $"ERR Option '{word}' of SENTINEL FAILOVER is given twice: say it once" : null;
            switch (option)
            {
                case "COORDINATED":
                    order = order with { Mode = FailoverMode.CoordinatedOnly };
                    break;
                case "FORCE":
                    order = order with { Mode = FailoverMode.Forced };
                    break;
                case "DRYRUN":
                    order = order with { IsDryRun = true };
                    break;
                case "TO":
                    error ??= ReadTarget(words, ref at, ref order);
                    break;
                case "TIMEOUT":
                    error ??= ReadTimeout(words, ref at, ref order);
                    break;
                default:
                    error = $"ERR Unknown option '{word}' of SENTINEL FAILOVER: it takes {Known}";
                    break;
            }
            if (error is not null)
                return false;
        }
        error = !seen.Contains("FORCE") ? null
            : seen.Contains("COORDINATED") ? "ERR FORCE and COORDINATED of SENTINEL FAILOVER exclude each other: give one of them"
            : seen.Contains("TIMEOUT") ? "ERR TIMEOUT of SENTINEL FAILOVER bounds the coordinated part, and with FORCE there is none: leave one of them out"
            : null;
        return error is null;
    }

    private static string? ReadTarget(RespCommand words, ref int at, ref FailoverOptions order)
    {
        if (words.Count <= at + 2)
            return "ERR Option 'TO' of SENTINEL FAILOVER needs two words after it: the ip and the port of a replica";
        string host = words.GetText(++at);
        if (Host.TryReadLiteral(host, out string canonical))
            host = canonical;
        if (!HelloMessage.IsHost(host))
            return $"ERR '{host}' after TO is no address: give the ip of a replica, as SENTINEL REPLICAS shows it";
        if (!words.TryGetInteger(++at, out long port) || port is < 1 or > ushort.MaxValue)
            return $"ERR '{words.GetText(at)}' after TO is no port: give a number from 1 to 65535";
        order = order with { Target = new Address(host, (int)port) };
        return null;
    }

    private static string? ReadTimeout(RespCommand words, ref int at, ref FailoverOptions order)
    {
        if (words.Count <= at + 1)
            return "ERR Option 'TIMEOUT' of SENTINEL FAILOVER needs a word after it: a number of milliseconds";
        if (!words.TryGetInteger(++at, out long time) || time is < 1 or > TimeoutMaxMs)
            return $"ERR '{words.GetText(at)}' after TIMEOUT is no time: give a number of milliseconds from 1 to {TimeoutMaxMs}";
        order = order with { Timeout = TimeSpan.FromMilliseconds(time) };
        return null;
    }
}
