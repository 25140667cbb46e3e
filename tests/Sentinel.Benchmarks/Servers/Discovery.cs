using System.Net.Sockets;
using Sentinel.Daemon.Tests.Lab;
using Sentinel.Resp;

namespace Sentinel.Benchmarks.Servers;

/// <summary>How an application finds its master: it asks one sentinel after the other, and goes where it is told.</summary>
internal sealed class Discovery(IReadOnlyList<Server> sentinels, string group)
{
    /// <summary>For each answer: an application that hears nothing for so long asks the next one.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(200);

    private int _next;

    /// <summary>A connection to whom the next sentinel calls the master.</summary>
    /// <param name="other">Called first with the port; whether it is wanted. Null: any is.</param>
    /// <returns>Null: nobody said, or nobody is there, or it is not wanted.</returns>
    public async Task<RespConnection?> TryConnectAsync(Func<int, bool>? other = null)
    {
        Server sentinel = sentinels[_next++ % sentinels.Count];
        try
        {
            int port;
            using (RespConnection connection = await RespConnection.ConnectAsync(sentinel.Port, patience: Patience))
                port = Observation.PortIn(await connection.AskAsync("SENTINEL", "GET-MASTER-ADDR-BY-NAME", group));
            return port == 0 || other?.Invoke(port) == false ? null : await RespConnection.ConnectAsync(port, patience: Patience);
        }
        catch (Exception failure) when (IsSilence(failure))
        {
            return null;
        }
    }

    /// <summary>Waits until a write is acknowledged by whom the sentinels call the master.</summary>
    /// <param name="isWanted">Which ports count.</param>
    public async Task WriteAsync(Func<int, bool> isWanted, CancellationToken stopping)
    {
        while (true)
        {
            try
            {
                using RespConnection? master = await TryConnectAsync(isWanted);
                if (master is not null && (await master.AskAsync("INCR", "writes")).Kind is RespKind.Integer)
                    return;
            }
            catch (Exception failure) when (IsSilence(failure))
            {
                // Not yet.
            }
            await Task.Delay(1, stopping);
        }
    }

    /// <summary>Whether a failure means only that nobody answers.</summary>
    public static bool IsSilence(Exception failure) => failure is SocketException or IOException or TimeoutException;
}
