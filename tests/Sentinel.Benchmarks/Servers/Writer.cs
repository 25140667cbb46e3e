using System.Diagnostics;
using Sentinel.Daemon.Tests.Lab;
using Sentinel.Resp;

namespace Sentinel.Benchmarks.Servers;

/// <summary>An application that writes one value after the other, each another one, and leaves a master only when it gives an error or nothing.</summary>
/// <param name="name">What its values begin with.</param>
/// <param name="connect">How it finds a master; null: not now.</param>
/// <param name="period">Between two writes.</param>
/// <param name="acknowledged">Called with each write that a master acknowledged.</param>
internal sealed class Writer(string name, Func<Task<RespConnection?>> connect, TimeSpan period, Action<Acknowledged> acknowledged)
{
    private static readonly TimeSpan AfterFailure = TimeSpan.FromMilliseconds(5);

    private long _written;

    /// <summary>To which list it writes. It may be changed meanwhile.</summary>
    public string Key { get; set; } = "log";

    public async Task RunAsync(CancellationToken stopping)
    {
        RespConnection? master = null;
        try
        {
            while (!stopping.IsCancellationRequested)
            {
                master ??= await connect();
                string value = $"{name}-{_written++}";
                bool isTaken = master is not null && await TryWriteAsync(master, value);
                if (!isTaken)
                {
                    master?.Dispose();
                    master = null;
                }
                await Task.Delay(isTaken ? period : AfterFailure, CancellationToken.None);
            }
        }
        finally
        {
            master?.Dispose();
        }
    }

    private async Task<bool> TryWriteAsync(RespConnection master, string value)
    {
        try
        {
            string key = Key;
            if ((await master.AskAsync("RPUSH", key, value)).Kind is not RespKind.Integer)
                return false;
            acknowledged(new Acknowledged(key, value, Stopwatch.GetTimestamp()));
            return true;
        }
        catch (Exception failure) when (Discovery.IsSilence(failure))
        {
            return false;
        }
    }
}
