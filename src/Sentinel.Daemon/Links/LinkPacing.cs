namespace Sentinel.Daemon.Links;

/// <summary>How long the traffic of many links is let gather, so that what comes within a few milliseconds costs one wake of a thread and not a hundred.</summary>
/// <remarks>
/// Waking a thread costs more than reading a reply does: with a thousand masters, whose replies come one by one, most of the time went
/// there (measured: 45 % of it in the system's scheduler). So the threads of the links and of the decisions look again only after a breath.
/// Nobody has one who watches few masters, and nobody while something is under way that is more than the daily round: then every reply counts.
/// </remarks>
internal sealed class LinkPacing
{
    /// <summary>The breath grows by this with each connection: with fewer than 67 there is none.</summary>
    private const int MicrosecondsEach = 15;

    /// <summary>
    /// The longest breath, of a thousand masters without replicas: little beside the second between two PINGs, and by so much may one that went away be noticed later.
    /// Measured with these: it costs a seventh less CPU time than one of 10 ms; one of 40 ms, a quarter less.
    /// </summary>
    private const int MsMax = 30;

    /// <summary>How long no breath is taken after something urgent was asked; in a failover one such question follows the other.</summary>
    private const int HurryMs = 50;

    private int _connections;
    private long _hurryUntilMs;

    /// <summary>How long to let traffic gather now, in ms; 0: not at all.</summary>
    public int BreathMs =>
        Environment.TickCount64 < Volatile.Read(ref _hurryUntilMs) ? 0 : Math.Min(Volatile.Read(ref _connections) * MicrosecondsEach / 1000, MsMax);

    /// <summary>Tells how many connections there are.</summary>
    public void Count(int connections) => Volatile.Write(ref _connections, connections);

    /// <summary>Something urgent was asked.</summary>
    public void Hurry() => Volatile.Write(ref _hurryUntilMs, Environment.TickCount64 + HurryMs);
}
