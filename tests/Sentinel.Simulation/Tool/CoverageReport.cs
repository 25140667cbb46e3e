using System.Globalization;
using Sentinel.Simulation.Kernel;

namespace Sentinel.Simulation.Tool;

/// <summary>Says how often what happened, and what never did although it should have.</summary>
internal static class CoverageReport
{
    public static void Write(TextWriter to, Coverage coverage)
    {
        (CoverageEntry Entry, long Times)[] reached = [.. CoverageCatalogue.Entries.Select(entry => (entry, Times(entry, coverage)))];
        foreach (var group in reached.GroupBy(item => item.Entry.Group))
        {
            to.WriteLine();
            to.WriteLine(group.Key);
            foreach ((CoverageEntry entry, long times) in group)
                Line(times, entry.Name);
        }
        // A line whose form changed, or one that is new, shows here, and its entry as a hole.
        WriteOthers("not in the catalogue", IsCatalogued);
        WriteOthers("also counted", key => !IsCatalogued(key));
        if (coverage.Largest.Count > 0)
        {
            to.WriteLine();
            to.WriteLine("largest");
            foreach ((string measure, long value) in coverage.Largest)
                Line(value, measure);
        }
        CoverageEntry[] holes = [.. reached.Where(item => item.Times == 0).Select(item => item.Entry)];
        to.WriteLine();
        to.WriteLine(holes.Length == 0 ? $"All {reached.Length} of the catalogue were reached." : $"Holes: {holes.Length} of {reached.Length} were never reached");
        foreach (CoverageEntry hole in holes)
            to.WriteLine($"  {hole.Group}: {hole.Name}");

        void WriteOthers(string title, Func<string, bool> isOf)
        {
            to.WriteLine();
            to.WriteLine(title);
            foreach ((string key, long times) in coverage.Counts)
            {
                if (isOf(key) && !CoverageCatalogue.Entries.Any(entry => entry.Recognises(key)))
                    Line(times, key);
            }
        }

        void Line(long times, string what) => to.WriteLine($"  {times.ToString("N0", CultureInfo.InvariantCulture),14}  {what}");
    }

    /// <summary>Whether a key is of a kind of which everything has to be in the catalogue.</summary>
    private static bool IsCatalogued(string key) => key.Split(' ')[0] is "fault" or "struck" or "event" or "reason" or "line";

    private static long Times(CoverageEntry entry, Coverage coverage)
    {
        long times = 0;
        foreach ((string key, long count) in coverage.Counts)
        {
            if (entry.Recognises(key))
                times += count;
        }
        return times;
    }
}
