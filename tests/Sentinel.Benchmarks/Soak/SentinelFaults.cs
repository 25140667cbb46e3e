using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Sentinel.Benchmarks.Servers;
using Sentinel.Daemon.Tests.Lab;

namespace Sentinel.Benchmarks.Soak;

/// <summary>Strikes sentinels, one at a time, so that the others are a majority.</summary>
/// <remarks>The first one is never ended: of it one whole life is seen, under all that clients do to it.</remarks>
internal sealed class SentinelFaults(Cluster cluster, Chronicle chronicle, Random random) : IDisposable
{
    /// <summary>Connections of a storm: less than a process may have open by default on most systems, with those it has besides.</summary>
    private const int StormConnections = 2000;

    /// <summary>Subscribers that do not read, at a time.</summary>
    private const int SubscribersMax = 3;

    private static readonly TimeSpan StormMax = TimeSpan.FromSeconds(20);

    private static readonly FaultKind[] s_kinds = [FaultKind.SentinelRestarted, FaultKind.SentinelKilled, FaultKind.ConnectionStorm, FaultKind.SlowSubscriber];

    private readonly Queue<Socket> _subscribers = [];

    /// <inheritdoc cref="GroupFaults.RunAsync"/>
    public async Task RunAsync(CancellationToken enough, CancellationToken stopping)
    {
        try
        {
            // At first, so that what they need once is no growth later.
            foreach (SentinelServer sentinel in cluster.Sentinels)
            {
                await StrikeAsync(FaultKind.ConnectionStorm, sentinel, stopping);
                await StrikeAsync(FaultKind.SlowSubscriber, sentinel, stopping);
            }
            while (await GroupFaults.GoesOnAsync(TimeSpan.FromSeconds(5 + 10 * random.NextDouble()), enough, stopping))
            {
                FaultKind kind = s_kinds[random.Next(s_kinds.Length)];
                int first = kind is FaultKind.SentinelRestarted or FaultKind.SentinelKilled ? 1 : 0;
                await StrikeAsync(kind, cluster.Sentinels[random.Next(first, cluster.Sentinels.Count)], stopping);
            }
        }
        catch (Exception failure) when (failure is NotInTimeException || Discovery.IsSilence(failure))
        {
            chronicle.Find($"a sentinel did not come back, and none gets further faults: {failure.Message}");
        }
    }

    public void Dispose()
    {
        foreach (Socket subscriber in _subscribers)
            subscriber.Dispose();
    }

    private async Task StrikeAsync(FaultKind kind, SentinelServer sentinel, CancellationToken stopping)
    {
        var awayFor = TimeSpan.FromSeconds(3 * random.NextDouble());
        int number = chronicle.Begin(null, kind, $"{sentinel}");
        string remark = "";
        switch (kind)
        {
            case FaultKind.SentinelRestarted:
                sentinel.Process.AskToEnd();
                int code = await sentinel.Process.ExitCodeAsync();
                if (code != 0)
                    chronicle.Find($"{sentinel} ended with exit code {code} on SIGTERM");
                await ComeBackAsync(sentinel, awayFor, stopping);
                break;
            case FaultKind.SentinelKilled:
                await sentinel.KillAsync();
                await ComeBackAsync(sentinel, awayFor, stopping);
                break;
            case FaultKind.ConnectionStorm:
                remark = await StormAsync(sentinel, stopping);
                break;
            case FaultKind.SlowSubscriber:
                await SubscribeAsync(sentinel);
                break;
            default:
                throw new UnreachableException();
        }
        chronicle.End(number, fault => fault with { Remark = remark });
    }

    private static async Task ComeBackAsync(SentinelServer sentinel, TimeSpan awayFor, CancellationToken stopping)
    {
        await Task.Delay(awayFor, stopping);
        await sentinel.StartAsync();
    }

    private static async Task<string> StormAsync(SentinelServer sentinel, CancellationToken stopping)
    {
        Socket[] sockets = [.. Enumerable.Range(0, StormConnections).Select(_ => NewSocket())];
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        bound.CancelAfter(StormMax);
        try
        {
            bool[] answered = await Task.WhenAll(sockets.Select(socket => PingAsync(socket, sentinel.Port, bound.Token)));
            stopping.ThrowIfCancellationRequested();
            return $"{answered.Count(isAnswered => isAnswered)} of {StormConnections} were answered";
        }
        finally
        {
            foreach (Socket socket in sockets)
                socket.Dispose();
        }
    }

    private static async Task<bool> PingAsync(Socket socket, int port, CancellationToken bound)
    {
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, port, bound);
            await socket.SendAsync("PING\r\n"u8.ToArray(), bound);
            return await socket.ReceiveAsync(new byte[16], bound) > 0;
        }
        catch (Exception failure) when (failure is SocketException or OperationCanceledException)
        {
            return false;
        }
    }

    private async Task SubscribeAsync(SentinelServer sentinel)
    {
        if (_subscribers.Count == SubscribersMax)
            _subscribers.Dequeue().Dispose();
        Socket subscriber = NewSocket();
        subscriber.ReceiveBufferSize = 4096;
        _subscribers.Enqueue(subscriber);
        await subscriber.ConnectAsync(IPAddress.Loopback, sentinel.Port);
        await subscriber.SendAsync(Encoding.ASCII.GetBytes("PSUBSCRIBE *\r\n"));
    }

    private static Socket NewSocket() => new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
}
