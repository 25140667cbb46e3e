namespace Sentinel.Core;

/// <summary>The order in which Sentinels stand for election, and clean up, for one master. All compute it alike.</summary>
/// <remarks>
/// It hangs on the master's name too, so that the leaders of many masters that fail together are spread over the Sentinels.
/// </remarks>
internal static class StandingOrder
{
    private const ulong FnvOffset = 14695981039346656037;
    private const ulong FnvPrime = 1099511628211;

    /// <summary>How many of the others come before us.</summary>
    public static int Rank(string masterName, SentinelId self, IEnumerable<SentinelId> others)
    {
        ulong own = Key(masterName, self);
        return others.Count(other => Key(masterName, other) is var key && (key < own || (key == own && string.CompareOrdinal(other.Text, self.Text) < 0)));
    }

    /// <summary>A number that belongs to a Sentinel, alike everywhere and always.</summary>
    public static ulong Hash(SentinelId id) => Key("", id);

    /// <summary>A number from 0 to 1 that belongs to a Sentinel and something with a name, alike always.</summary>
    /// <remarks>The key is mixed once more (the finalizer of MurmurHash3): those of names that count up lie in clusters.</remarks>
    public static double Fraction(string name, SentinelId id)
    {
        ulong mixed = Key(name, id);
        mixed = (mixed ^ (mixed >> 33)) * 0xff51afd7ed558ccd;
        mixed = (mixed ^ (mixed >> 33)) * 0xc4ceb9fe1a85ec53;
        return ((mixed ^ (mixed >> 33)) >> 11) * (1.0 / (1UL << 53));
    }

    /// <summary>FNV-1a over name and id: stable over versions and platforms, which a runtime's own hash is not.</summary>
    private static ulong Key(string masterName, SentinelId id)
    {
        ulong hash = FnvOffset;
        foreach (char c in masterName)
            hash = (hash ^ c) * FnvPrime;
        foreach (char c in id.Text)
            hash = (hash ^ c) * FnvPrime;
        return hash ^ (hash >> 29);
    }
}
