namespace Sentinel.Core;

/// <summary>The last switches of one master, whoever led them. Kept as long as this process lives.</summary>
internal sealed class FailoverHistory
{
    private const int SwitchesMax = 16;

    private readonly LinkedList<Switch> _switches = new();

    /// <summary>The last ones, the newest first.</summary>
    public IEnumerable<Switch> Switches => _switches;

    /// <summary>Another node became the master.</summary>
    public void Switched(Switch happened)
    {
        if (_switches.Count == SwitchesMax)
            _switches.RemoveLast();
        _switches.AddFirst(happened);
    }

    /// <summary>What the last one cost is known.</summary>
    public void Reported(FailoverReport report)
    {
        if (_switches.First is { } last)
            last.Value = last.Value with { Report = report };
    }

    /// <param name="At">When we learnt of it.</param>
    /// <param name="From">The former master.</param>
    /// <param name="To">The new one.</param>
    /// <param name="Epoch">The epoch of the configuration.</param>
    public sealed record Switch(Instant At, Address From, Address To, Epoch Epoch)
    {
        /// <summary>The Sentinel that we learnt it from, for people: who led it, or heard of it before us; null: we led it.</summary>
        public string? ToldBy { get; init; }

        /// <summary>What it cost; null: another Sentinel led it, or a reset ended our failover before that was told.</summary>
        public FailoverReport? Report { get; init; }

        /// <summary>What is known of its cost, or who may know it.</summary>
        public string Words => Report?.Sentence() ?? (ToldBy is { } teller ? $"learnt from {teller}; who led it knows what it cost" : "what it cost is not known here");
    }
}
