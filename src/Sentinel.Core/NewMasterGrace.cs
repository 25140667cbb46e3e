namespace Sentinel.Core;

/// <summary>Gives a node that others made the master while we did not hear it some time before we stand against it.</summary>
/// <remarks>
/// Whoever made it the master heard it. Sentinels that hear different nodes, as behind a broken route, would else move the master
/// to and fro as fast as they can. Redis Sentinel lets twice the failover timeout pass after every failover; here only this
/// case waits, from down-after, which it would take to find it down anew, up to that, doubled each time until the master has not been
/// switched for as long again.
/// </remarks>
internal sealed class NewMasterGrace(MasterMonitor master, LocalSentinel local)
{
    private int _unheardSwitches;
    private Instant? _switchedAt;
    private Instant? _until;

    /// <summary>Takes note of a switch.</summary>
    /// <param name="isHeard">Whether the new master was not subjectively down.</param>
    public void Switched(bool isHeard)
    {
        TimeSpan longest = 2 * master.Options.FailoverTimeout;
        // The longest grace is no calm.
        if (_switchedAt is { } before && local.Now - before > 2 * longest)
            _unheardSwitches = 0;
        (_switchedAt, _until) = (local.Now, null);
        if (isHeard)
            return;
        TimeSpan grace = master.Options.DownAfter * Math.Pow(2, Math.Min(_unheardSwitches, 20));
        _until = local.Now + (grace < longest ? grace : longest);
        _unheardSwitches++;
    }

    /// <summary>We did not run for some time: the new master could not be heard in it.</summary>
    public void Miss(TimeSpan time) => _until += time;

    /// <summary>Whether we may stand against it. Once it was heard, it is as any other.</summary>
    public bool IsOver(Wakeup wake)
    {
        if (master.Node.Link.Health.LastValidReplyAt >= _switchedAt)
            _until = null;
        return _until is not { } until || wake.IsDue(until);
    }

    /// <summary>Why we do not stand yet.</summary>
    public string Reason => $"it was made the master while this Sentinel did not hear it; others may hear it, and it is given {(long)(_until!.Value - _switchedAt!.Value).TotalMilliseconds} ms";
}
