using System.Collections.Immutable;

namespace Sentinel.Core;

/// <summary>What is known of a node that matters only when a failover comes; see <see cref="Preflight"/>.</summary>
internal sealed class Checkup
{
    /// <summary>Time in which half of a peak of writes is forgotten.</summary>
    private static readonly TimeSpan PeakHalfLife = TimeSpan.FromMinutes(10);

    /// <summary>Time between two offsets from which a rate is told.</summary>
    private static readonly TimeSpan RateMin = TimeSpan.FromSeconds(1);

    private (Instant At, ulong Offset)? _written;

    /// <summary>The question that waits for its reply.</summary>
    public RequestSlot Question;

    /// <summary>The connection on which it was last asked anything.</summary>
    public int Attempt { get; set; }

    /// <summary>When its rights are asked for.</summary>
    public Instant NextRightsAt { get; set; }

    /// <summary>When its settings are asked for.</summary>
    public Instant NextSettingsAt { get; set; }

    /// <summary>Words that are being found to be refused, until all were tried.</summary>
    public List<Denial> Trying { get; } = [];

    /// <summary>Words of a change of role that it refuses to us; empty: none, or not known.</summary>
    public ImmutableArray<Denial> Denied { get; set; } = [];

    /// <summary>What its configuration says; null: not known.</summary>
    public NodeSettings? Settings { get; set; }

    /// <summary>What it said to our last hello, if it refused it; null: it did not.</summary>
    public string? HelloRefusal { get; set; }

    /// <summary>What it said to CONFIG REWRITE when its role was last changed, if it failed; null: it did not.</summary>
    public string? RewriteComplaint { get; set; }

    public NodeVersion? Version { get; private set; }
    public bool? HasConfigurationFile { get; private set; }
    public long? BacklogSize { get; private set; }
    public bool? IsBacklogActive { get; private set; }

    /// <summary>Bytes that were written in a second, as a master, at the most of late.</summary>
    public double WriteRate { get; private set; }

    /// <summary>Its clock beside ours; null: not known.</summary>
    public ClockReading? Clock { get; private set; }

    /// <summary>Takes in what it says of itself.</summary>
    /// <param name="report">Its INFO.</param>
    /// <param name="now">The time.</param>
    /// <param name="askedAt">When it was asked, if that is known.</param>
    public void Absorb(InfoReport report, Instant now, Instant? askedAt)
    {
        Version = report.Version ?? Version;
        HasConfigurationFile = report.HasConfigurationFile ?? HasConfigurationFile;
        BacklogSize = report.BacklogSize ?? BacklogSize;
        IsBacklogActive = report.IsBacklogActive ?? IsBacklogActive;
        if (report.ServerTime is { } time && askedAt is { } asked)
            Clock = new ClockReading(time - TimeSpan.FromTicks((now.Ticks + asked.Ticks) / 2), (now - asked) / 2, now);
        Measure(report, now);
    }

    private void Measure(InfoReport report, Instant now)
    {
        if (report is not { IsMaster: true, StreamOffset: { } offset })
        {
            (_written, WriteRate) = (null, 0);
            return;
        }
        if (_written is { } before && offset >= before.Offset)
        {
            TimeSpan time = now - before.At;
            if (time < RateMin)
                return;
            WriteRate = Math.Max((offset - before.Offset) / time.TotalSeconds, WriteRate * Math.Pow(0.5, time / PeakHalfLife));
        }
        _written = (now, offset);
    }
}

/// <summary>A command that a node does not take from us.</summary>
/// <param name="Command">Its name.</param>
/// <param name="IsUnknown">Whether the node does not know it, as with <c>rename-command</c>; else our user may not use it.</param>
internal readonly record struct Denial(string Command, bool IsUnknown);

/// <summary>A node's clock beside ours, which counts from an origin that means nothing: two nodes can be compared by it.</summary>
/// <param name="Difference">Its time less ours.</param>
/// <param name="Error">How wrong that may be, to either side.</param>
/// <param name="At">When it was read.</param>
internal readonly record struct ClockReading(TimeSpan Difference, TimeSpan Error, Instant At);
