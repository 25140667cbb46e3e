using Sentinel.Core;
using Sentinel.Simulation.Sentinels;

namespace Sentinel.Simulation.Checkers;

/// <summary>All votes that were given, by the Sentinel and not by its identity.</summary>
/// <remarks>
/// Who lost its file comes back as another one and may vote again in an epoch; so may one of Redis' kind that was told to remove
/// a master and to monitor it again. No election is safe from voters without memory, so what comes of it is excused.
/// </remarks>
internal sealed class Ballots
{
    private readonly Dictionary<(SimSentinel Voter, string Master, Epoch Epoch), SentinelId> _votes = [];
    private readonly HashSet<(string Master, Epoch Epoch)> _spoilt = [];

    public void Count(SimSentinel voter, string master, Epoch epoch, SentinelId leader)
    {
        if (!_votes.TryAdd((voter, master, epoch), leader) && _votes[(voter, master, epoch)] != leader)
            _spoilt.Add((master, epoch));
    }

    public bool HadTwoVotes(string master, Epoch epoch) => _spoilt.Contains((master, epoch));
}
