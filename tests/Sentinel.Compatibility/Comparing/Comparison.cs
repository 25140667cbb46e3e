using System.Collections.Immutable;
using Sentinel.Compatibility.Wire;

namespace Sentinel.Compatibility.Comparing;

/// <summary>Holds what two servers have answered to the same request against each other.</summary>
/// <param name="request">The request, or several that were sent together, as the conversation has it.</param>
/// <param name="place">What <see cref="Differences"/> calls it: the request, in a conversation after the title of that and a colon.</param>
/// <param name="theirs">What the original answered.</param>
/// <param name="ours">What we answered.</param>
internal sealed class Comparison(string request, string place, ImmutableArray<WireValue> theirs, ImmutableArray<WireValue> ours)
{
    private readonly string[] _theirs = Lines(request, theirs);
    private readonly string[] _ours = Lines(request, ours);

    /// <summary>Which entries of <see cref="Differences"/> say of this place that it is answered differently; all of them must be found.</summary>
    public static IEnumerable<Difference> Expected(string place) => Differences.All.Where(difference => difference.Places.Contains(place));

    /// <summary>What differs and is not meant to.</summary>
    /// <param name="found">Receives the difference that is meant, if there is one.</param>
    /// <returns>Null: nothing.</returns>
    public string? Objection(ICollection<Difference> found)
    {
        LineDifference between = LineDifference.Between(_theirs, _ours);
        if (between.IsEmpty)
            return null;
        if (Expected(place).FirstOrDefault(difference => difference.Explains(between)) is not { } meant)
            return $"{request}\n{between}\n--- redis-sentinel says\n{string.Join('\n', _theirs)}\n--- we say\n{string.Join('\n', _ours)}";
        found.Add(meant);
        return null;
    }

    private static string[] Lines(string request, ImmutableArray<WireValue> replies) =>
        [.. replies.Select(reply => Masks.Apply(request, reply)).Select(reply => Orders.Apply(request, reply)).SelectMany(reply => reply.Lines())];
}
