namespace Sentinel.Core;

/// <summary>The time after a switch in which a master stays that anybody still hears: one that is heard now and then is not helped by the next switch.</summary>
/// <remarks>
/// A master that is gone for all is replaced all the same. The time of the last switch is known as long as this process lives: it is one of our
/// own clock, which means nothing to the next process.
/// </remarks>
internal sealed class Cooldown(MasterMonitor master, LocalSentinel local, Witnesses witnesses)
{
    private Instant? _switchedAt;

    /// <summary>Takes note of a switch, whoever led it.</summary>
    public void Switched() => _switchedAt = local.Now;

    /// <summary>An operator has seen what happened: the next switch may follow.</summary>
    public void End() => _switchedAt = null;

    /// <summary>Whether it is running. Not over a master that says that it is a replica: that one is of use to nobody.</summary>
    public bool IsRunning(Wakeup wake) =>
        master.Options.FailoverCooldown is { Ticks: > 0 } time && master.Node.ReportsMaster && _switchedAt is { } at && !wake.IsDue(at + time);

    /// <summary>Why the master stays while it is running; null: for all who can be asked it is gone, as far as they have said.</summary>
    public string? Objection(Wakeup wake)
    {
        string? who = master.Peers.Find(peer => peer is { IsAvailable: true, SaysMasterDown: false }) is { } peer ? $"Sentinel {peer.Name} does not hold it down"
            : witnesses.Hearing(wake) is { } replica ? $"its replica {replica.Name} hears it"
            : null;
        return who is null ? null
            : $"it became the master less than {(long)master.Options.FailoverCooldown.TotalMilliseconds} ms ago, and {who}; 'SENTINEL ACKNOWLEDGE {master.Name}' ends this cooldown";
    }
}
