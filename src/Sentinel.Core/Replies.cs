namespace Sentinel.Core;

/// <summary>Takes in what instances answer, and brings it to whoever asked.</summary>
internal sealed class Replies(MasterMonitor master, LocalSentinel local, Reports reports)
{
    private Epoch _votesAskedBeforePause;

    /// <summary>We did not run for so long that answers may be old which come now to what was asked before: whether a peer holds the master down is not taken from them.</summary>
    public void Resume() => _votesAskedBeforePause = local.CurrentEpoch;

    /// <summary>A PING was answered; only a change of what is believed makes work.</summary>
    public void PingAnswered(Instance instance, Reply reply)
    {
        if (instance is MasterNode { RebootedAt: not null } rebooted && reply is Reply.Text { Value: "PONG" })
            rebooted.RebootedAt = null;
        if (instance is Peer && master.Fence.IsHolding)
            local.Touch(master);
        if (!instance.IsSubjectivelyDown)
            return;
        if (instance is DataNode node && !node.IsScriptKillSent && reply is Reply.Error { Message: var error }
            && error.StartsWith("BUSY", StringComparison.Ordinal) && !local.IsInTilt)
            node.IsScriptKillSent = node.Link.Send(new Request.KillScript());
        local.Touch(master);
    }

    /// <summary>A data node answered INFO.</summary>
    public void InfoAnswered(DataNode node, Reply reply) => reports.Answered(node, reply);

    /// <summary>A data node answered whether it takes <c>REPLICAOF</c>.</summary>
    public void ProbeAnswered(DataNode node, Reply reply)
    {
        node.Link.TakesReplicaOf = reply is not Reply.Error { Message: var error }
            || !(error.StartsWith("NOPERM", StringComparison.Ordinal) || error.Contains("unknown command", StringComparison.OrdinalIgnoreCase));
        local.Touch(master);
    }

    /// <summary>A data node answered that it is to change its role or master.</summary>
    public void ReconfigureAnswered(DataNode node, Request.Reconfigure request, Reply reply)
    {
        if (TransactionReply.Complaint(reply) is { } complaint)
            MayForgetItsRole(node, complaint);
        string? refusal = TransactionReply.Refusal(request, reply);
        master.Preflight.Ordered(node, refusal, TransactionReply.Complaint(reply));
        if (TransactionReply.Info(reply) is { } info && (refusal is null || request.Master is null))
            reports.Absorb(node, info);
        if (refusal is not null && node is Replica replica)
        {
            // Rights may have changed since the probe: it is asked again for the next use.
            node.Link.Send(Request.ProbeReplicaOf.Instance);
            if (request.Master is null)
            {
                master.Failover?.PromotionAnswered(replica, request, reply);
            }
            else
            {
                local.Log(EventLevel.Warning, $"{node.Name} refused to follow {request.Master} for {master.Name}: {refusal}");
                master.Failover?.FollowRefused(replica);
            }
        }
        local.Touch(master);
    }

    /// <summary>A data node answered that it is to keep the role that it was handed.</summary>
    public void KeepRoleAnswered(DataNode node, Reply reply)
    {
        string? complaint = (reply as Reply.Error)?.Message;
        if (complaint is not null)
            MayForgetItsRole(node, complaint);
        node.Checkup.RewriteComplaint = complaint;
        local.Touch(master);
    }

    private void MayForgetItsRole(DataNode node, string complaint) =>
        local.Log(EventLevel.Warning, $"{node.Name} of {master.Name} changed its role, but may forget it at a restart: CONFIG REWRITE says: {complaint}");

    /// <summary>A data node answered that it is to hand its role over.</summary>
    public void HandOverAnswered(DataNode node, Reply reply)
    {
        master.Failover?.Handover?.HandOverAnswered(node, reply);
        local.Touch(master);
    }

    /// <summary>A data node answered that it is to hold writes back.</summary>
    public void HoldAnswered(DataNode node, Reply reply)
    {
        if (reply is Reply.List { Items: [not Reply.Error, Reply.Text { Value: var info }] })
            reports.Absorb(node, info);
        master.Failover?.Handover?.HoldAnswered(node, reply);
        local.Touch(master);
    }

    /// <summary>A data node answered that it is to tell its master how far it is.</summary>
    public void OffsetTold(DataNode node, Reply reply) => master.Failover?.Handover?.OffsetTold(node, reply);

    /// <summary>A data node answered what has to do with holding its writes.</summary>
    public void FenceAnswered(DataNode node, Request request, Reply reply)
    {
        switch (request)
        {
            case Request.ProbePause:
                master.Fence.ProbeAnswered(node, reply);
                break;
            case Request.HoldWrites:
                master.Fence.HoldAnswered(node, reply);
                break;
            case Request.CountAttached question when node is MasterNode:
                master.Fence.AttachedCounted(question, reply);
                break;
            default:
                break;    // of one that is the master no more; or the end of it, which has no outcome
        }
        local.Touch(master);
    }

    /// <summary>A data node answered what it would take in a failover.</summary>
    public void PreflightAnswered(DataNode node, Request request, Reply reply)
    {
        master.Preflight.Answered(node, request, reply);
        local.Touch(master);
    }

    /// <summary>An instance acknowledged our hello, or refused it.</summary>
    public void HelloAnswered(Instance instance, Reply reply)
    {
        instance.Hello.Done();
        if (instance is DataNode node)
            node.Checkup.HelloRefusal = reply is Reply.Error { Message: var error } && error.StartsWith("NOPERM", StringComparison.Ordinal) ? error : null;
        local.Touch(master);
    }

    /// <summary>A peer answered whether it holds the master down, perhaps with a vote.</summary>
    public void DownAnswered(Peer peer, Request.AskIfDown request, Reply reply)
    {
        bool isOld = request.Candidate is null ? peer.DownQuestion.IsForsaken : request.Epoch <= _votesAskedBeforePause;
        if (request.Candidate is null)
            peer.DownQuestion.Done();
        // What was long on its way may have been true when we asked, and no longer.
        Instant askedAt = (request.Candidate is null ? peer.AskedAt : peer.VoteAskedAt) ?? local.Now;
        local.PeerAnswered(local.Now - askedAt);
        if (reply is Reply.List { Items: [Reply.Integer down, Reply.Text leader, Reply.Integer leaderEpoch] } && master.IsCalled(request.Master))
        {
            if (!isOld)
            {
                (peer.SaysMasterDown, peer.SaidAt, peer.SaidIn) = (down.Value == 1, askedAt, peer.Link.Attempt);
                peer.AskNow &= !peer.SaysMasterDown;
            }
            if (SentinelId.TryParse(leader.Value, out SentinelId id) && leaderEpoch.Value >= 0 && local.Believes(new Epoch((ulong)leaderEpoch.Value)))
            {
                var epoch = new Epoch((ulong)leaderEpoch.Value);
                if (peer.VotedEpoch != epoch && peer.VoteLines.Lets(local.Now, out _))
                    local.Log(EventLevel.Warning, $"{peer.Name} voted for {id} {epoch}");
                (peer.VotedLeader, peer.VotedEpoch) = (id, epoch);
            }
        }
        if (request.Candidate is not null)
            peer.AnsweredVoteOf = Epoch.Max(peer.AnsweredVoteOf, request.Epoch);
        local.Touch(master);
    }

    /// <summary>A peer answered what it believes about the master.</summary>
    public void BeliefAnswered(Peer peer, Reply reply)
    {
        if (peer.BeliefCame(local.Now) is { } askedAt)
        {
            PeerBelief? belief = PeerBelief.Parse(reply);
            if (belief is not null && !local.Believes(belief.ConfigEpoch))
                belief = null;    // with an epoch that nobody will ever reach it could veto for ever
            master.Election.LeaderSaid(peer.Id, belief, askedAt);
            master.Strays.PeerSaid(peer.Id, belief, askedAt);
            master.Fence.PeerSaid(peer.Id, belief, askedAt);
        }
        local.Touch(master);
    }
}
