namespace Sentinel.Simulation.Kernel;

/// <summary>Sources of chance, all from one seed and independent of each other, so that a fault left out does not change the draws of anything else.</summary>
internal static class Chance
{
    /// <summary>The stream of a name.</summary>
    public static Random Stream(ulong seed, string name)
    {
        ulong hash = 14695981039346656037;    // FNV-1a; a runtime's own hash of a string differs from process to process
        foreach (char c in name)
            hash = (hash ^ c) * 1099511628211;
        return new Random((int)(Mix(seed ^ Mix(hash)) & int.MaxValue));
    }

    /// <summary>A time between two bounds, the upper one excluded.</summary>
    public static TimeSpan Between(this Random random, TimeSpan from, TimeSpan below) =>
        from + TimeSpan.FromTicks((long)(random.NextDouble() * (below - from).Ticks));

    /// <summary>A time between two bounds in seconds.</summary>
    public static TimeSpan Seconds(this Random random, double from, double below) => Between(random, TimeSpan.FromSeconds(from), TimeSpan.FromSeconds(below));

    /// <summary>True once in a number of times.</summary>
    public static bool OneIn(this Random random, int times) => random.Next(times) == 0;

    /// <summary>One of several.</summary>
    public static T Pick<T>(this Random random, IReadOnlyList<T> items) => items[random.Next(items.Count)];

    /// <summary>SplitMix64's last steps: near seeds give far streams.</summary>
    private static ulong Mix(ulong x)
    {
        x += 0x9E3779B97F4A7C15;
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return x ^ (x >> 31);
    }
}
