using System.Reflection;

namespace Sentinel.Daemon.Commands;

/// <summary>The versions we show.</summary>
internal static class ServerVersion
{
    /// <summary>The version of Redis whose Sentinel we stand in for: HELLO's <c>version</c> and INFO's <c>redis_version</c>.</summary>
    /// <remarks>
    /// Clients choose what they send by it (CLIENT SETINFO from 7.2 on, for one). 7.4 is the newest whose Sentinel
    /// behaviour ours was checked against.
    /// </remarks>
    public const string Compatible = "7.4.0";

    /// <summary>Our own version: INFO's <c>sentinel_version</c>.</summary>
    public static string Own { get; } =
        typeof(ServerVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0.0.0";
}
