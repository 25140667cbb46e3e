using Sentinel.Core;

namespace Sentinel.Simulation.Sentinels.Legacy;

/// <summary>A monitored master with its replicas and Sentinels, and the failover of it that this Sentinel leads.</summary>
internal sealed class Master : DataNode
{
    private readonly LegacySentinel _sentinel;

    public Master(LegacySentinel sentinel, MasterOptions options, Address address)
        : base(sentinel, address, isMaster: true) => (_sentinel, Options) = (sentinel, options);

    public MasterOptions Options { get; set; }
    public override Master Owner => this;
    public override InstanceKind Kind => InstanceKind.Master;
    public override string Prefix => $"master {Options.Name} {Address.Host} {Address.Port}";
    public override TimeSpan InfoPeriod => Periods.Info;
    public List<Replica> Replicas { get; } = [];
    public List<Peer> Peers { get; } = [];
    public Epoch ConfigEpoch { get; set; }

    /// <summary>Whom we voted for last; null: not known since the last start, reset or switch.</summary>
    public SentinelId? Leader { get; set; }

    /// <summary>The epoch of our last vote.</summary>
    public Epoch LeaderEpoch { get; set; }

    public bool IsObjectivelyDown { get; set; }

    /// <summary>When its process was found to be another; null: it has answered PONG since.</summary>
    public Instant? RebootedAt { get; set; }

    /// <summary>What the world was last told of it; null: nothing yet.</summary>
    public (Address Address, Epoch ConfigEpoch)? Told { get; set; }

    // The failover.

    public FailoverStep Step { get; private set; }
    public Instant StepSince { get; private set; }
    public Epoch FailoverEpoch { get; private set; }

    /// <summary>When a failover was last begun, here or by somebody we voted for, and some random time; null: never.</summary>
    public Instant? FailoverStartedAt { get; set; }

    /// <summary>Whether an operator ordered it.</summary>
    public bool IsForced { get; set; }

    public Replica? Promoted { get; set; }

    /// <summary>Whether the failover is over but for the switch at the end of the tick: <c>update_config</c>.</summary>
    public bool IsSwitchDue { get; set; }

    /// <summary>Where clients are sent, and what hellos tell: the promoted replica once it said that it is a master.</summary>
    public Address CurrentAddress => Step is FailoverStep.ReconfReplicas && Promoted is { } promoted ? promoted.Address : Address;

    /// <summary>Whether orders to replicas to follow it may be given.</summary>
    public bool LooksSane => ReportsMaster && !IsDown && !IsObjectivelyDown && InfoAt is { } infoAt && _sentinel.Now - infoAt < 2 * Periods.Info;

    public void Enter(FailoverStep step) => (Step, StepSince) = (step, _sentinel.Now);

    public void Begin(Epoch epoch)
    {
        FailoverEpoch = epoch;
        FailoverStartedAt = _sentinel.Desynced();
        Enter(FailoverStep.WaitStart);
    }

    /// <summary>Gives up the failover; its start is remembered, and blocks the next one.</summary>
    public void Abort()
    {
        (IsForced, Promoted) = (false, null);
        Enter(FailoverStep.None);
    }

    public Replica? ReplicaAt(Address address)
    {
        foreach (Replica replica in Replicas)
        {
            if (replica.Address == address)
                return replica;
        }
        return null;
    }

    public void Remove(Peer peer)
    {
        Peers.Remove(peer);
        peer.Forget();
    }

    public void ForgetPeers()
    {
        foreach (Peer peer in Peers)
            peer.Forget();
        Peers.Clear();
    }

    /// <summary>Begins anew with what is configured. Epochs stay, and so does the time of the last INFO: nothing is asked before it is due.</summary>
    public void Reset()
    {
        foreach (Replica replica in Replicas)
            replica.Forget();
        Replicas.Clear();
        Link.Close();
        Link.Restart();
        (IsDown, IsObjectivelyDown, IsScriptKillSent, RebootedAt) = (false, false, false, null);
        (Step, StepSince, FailoverStartedAt, IsForced, Promoted, IsSwitchDue) = (FailoverStep.None, Periods.LongAgo, null, false, null, false);
        (Leader, RunId, ReportsMaster, RoleSince) = (null, null, true, _sentinel.Now);
    }

    /// <summary>Takes over a new address: everything but the Sentinels begins anew.</summary>
    public void SwitchTo(Address address)
    {
        var replicas = new List<Address>(Replicas.Count + 1);
        foreach (Replica replica in Replicas)
        {
            if (replica.Address != address)
                replicas.Add(replica.Address);
        }
        if (Address != address)
            replicas.Add(Address);
        Reset();
        (Address, DownSince) = (address, Periods.LongAgo);
        foreach (Address replica in replicas)
            _sentinel.AddReplica(this, replica);
        _sentinel.Save();
    }
}
