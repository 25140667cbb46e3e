using Sentinel.Core;
using Sentinel.Daemon.Configuration;
using Sentinel.Daemon.Logging;

namespace Sentinel.Daemon.Hosting;

/// <summary>Makes room for as many clients as <c>maxclients</c> says, or fewer where the system does not let us.</summary>
internal static class OpenFiles
{
    /// <summary>Files that are neither clients nor links: of the runtime, listeners, the log, webhooks, scripts. Measured: about 130 at rest.</summary>
    private const ulong Own = 256;

    /// <summary>Connections to a data node: one for commands, one to listen.</summary>
    private const ulong PerNode = 2;

    /// <summary>Raises the limit of open files as far as needed and possible.</summary>
    /// <returns>The configuration, with as many clients as there is room for; null when there is room for none.</returns>
    public static SentinelConfiguration? MakeRoom(SentinelConfiguration configuration, RedisLog log)
    {
        ulong reserved = Own + Links(configuration);
        ulong needed = (ulong)configuration.MaxClients + reserved;
        (ulong current, ulong most) = SystemCalls.OpenFiles();
        if (current >= needed)
            return configuration;
        string? error = SystemCalls.LimitOpenFiles(needed, Math.Max(needed, most));
        if (error is null)
        {
            log.Write(EventLevel.Notice, $"Increased maximum number of open files to {needed} (it was originally set to {current}).");
            return configuration;
        }
        if (most > current && SystemCalls.LimitOpenFiles(most, most) is null)
            current = most;    // as far as we may
        if (current <= reserved)
        {
            log.Write(
                EventLevel.Warning,
                $"Your current 'ulimit -n' of {current} is not enough for the server to start. Please increase your open file limit to at least {needed}. Exiting.");
            return null;
        }
        ulong clients = current - reserved;
        log.Write(EventLevel.Warning, $"You requested maxclients of {configuration.MaxClients} requiring at least {needed} max file descriptors.");
        log.Write(EventLevel.Warning, $"Server can't set maximum open files to {needed} because of OS error: {error}.");
        log.Write(
            EventLevel.Warning,
            $"Current maximum open files is {current}. maxclients has been reduced to {clients} to compensate for low ulimit. If you need higher maxclients increase 'ulimit -n'.");
        return configuration with { MaxClients = (long)clients };
    }

    private static ulong Links(SentinelConfiguration configuration) =>
        configuration.Masters.Aggregate(0ul, (sum, master) =>
            sum + (PerNode * (1 + (ulong)master.Replicas.Length)) + (ulong)master.Peers.Length);
}
