using Sentinel.Core;

namespace Sentinel.Simulation.Sentinels.Legacy;

/// <summary>Who is down, subjectively and objectively.</summary>
internal sealed class Judgement(LegacySentinel sentinel)
{
    public void Judge(Instance instance)
    {
        Instant now = sentinel.Now;
        Link link = instance.Link;
        TimeSpan silence = link.ActivePingAt is { } pinged ? now - pinged : link.IsComplete ? TimeSpan.Zero : now - link.AvailableAt;
        link.CloseSilent(instance.DownAfter);
        bool isDown = silence > instance.DownAfter || (instance is Master master && IsNoMaster(master, now));
        if (isDown == instance.IsDown)
            return;
        instance.IsDown = isDown;
        if (isDown)
            instance.DownSince = now;
        else
            instance.IsScriptKillSent = false;
        sentinel.Publish(isDown ? "+sdown" : "-sdown", EventLevel.Warning, instance);
    }

    /// <summary>Counts who holds a master down.</summary>
    public void JudgeTogether(Master master)
    {
        int votes = 1;
        foreach (Peer peer in master.Peers)
        {
            if (peer.SaysDown)
                votes++;
        }
        bool isDown = master.IsDown && votes >= master.Options.Quorum;
        if (isDown == master.IsObjectivelyDown)
            return;
        master.IsObjectivelyDown = isDown;
        if (isDown)
            sentinel.Publish("+odown", EventLevel.Warning, master, $" #quorum {votes}/{master.Options.Quorum}");
        else
            sentinel.Publish("-odown", EventLevel.Warning, master);
    }

    /// <summary>Asks the others, for what they hold and, in a failover, for their votes: in the current epoch, which may be another than the failover's.</summary>
    public void Ask(Master master, bool isForced)
    {
        Instant now = sentinel.Now;
        foreach (Peer peer in master.Peers)
        {
            TimeSpan age = now - peer.SaidAt;
            if (age > 5 * Periods.Ask)
                (peer.SaysDown, peer.VotedLeader) = (false, null);
            if (!master.IsDown || !peer.Link.IsComplete || (!isForced && age < Periods.Ask))
                continue;
            SentinelId? candidate = master.Step is FailoverStep.None ? null : sentinel.Id;
            peer.Link.Ask(new Request.AskIfDown(master.Options.Name, master.Address, sentinel.CurrentEpoch, candidate), peer);
        }
    }

    /// <summary>Takes in an answer; one of another form is ignored.</summary>
    public void Answered(Peer peer, Reply reply)
    {
        if (reply is not Reply.List { Items: [Reply.Integer down, Reply.Text leader, Reply.Integer epoch] })
            return;
        (peer.SaysDown, peer.SaidAt) = (down.Value == 1, sentinel.Now);
        if (SentinelId.TryParse(leader.Value, out SentinelId voted))
            (peer.VotedLeader, peer.VotedEpoch) = (voted, new Epoch((ulong)epoch.Value));
    }

    private static bool IsNoMaster(Master master, Instant now) =>
        (!master.ReportsMaster && now - master.RoleSince > master.DownAfter + 2 * Periods.Info)
        || (master.RebootedAt is { } rebooted && now - rebooted > master.Options.RebootDownAfter);
}
