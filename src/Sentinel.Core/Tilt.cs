namespace Sentinel.Core;

/// <summary>TILT: the first time after a pause of our own, in which what we know is old and nobody may be judged by it.</summary>
/// <remarks>
/// <para>
/// Redis Sentinel enters it when its clock jumped, and stays for 30 s, because it cannot tell a jump from a pause and must let
/// every clock that it compares come right. Our clock does not jump: a gap in our work is a pause (SIGSTOP, a suspended
/// machine, swap). Its length is known and taken off every silence (<see cref="InstanceLink.Miss"/>), so all that is missing is news.
/// </para>
/// <para>
/// So it ends when every instance that answered before the pause has answered a PING sent after it: replies that waited in our
/// sockets are no news. Who was lost meanwhile is waited for only <see cref="Timing.TiltPatience"/>, and in no case longer than
/// <see cref="Timing.TiltPeriod"/>. What may be done with beliefs from before the pause, <see cref="MasterMonitor.Resume"/> says.
/// </para>
/// </remarks>
internal sealed class Tilt(LocalSentinel local, LinkTable links)
{
    private readonly Stack<InstanceLink> _awaited = new();

    /// <summary>When it ends whoever is silent.</summary>
    public Instant EndsAt => local.TiltSince is { } since
        ? since + (local.Timing.TiltPatience < local.Timing.TiltPeriod ? local.Timing.TiltPatience : local.Timing.TiltPeriod)
        : Instant.Never;

    /// <summary>Begins it, or begins it anew.</summary>
    public void Enter()
    {
        local.TiltSince = local.Now;
        local.Publish(new SentinelEvent("+tilt", EventLevel.Warning, "#tilt mode entered") { Epoch = local.CurrentEpoch });
        _awaited.Clear();
        foreach (InstanceLink link in links.All)
        {
            if (link.IsUsable && link.Users.TrueForAll(user => !user.IsSubjectivelyDown))
                _awaited.Push(link);
            link.PingSoon();
        }
    }

    /// <summary>Ends it, if it is over.</summary>
    /// <returns>Whether it ended now.</returns>
    public bool TryLeave()
    {
        if (local.TiltSince is not { } since)
            return false;
        while (_awaited.TryPeek(out InstanceLink? link) && (link.IsRetired || link.HasAnsweredSince(since)))
            _awaited.Pop();
        if (_awaited.Count > 0 && local.Now < EndsAt)
            return false;
        _awaited.Clear();
        local.TiltSince = null;
        local.Publish(new SentinelEvent("-tilt", EventLevel.Warning, "#tilt mode exited") { Epoch = local.CurrentEpoch });
        return true;
    }
}
