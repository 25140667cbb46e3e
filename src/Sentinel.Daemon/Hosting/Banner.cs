using Sentinel.Core;
using Sentinel.Daemon.Commands;
using Sentinel.Daemon.Configuration;
using Sentinel.Daemon.Logging;

namespace Sentinel.Daemon.Hosting;

/// <summary>What the log begins with.</summary>
internal static class Banner
{
    private static readonly string Logo = $"""

              .--------.
             /  .----.  \      Sentinel {ServerVersion.Own}, as of Redis {ServerVersion.Compatible}
            |  /  ()  \  |     PID: {Environment.ProcessId}
             \  '----'  /
              '--------'

        """;

    /// <summary>Says who we are.</summary>
    public static void Write(RedisLog log)
    {
        log.Write(EventLevel.Notice, "oO0OoO0OoO0Oo Sentinel is starting oO0OoO0OoO0Oo");
        log.Write(EventLevel.Notice, $"Sentinel version={ServerVersion.Own}, redis={ServerVersion.Compatible}, bits=64, pid={Environment.ProcessId}, just started");
        log.Write(EventLevel.Notice, "Configuration loaded");
    }

    /// <summary>Says what of the configuration can hardly be meant.</summary>
    public static void WriteDoubts(RedisLog log, SentinelConfiguration configuration)
    {
        foreach (ConfigurationDoubt doubt in configuration.Doubts)
            log.Write(EventLevel.Warning, $"{doubt.Line.Place}: {doubt.What}; {doubt.Cure}");
        if (configuration.Masters.IsEmpty)
            log.Write(EventLevel.Notice, $"Watches nothing: no master is monitored; {ConfigurationDoubt.CureOfNoMaster}");
    }

    /// <summary>Says what we are about to do; with a picture where someone looks and asked for it.</summary>
    public static void WriteMode(RedisLog log, SentinelConfiguration configuration)
    {
        bool isSeen = configuration.Log is { File: null, SyslogEnabled: false } && !Console.IsOutputRedirected;
        if (configuration.AlwaysShowLogo && isSeen)
        {
            foreach (string line in Logo.Split('\n'))
                log.Write(EventLevel.Notice, line, LogLineForm.Bare);
        }
        log.Write(EventLevel.Notice, $"Running mode=sentinel, port={configuration.Options.Port}.");
    }
}
