namespace Sentinel.Core;

/// <summary>Shows a monitor from outside: what is believed, and what must survive a restart.</summary>
internal static class MasterViews
{
    /// <summary>What is believed of a master.</summary>
    public static MasterView ViewOf(MasterMonitor master, NameTable names) => new()
    {
        Name = master.Name,
        Address = names.Shown(master.Address),
        RunId = master.Node.RunId,
        Flags = FlagsOf(master),
        Link = master.Node.Link.Health,
        DownSince = master.Node.DownSince,
        DownAfter = master.Options.DownAfter,
        InfoAt = master.Node.InfoAt,
        InfoUtf8 = master.Node.InfoText,
        ReportsMaster = master.Node.ReportsMaster,
        RoleSince = master.Node.RoleSince,
        Options = master.Options,
        ConfigEpoch = master.ConfigEpoch,
        ObjectivelyDownSince = master.Judgement.ObjectivelyDownSince,
        Failover = master.Failover?.Step ?? FailoverStep.None,
        LeaderToSwitch = master.Election.LeaderToSwitch,
        Replicas = [.. master.Replicas.Select(replica => ViewOf(replica, names))],
        Peers = [.. master.Peers.Select(peer => ViewOf(peer, names))],
        Findings = master.Preflight.Findings,
    };

    /// <summary>What survives a restart about a master: of a switch that is prepared, what it will make true.</summary>
    /// <returns>The same object as before when nothing changed.</returns>
    public static MasterState StateOf(MasterMonitor master, NameTable names)
    {
        if (master.Kept is not { } kept || !Says(kept, master, names))
            master.Kept = kept = NewStateOf(master, names);
        return kept;
    }

    private static MasterState NewStateOf(MasterMonitor master, NameTable names)
    {
        Address address = AddressOf(master);
        return new()
        {
            Options = master.Options,
            Address = names.Stored(address),
            ConfigEpoch = ConfigEpochOf(master),
            LeaderEpoch = master.Election.LeaderEpoch,
            Replicas = [.. master.Nodes.Where(node => node.Address != address).Select(node => names.Stored(node.Address)).Distinct()],
            Peers = [.. master.Peers.Select(peer => new PeerState(peer.Id, names.Stored(peer.Address)))],
        };
    }

    /// <summary>Whether a state is still that of a master. May say no where it is.</summary>
    private static bool Says(MasterState kept, MasterMonitor master, NameTable names)
    {
        Address address = AddressOf(master);
        if (!ReferenceEquals(kept.Options, master.Options) || kept.Address != names.Stored(address)
            || kept.ConfigEpoch != ConfigEpochOf(master) || kept.LeaderEpoch != master.Election.LeaderEpoch
            || kept.Peers.Length != master.Peers.Count)
            return false;
        for (int i = 0; i < kept.Peers.Length; i++)
        {
            Peer peer = master.Peers[i];
            if (kept.Peers[i].Id != peer.Id || kept.Peers[i].Address != names.Stored(peer.Address))
                return false;
        }
        int replicas = 0;
        foreach (DataNode node in master.Nodes)
        {
            if (node.Address != address && (replicas == kept.Replicas.Length || kept.Replicas[replicas++] != names.Stored(node.Address)))
                return false;
        }
        return replicas == kept.Replicas.Length;
    }

    private static Address AddressOf(MasterMonitor master) => master.Prepared?.Address ?? master.Address;

    private static Epoch ConfigEpochOf(MasterMonitor master) => master.Prepared?.Epoch ?? master.ConfigEpoch;

    private static ReplicaView ViewOf(Replica replica, NameTable names) => new()
    {
        Name = replica.Name,
        Address = names.Shown(replica.Address),
        RunId = replica.RunId,
        Flags = replica.Flags(replica == replica.Master.Failover?.Promoted),
        Link = replica.Link.Health,
        DownSince = replica.DownSince,
        DownAfter = replica.Master.Options.DownAfter,
        InfoAt = replica.InfoAt,
        InfoUtf8 = replica.InfoText,
        ReportsMaster = replica.ReportsMaster,
        RoleSince = replica.RoleSince,
        MasterLinkDownTime = replica.MasterLinkDownTime,
        IsMasterLinkUp = replica.IsMasterLinkUp,
        Master = replica.ReportedMaster,
        Priority = replica.Priority,
        Offset = replica.Offset,
        IsAnnounced = replica.IsAnnounced,
    };

    private static PeerView ViewOf(Peer peer, NameTable names) => new()
    {
        Name = peer.Name,
        Address = names.Shown(peer.Address),
        RunId = peer.Id.Text,
        Flags = peer.Flags,
        Link = peer.Link.Health,
        DownSince = peer.DownSince,
        DownAfter = peer.Master.Options.DownAfter,
        LastHelloAt = peer.LastHelloAt,
        VotedLeader = peer.VotedLeader,
        VotedEpoch = peer.VotedEpoch,
    };

    private static InstanceFlags FlagsOf(MasterMonitor master) =>
        (master.Node.IsSubjectivelyDown ? InstanceFlags.SubjectivelyDown : InstanceFlags.None)
        | (master.IsObjectivelyDown ? InstanceFlags.ObjectivelyDown : InstanceFlags.None)
        | InstanceFlags.Master
        | (master.Failover is not null ? InstanceFlags.FailoverInProgress : InstanceFlags.None)
        | (master.Failover is { IsForced: true } ? InstanceFlags.ForceFailover : InstanceFlags.None)
        | (master.Node.IsScriptKillSent ? InstanceFlags.ScriptKillSent : InstanceFlags.None)
        | (master.Node.RebootedAt is not null ? InstanceFlags.MasterReboot : InstanceFlags.None)
        | (master.Options.PauseReason is not null ? InstanceFlags.Paused : InstanceFlags.None)
        | (master.Fence.Holds(master.Node) ? InstanceFlags.Fenced : InstanceFlags.None);
}
