using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Sentinel.Simulation.Kernel;

namespace Sentinel.Simulation.Faults;

/// <summary>Something that goes wrong, or that an operator does, at a time; all its chances are drawn before the run.</summary>
/// <param name="At">When, since the start of the faults.</param>
internal abstract partial record Fault(TimeSpan At)
{
    /// <summary>What coverage counts it as.</summary>
    public virtual string Kind => GetType().Name;

    /// <summary>Lets it happen.</summary>
    /// <returns>False when there is nothing that it could happen to.</returns>
    public abstract bool Strike(World world);

    /// <summary>When, what, and its chances; times in seconds.</summary>
    public sealed override string ToString()
    {
        var chances = new StringBuilder();
        PrintMembers(chances);
        return Seconds(string.Create(CultureInfo.InvariantCulture, $"{At}  {Kind}{(chances.Length > 0 ? ": " : "")}{chances}"));
    }

    /// <summary>What is the same for all kinds is not among their own chances.</summary>
    protected virtual bool PrintMembers(StringBuilder builder) => false;

    /// <summary>Does the rest of a fault later, unless all is healed by then.</summary>
    protected static void Later(World world, TimeSpan delay, Action action) => world.Agenda.After(delay, () =>
    {
        if (!world.IsHealed)
            action();
    });

    private static string Seconds(string text) => Time().Replace(text, time => string.Create(
        CultureInfo.InvariantCulture, $"{TimeSpan.Parse(time.Value, CultureInfo.InvariantCulture).TotalSeconds:0.0##} s"));

    [GeneratedRegex(@"\b\d+:\d\d:\d\d(\.\d+)?\b", RegexOptions.ExplicitCapture)]
    private static partial Regex Time();
}
