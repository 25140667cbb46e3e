using Sentinel.Core;
using Sentinel.Simulation.Kernel;

namespace Sentinel.Simulation.Tool;

/// <summary>Something that runs have to come across, or they leave a hole.</summary>
/// <param name="Group">What it is shown with.</param>
/// <param name="Name">What it is called there.</param>
/// <param name="Form">The keys of <see cref="Coverage"/> that it is recognised by; <c>*</c> stands for any text.</param>
internal sealed record CoverageEntry(string Group, string Name, string Form)
{
    /// <summary>Counts what is recognised, as the core words it; null: the form has no wording of the core in it.</summary>
    public Action<Coverage>? Sample { get; init; }

    public bool Recognises(string key) => Glob.Matches(Form, key);
}
