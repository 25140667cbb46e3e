using Sentinel.Core;
using Sentinel.Simulation.Kernel;
using Sentinel.Simulation.Sentinels;

namespace Sentinel.Simulation.Checkers;

/// <summary>What has not changed is not saved again and again.</summary>
internal sealed class DisksRest(World world) : Checker(world)
{
    /// <summary>Orders that change nothing, a vote that is saved once more: such things come one by one.</summary>
    private const int IdleMax = 12;

    private static readonly TimeSpan s_window = TimeSpan.FromSeconds(10);

    private readonly Dictionary<SimSentinel, SentinelState> _saved = [];
    private readonly Dictionary<SimSentinel, Queue<Instant>> _idle = [];

    public override string Name => "disks-rest";

    public override void Saved(SimSentinel sentinel, SentinelState state)
    {
        bool isIdle = _saved.TryGetValue(sentinel, out SentinelState? before) && AreAlike(before, state);
        _saved[sentinel] = state;
        if (!isIdle)
            return;
        if (!_idle.TryGetValue(sentinel, out Queue<Instant>? idle))
            _idle.Add(sentinel, idle = new Queue<Instant>());
        idle.Enqueue(World.Agenda.Now);
        while (idle.Peek() < World.Agenda.Now - s_window)
            idle.Dequeue();
        if (idle.Count > IdleMax)
            Violated($"{sentinel.Name} saved {idle.Count} times in {s_window.TotalSeconds} s what was on its disk already");
    }

    private static bool AreAlike(SentinelState a, SentinelState b)
    {
        if (a.CurrentEpoch != b.CurrentEpoch || a.Masters.Length != b.Masters.Length)
            return false;
        for (int i = 0; i < a.Masters.Length; i++)
        {
            MasterState x = a.Masters[i], y = b.Masters[i];
            if (x.Address != y.Address || x.ConfigEpoch != y.ConfigEpoch || x.LeaderEpoch != y.LeaderEpoch || x.Options != y.Options
                || !x.Replicas.AsSpan().SequenceEqual(y.Replicas.AsSpan()) || !x.Peers.AsSpan().SequenceEqual(y.Peers.AsSpan()))
                return false;
        }
        return true;
    }
}
