using Sentinel.Core;

namespace Sentinel.Daemon.Hosting;

/// <summary>Gives back memory that .NET holds and nobody needs any more, when there is nothing else to do.</summary>
/// <remarks>
/// What a storm of connections leaves behind is collected when room for as much again was needed, and the room is given back only by and by, with
/// each collection, of which a Sentinel at rest makes few: it would hold twice what it needs, for hours. A full collection halts all threads,
/// for about a millisecond for each 2 MB that are alive. So it is made only when there is something to gain, and not while a failover may be under way.
/// What the runtime's compiler and OpenSSL have freed is given back each time: for that only who asks the C library for memory waits.
/// </remarks>
internal sealed class MemoryKeeper(SentinelLoop loop, TimeProvider time) : BackgroundService
{
    /// <summary>How often it is looked at, and how long a master must have been down to be no reason to wait.</summary>
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    /// <summary>Bytes that the heap may grow before it is worth the halt: more than new objects take until they are collected.</summary>
    private const long GrowthMin = 2 * 1024 * 1024;

    private long _kept;

    /// <summary>Whether so much more is held than after the last full collection that another one is worth its halt.</summary>
    /// <param name="held">Bytes that the heap has of the system.</param>
    /// <param name="kept">The same after the last full collection; 0: there was none.</param>
    public static bool IsWorthIt(long held, long kept) => held - kept > Math.Max(GrowthMin, kept / 4);

    /// <summary>Whether a halt of some milliseconds might delay a failover.</summary>
    public static bool IsBusy(SentinelView view, Instant now) =>
        view.Masters.Values.Any(master => master.Failover is not FailoverStep.None || (master.IsSubjectivelyDown && now - master.DownSince < Period));

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                if (IsBusy(loop.View, loop.Now))
                    continue;
                if (IsWorthIt(Held, _kept))
                    Collect();
                SystemCalls.TrimNativeHeap();
            }
        }
        catch (OperationCanceledException)
        {
            // We stop.
        }
    }

    private static long Held => GC.GetGCMemoryInfo(GCKind.Any).TotalCommittedBytes;

    private void Collect()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        _kept = Held;
    }
}
