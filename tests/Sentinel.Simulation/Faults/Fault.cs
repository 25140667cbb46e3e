using Sentinel.Simulation.Kernel;

namespace Sentinel.Simulation.Faults;

/// <summary>Something that goes wrong, or that an operator does, at a time; all its chances are drawn before the run.</summary>
/// <param name="At">When, since the start of the faults.</param>
internal abstract record Fault(TimeSpan At)
{
    /// <summary>What coverage counts it as.</summary>
    public virtual string Kind => GetType().Name;

    /// <summary>Lets it happen.</summary>
    /// <returns>False when there is nothing that it could happen to.</returns>
    public abstract bool Strike(World world);

    /// <summary>Does the rest of a fault later, unless all is healed by then.</summary>
    protected static void Later(World world, TimeSpan delay, Action action) => world.Agenda.After(delay, () =>
    {
        if (!world.IsHealed)
            action();
    });
}
