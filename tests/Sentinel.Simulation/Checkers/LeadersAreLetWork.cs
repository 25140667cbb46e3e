using Sentinel.Core;
using Sentinel.Simulation.Kernel;
using Sentinel.Simulation.Sentinels;

namespace Sentinel.Simulation.Checkers;

/// <summary>Who has voted lets the one it voted for work: it does not stand itself before it can know that this one failed.</summary>
internal sealed class LeadersAreLetWork(World world) : Checker(world)
{
    /// <summary>The first question to the leader, how it stands, comes 300 ms after the vote; clocks may be a little fast.</summary>
    private static readonly TimeSpan s_ownTime = TimeSpan.FromMilliseconds(250);

    private readonly Dictionary<(SimSentinel Sentinel, string Master), (Epoch Epoch, Instant At)> _tried = [];
    private readonly Dictionary<(SimSentinel Sentinel, string Master), (Epoch Epoch, SentinelId Leader)> _votes = [];
    private readonly Dictionary<SimSentinel, Instant> _missedPeerUntil = [];

    public override string Name => "leaders-are-let-work";

    public override void Restored(SimSentinel sentinel, SentinelState state)
    {
        foreach (Group group in World.Groups)
            _votes.Remove((sentinel, group.Name));
    }

    public override void Happened(SimSentinel sentinel, SentinelEvent happened)
    {
        if (happened.MasterName is not { } master)
            return;
        if (happened is { Name: "-sdown", Kind: InstanceKind.Sentinel })
            _missedPeerUntil[sentinel] = World.Agenda.Now;
        if (happened.Name == "+vote-for-leader" && SentinelId.TryParse(happened.Payload.Split(' ')[0], out SentinelId leader))
            _votes[(sentinel, master)] = (happened.Epoch, leader);
        if (happened.Name != "+try-failover")
            return;
        if (World.Ordered.Of(sentinel, master) is null && sentinel is SentinelProcess ours)
            Check(ours, master);
        _tried[(sentinel, master)] = (happened.Epoch, World.Agenda.Now);
    }

    private void Check(SentinelProcess sentinel, string master)
    {
        if (!_votes.TryGetValue((sentinel, master), out var vote) || World.Sentinel(vote.Leader) is not SentinelProcess { IsWorking: true } leader || leader == sentinel)
            return;
        // Its work is done when the new configuration is here.
        bool isAtWork = sentinel.ConfigEpochOf(master) < vote.Epoch && leader.FailoverOf(master) is not FailoverStep.None && _tried.TryGetValue((leader, master), out var tried) && tried.Epoch == vote.Epoch
            && World.Agenda.Now - tried.At < s_ownTime
            // One that it could not reach when it voted it did not wait for.
            && !(_missedPeerUntil.TryGetValue(sentinel, out Instant until) && until >= tried.At);
        if (isAtWork && sentinel.View.Masters[master].Peers.Any(peer => peer.Name == vote.Leader.Text && !peer.IsSubjectivelyDown))
            Violated($"{sentinel.Name} stands for {master} although {leader.Name}, for which it voted in epoch {vote.Epoch} a moment ago, is at work");
    }
}
