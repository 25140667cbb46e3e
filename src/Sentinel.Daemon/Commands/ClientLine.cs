using Sentinel.Core;

namespace Sentinel.Daemon.Commands;

/// <summary>One client as <c>CLIENT LIST</c> and <c>CLIENT INFO</c> show it.</summary>
internal static class ClientLine
{
    /// <summary>The fields of Redis 7.4, in its order, ended by a line feed. What has no meaning here has the value that says so there.</summary>
    public static string Of(ClientConnection client, Instant now)
    {
        long queued = client.Output.QueuedBytes;
        return
            $"id={client.Id} addr={client.Address} laddr={client.LocalAddress} fd={client.FileDescriptor} name={client.Name}"
            + $" age={Seconds(now - client.Since)} idle={Seconds(now - client.LastHeardAt)} flags={Flags(client)} db=0"
            + $" sub={client.ChannelCount} psub={client.PatternCount} ssub=0 multi=-1 watch=0 qbuf=0 qbuf-free=0 argv-mem=0 multi-mem=0"
            + $" rbs=0 rbp=0 obl=0 oll={(queued > 0 ? 1 : 0)} omem={queued} tot-mem={queued} events=r cmd={client.LastCommand?.FullName ?? "NULL"}"
            + $" user={client.User} redir={client.Tracking?.Redirect ?? -1} resp={(int)client.Version} lib-name={client.LibraryName} lib-ver={client.LibraryVersion}\n";
    }

    private static string Flags(ClientConnection client)
    {
        string flags = (client.IsSubscribed ? "P" : "") + (client.Tracking is { } tracking ? tracking.IsBroadcast ? "tB" : "t" : "") + (client.IsNoEvict ? "e" : "");
        return flags.Length > 0 ? flags : "N";
    }

    private static long Seconds(TimeSpan span) => Math.Max(0, (long)span.TotalSeconds);
}
