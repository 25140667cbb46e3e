using Sentinel.Core;
using Sentinel.Simulation.Kernel;
using Sentinel.Simulation.Sentinels;

namespace Sentinel.Simulation.Checkers;

/// <summary>A Sentinel has one vote for each master and epoch, also over restarts, and it is on disk before it is told.</summary>
internal sealed class OneVote(World world) : Checker(world)
{
    private readonly Dictionary<(SentinelId Voter, string Master, Epoch Epoch), SentinelId> _votes = [];

    public override string Name => "one-vote";

    public override void Happened(SimSentinel sentinel, SentinelEvent happened)
    {
        if (happened.MasterName is not { } master)
            return;
        // A flaw of Redis: with the master it forgets its votes.
        if (happened.Name == "-monitor" && sentinel.IsLegacy)
        {
            foreach (var vote in _votes.Keys.Where(vote => vote.Voter == sentinel.Id && vote.Master == master).ToArray())
                _votes.Remove(vote);
        }
        // Whoever leads has voted for itself.
        if (happened.Name == "+elected-leader")
            MustBeSaved(sentinel, master, happened.Epoch, "its own election");
        if (happened.Name == "+vote-for-leader" && SentinelId.TryParse(happened.Payload.Split(' ')[0], out SentinelId leader))
            Count(sentinel, master, happened.Epoch, leader);
    }

    public override void Voted(SimSentinel sentinel, string master, Epoch epoch, SentinelId leader)
    {
        Count(sentinel, master, epoch, leader);
        MustBeSaved(sentinel, master, epoch, $"its vote for {leader.Short}");
    }

    private void MustBeSaved(SimSentinel sentinel, string master, Epoch epoch, string what)
    {
        // Who removed the master and was told to monitor it again is asked about another one.
        if (sentinel is SentinelProcess ours && ours.Disk.Durable.Masters.FirstOrDefault(saved => saved.Options.Name == master) is { } state && state.LeaderEpoch < epoch)
            Violated($"{sentinel.Name} told {what} in epoch {epoch} of {master} while its disk knew votes up to epoch {state.LeaderEpoch} only");
    }

    private void Count(SimSentinel sentinel, string master, Epoch epoch, SentinelId leader)
    {
        World.Ballots.Count(sentinel, master, epoch, leader);
        if (!_votes.TryAdd((sentinel.Id, master, epoch), leader) && _votes[(sentinel.Id, master, epoch)] != leader)
            Violated($"{sentinel.Name} voted for {_votes[(sentinel.Id, master, epoch)].Short} and for {leader.Short} in epoch {epoch} of {master}");
    }
}
