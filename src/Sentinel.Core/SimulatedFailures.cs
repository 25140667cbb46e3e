namespace Sentinel.Core;

/// <summary>Moments of a failover at which this Sentinel is to die, to see that the others come through. The bits are those of INFO.</summary>
[Flags]
public enum SimulatedFailures
{
    /// <summary>None: it lives on.</summary>
    None = 0,

    /// <summary>Elected as leader, before it has told any node anything.</summary>
    CrashAfterElection = 1,

    /// <summary>The replica says that it is a master, and nobody has been told yet.</summary>
    CrashAfterPromotion = 2,
}
