using Sentinel.Simulation.Kernel;

namespace Sentinel.Simulation.Mutation;

/// <summary>The core broken on purpose, so that it breaks one rule. Checkers that do not notice are worthless.</summary>
/// <param name="Name">What is broken, in words joined by hyphens.</param>
/// <param name="Rule">The rule that it breaks, in a sentence.</param>
/// <param name="Edits">What is changed in the source: mostly one place; more where a second line of defence would hide the first.</param>
internal sealed record Mutant(string Name, string Rule, IReadOnlyList<Edit> Edits)
{
    /// <summary>The kind of run in which it shows soonest.</summary>
    public Profile Profile { get; init; }

    /// <summary>The one case that it has to show in, as the tool takes it: that which found the bug that the mutant brings back. Null: runs are drawn.</summary>
    public string? Case { get; init; }

    public override string ToString() => Name;
}

/// <summary>One change of the core's source.</summary>
/// <param name="Find">A text that is in all its files together exactly once; so it may move from one to another.</param>
/// <param name="Replacement">What stands there instead.</param>
internal sealed record Edit(string Find, string Replacement);
