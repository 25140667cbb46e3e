using System.Collections.Immutable;

namespace Sentinel.Compatibility.Comparing;

/// <summary>What two texts do not have in common, line by line.</summary>
/// <param name="Removed">Lines of the first alone.</param>
/// <param name="Added">Lines of the second alone.</param>
internal sealed record LineDifference(ImmutableArray<string> Removed, ImmutableArray<string> Added)
{
    public bool IsEmpty => Removed.IsEmpty && Added.IsEmpty;

    /// <summary>The fewest lines to remove and to add.</summary>
    public static LineDifference Between(string[] first, string[] second)
    {
        // common[i, j]: how many lines the ends of the two from i and j on have in common, in order.
        int[,] common = new int[first.Length + 1, second.Length + 1];
        for (int i = first.Length - 1; i >= 0; i--)
        {
            for (int j = second.Length - 1; j >= 0; j--)
                common[i, j] = first[i] == second[j] ? common[i + 1, j + 1] + 1 : Math.Max(common[i + 1, j], common[i, j + 1]);
        }
        var removed = ImmutableArray.CreateBuilder<string>();
        var added = ImmutableArray.CreateBuilder<string>();
        int a = 0, b = 0;
        while (a < first.Length || b < second.Length)
        {
            if (a < first.Length && b < second.Length && first[a] == second[b])
            {
                a++;
                b++;
            }
            else if (b == second.Length || a < first.Length && common[a + 1, b] >= common[a, b + 1])
            {
                removed.Add(first[a++]);
            }
            else
            {
                added.Add(second[b++]);
            }
        }
        return new LineDifference(removed.ToImmutable(), added.ToImmutable());
    }

    public override string ToString() => string.Join('\n', [.. Removed.Select(line => $"- {line}"), .. Added.Select(line => $"+ {line}")]);
}
