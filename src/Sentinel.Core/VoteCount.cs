namespace Sentinel.Core;

/// <summary>Counts the votes of one epoch.</summary>
/// <param name="needed">Votes that elect: the majority of all known Sentinels, dead ones included, and at least the quorum.</param>
internal sealed class VoteCount(int needed)
{
    private readonly Dictionary<SentinelId, int> _votes = [];

    /// <summary>The votes needed among a number of Sentinels, this one included.</summary>
    public static int Needed(int sentinels, int quorum) => Math.Max(sentinels / 2 + 1, quorum);

    /// <summary>Who has enough votes; null: nobody yet.</summary>
    public SentinelId? Winner { get; private set; }

    public int Of(SentinelId candidate) => _votes.GetValueOrDefault(candidate);

    public void Add(SentinelId candidate)
    {
        _votes[candidate] = Of(candidate) + 1;
        if (Of(candidate) >= needed)
            Winner = candidate;
    }
}
