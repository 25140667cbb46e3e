namespace Sentinel.Core;

/// <summary>Counts the votes of one epoch.</summary>
/// <param name="needed">Votes that elect: the majority of all known Sentinels, dead ones included, and at least the quorum.</param>
internal sealed class VoteCount(int needed)
{
    private readonly Dictionary<SentinelId, int> _votes = [];

    /// <summary>The votes needed among a number of Sentinels, this one included.</summary>
    public static int Needed(int sentinels, int quorum) => Math.Max(sentinels / 2 + 1, quorum);

    /// <summary>How many Sentinels there are to vote, this one included, for people.</summary>
    /// <param name="usable">Those that can be reached.</param>
    /// <param name="known">All.</param>
    public static string Voters(int usable, int known) =>
        usable < known ? $"{usable} of {known} Sentinels can be reached" : known == 1 ? "1 Sentinel is known" : $"{known} Sentinels are known";

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
