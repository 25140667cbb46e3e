using System.Globalization;

namespace Sentinel.Core;

/// <summary>What a failover cost that this Sentinel led, as far as it can know: data, and time without a master.</summary>
/// <remarks>
/// Offsets count bytes of the replication stream, which has PINGs of the master and messages of channels in it beside writes. What the
/// master took after it was last seen, and passed on to nobody, nobody knows: <see cref="LostBytes"/> is what is lost at least.
/// </remarks>
public sealed record FailoverReport
{
    /// <summary>Who wanted it, and whether the former master took part.</summary>
    public required FailoverCause Cause { get; init; }

    /// <summary>The former master.</summary>
    public required Address From { get; init; }

    /// <summary>The new one.</summary>
    public required Address To { get; init; }

    /// <summary>
    /// Where the former master's stream had come to at least, by its own last word or by what another replica has of it; null: it is not
    /// known that the new master's data go on from the former one's.
    /// </summary>
    public ulong? MasterOffset { get; init; }

    /// <summary>How long before the promotion the former master told that; null: it is not known, or before this process began.</summary>
    public TimeSpan? MasterOffsetAge { get; init; }

    /// <summary>How much of it the new master had when it became one; in <see cref="MasterOffset"/>'s terms if that is known.</summary>
    public ulong PromotedOffset { get; init; }

    /// <summary>Bytes of the former master that the new one lacks, at least; null: not known.</summary>
    public ulong? LostBytes => MasterOffset is not { } offset ? null : offset > PromotedOffset ? offset - PromotedOffset : 0;

    /// <summary>From the last sign of life of the former master, or from when it held writes back, to the promotion; zero: it was a master all the time.</summary>
    public TimeSpan WithoutMaster { get; init; }

    /// <summary>The parts of <see cref="WithoutMaster"/>; null: the former master was not down when the failover was begun.</summary>
    public FailoverPhases? Phases { get; init; }

    /// <summary>As events tell it: words and their values.</summary>
    public override string ToString()
    {
        string phases = Phases is { } p ? $" detection-ms {Ms(p.Detection)} election-ms {Ms(p.Election)} promotion-ms {Ms(p.Promotion)}" : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"from {From.Host} {From.Port} cause {Cause.Word()} lost-bytes {Or(LostBytes)} master-offset {Or(MasterOffset)} master-offset-age-ms {Or(MasterOffsetAge)} promoted-offset {PromotedOffset} without-master-ms {Ms(WithoutMaster)}{phases}");
    }

    /// <summary>The same in a sentence.</summary>
    public string Sentence()
    {
        string data = this switch
        {
            { LostBytes: null } => "what is lost is not known, for it is not known that the data of the new master go on from those of the former one",
            { LostBytes: 0, Cause: FailoverCause.Planned } => "nothing is lost",
            { LostBytes: 0, MasterOffsetAge: { } age } => $"nothing is known to be lost: the new master has all that the former one was seen to have {Ms(age)} ms before",
            { LostBytes: 0 } => "nothing is known to be lost",
            _ => $"at least {LostBytes} bytes of the former master are lost",
        };
        return WithoutMaster > TimeSpan.Zero ? $"{data}; there was no master for {Ms(WithoutMaster)} ms"
            : Cause is FailoverCause.Forced ? $"{data}; the former master was up, and what it takes until it follows is lost, too"
            : data;
    }

    private static string Or(ulong? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "unknown";

    private static string Or(TimeSpan? time) => time is { } known ? Ms(known) : "unknown";

    private static string Ms(TimeSpan time) => ((long)time.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
}

/// <summary>The parts of the time without a master.</summary>
/// <param name="Detection">From its last sign of life until this Sentinel held it down.</param>
/// <param name="Election">From then until this Sentinel was elected, with all attempts that came to nothing.</param>
/// <param name="Promotion">From then until the new master said that it is one.</param>
public sealed record FailoverPhases(TimeSpan Detection, TimeSpan Election, TimeSpan Promotion);

/// <summary>Who wanted a failover, and whether the former master took part.</summary>
public enum FailoverCause
{
    /// <summary>The quorum held the master down.</summary>
    Fault,

    /// <summary>An operator ordered it, and the master took no part.</summary>
    Forced,

    /// <summary>An operator ordered it, and the master made way.</summary>
    Planned,
}

/// <summary>The words of <see cref="FailoverCause"/>.</summary>
public static class FailoverCauses
{
    /// <summary>As events and metrics have it.</summary>
    public static string Word(this FailoverCause cause) => cause switch
    {
        FailoverCause.Fault => "fault",
        FailoverCause.Forced => "forced",
        FailoverCause.Planned => "planned",
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
