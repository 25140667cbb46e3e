using System.Collections.Concurrent;
using System.Diagnostics;
using Sentinel.Daemon.Tests.Lab;
using Sentinel.Resp;

namespace Sentinel.Benchmarks.Servers;

/// <summary>Hears the first <c>+switch-master</c> of each sentinel, as a client that has subscribed to it does.</summary>
internal sealed class SwitchWatch : IAsyncDisposable
{
    private readonly CancellationTokenSource _over = new();
    private readonly ConcurrentBag<long> _heard = [];
    private readonly List<RespConnection> _connections = [];
    private readonly List<Task> _readers = [];

    private SwitchWatch()
    {
    }

    /// <summary>When all had told it, as of <see cref="Stopwatch.GetTimestamp"/>; null: not all have.</summary>
    public long? ToldAt => _heard.Count == _connections.Count ? _heard.Max() : null;

    public static async Task<SwitchWatch> StartAsync(IEnumerable<Server> sentinels)
    {
        var watch = new SwitchWatch();
        foreach (Server sentinel in sentinels)
        {
            RespConnection connection = await RespConnection.ConnectAsync(sentinel.Port);
            await connection.AskAsync("SUBSCRIBE", "+switch-master");
            watch._connections.Add(connection);
            watch._readers.Add(watch.HearAsync(connection));
        }
        return watch;
    }

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await Task.WhenAll(_readers);
        foreach (RespConnection connection in _connections)
            connection.Dispose();
        _over.Dispose();
    }

    private async Task HearAsync(RespConnection connection)
    {
        try
        {
            RespValue message = await connection.ReadAsync(_over.Token);
            _heard.Add(Stopwatch.GetTimestamp());
            if (message.Items.Length != 3)
                throw new IOException("a subscription gave something else than a message");
        }
        catch (OperationCanceledException)
        {
            // Nobody waits for it any more.
        }
    }
}
