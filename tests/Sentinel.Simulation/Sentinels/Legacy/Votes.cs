using Sentinel.Core;

namespace Sentinel.Simulation.Sentinels.Legacy;

/// <summary>Our vote, and the count of all.</summary>
internal sealed class Votes(LegacySentinel sentinel)
{
    private readonly List<(SentinelId Candidate, int Count)> _tally = [];

    /// <summary>Gives our vote of an epoch if it is not given yet. Whoever asks gets it, whether we see the master down or not.</summary>
    public void Vote(Master master, Epoch epoch, SentinelId candidate)
    {
        if (epoch > sentinel.CurrentEpoch)
            sentinel.Adopt(epoch, master);
        if (master.LeaderEpoch >= epoch || sentinel.CurrentEpoch > epoch)
            return;
        (master.Leader, master.LeaderEpoch) = (candidate, sentinel.CurrentEpoch);
        sentinel.Save();
        sentinel.PublishText("+vote-for-leader", EventLevel.Warning, master, $"{candidate} {epoch}", epoch);
        // Who helped somebody else waits as long as if it had tried itself.
        if (candidate != sentinel.Id)
            master.FailoverStartedAt = sentinel.Desynced();
    }

    /// <summary>Who is elected; null: nobody is.</summary>
    /// <remarks>Votes count by the current epoch of all masters together, not by that of the failover; our own goes to who leads so far.</remarks>
    public SentinelId? Winner(Master master)
    {
        _tally.Clear();
        foreach (Peer peer in master.Peers)
        {
            if (peer.VotedLeader is { } leader && peer.VotedEpoch == sentinel.CurrentEpoch)
                Add(leader);
        }
        Epoch epoch = master.FailoverEpoch;
        Vote(master, epoch, Front()?.Candidate ?? sentinel.Id);
        if (master.Leader is { } own && master.LeaderEpoch == epoch)
            Add(own);
        int majority = (master.Peers.Count + 1) / 2 + 1;
        return Front() is { } front && front.Count >= majority && front.Count >= master.Options.Quorum ? front.Candidate : null;
    }

    private void Add(SentinelId candidate)
    {
        for (int i = 0; i < _tally.Count; i++)
        {
            if (_tally[i].Candidate == candidate)
            {
                _tally[i] = (candidate, _tally[i].Count + 1);
                return;
            }
        }
        _tally.Add((candidate, 1));
    }

    private (SentinelId Candidate, int Count)? Front()
    {
        (SentinelId Candidate, int Count)? front = null;
        foreach ((SentinelId Candidate, int Count) entry in _tally)
        {
            if (front is null || entry.Count > front.Value.Count)
                front = entry;
        }
        return front;
    }
}
