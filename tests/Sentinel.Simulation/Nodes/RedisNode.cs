using Sentinel.Core;
using Sentinel.Simulation.Kernel;

namespace Sentinel.Simulation.Nodes;

/// <summary>A Redis server, as Sentinels, its replicas and its clients see it.</summary>
internal sealed class RedisNode(World world, Machine machine, int port, string name, Group group, NodeSettings settings, Address? master) : Process(world, machine, port, name)
{
    public Group Group { get; } = group;
    public NodeSettings Settings { get; } = settings;

    /// <summary>Whom it follows; null: it is a master.</summary>
    public Address? Master { get; private set; } = master;

    public override void Received(Connection connection, object message) => throw new NotSupportedException();

    public bool IsMaster => Master is null;

    /// <summary>Whether, as a replica, its link to its master is up and it has all that the master has had for some seconds.</summary>
    public bool IsInSync => throw new NotSupportedException();

    public int Priority => Settings.Priority;

    /// <summary>When its priority was last changed.</summary>
    public Instant PrioritySince => StartedAt;

    public bool HasData => HasDataSince is not null;

    /// <summary>Since when it has keys; null: it has none.</summary>
    public Instant? HasDataSince => throw new NotSupportedException();

    /// <summary>Whether any illness is upon it.</summary>
    public bool IsIll => throw new NotSupportedException();

    public bool IsLoading => throw new NotSupportedException();

    /// <summary>Whether it is a master, or was one at some time since then.</summary>
    public bool WasMasterSince(Instant then) => IsMaster || StartedAt >= then;

    public void Restart(RestartConfiguration configuration) => Start();

    /// <summary>Its disk is empty at the next start.</summary>
    public void LoseData() => throw new NotSupportedException();

    public void FallIll(Illness illness) => throw new NotSupportedException();

    public void Recover(Illness illness) => throw new NotSupportedException();

    /// <summary>All that was done to it is undone; it runs. Its priority is as at first.</summary>
    public void RecoverFully() => Start();

    public void SetPriority(int priority) => throw new NotSupportedException();

    /// <summary>Follows another node, or is a master, as told by an operator (REPLICAOF by hand, without CONFIG REWRITE).</summary>
    public void Obey(Address? master) => throw new NotSupportedException();

    public void PauseWrites(TimeSpan time) => throw new NotSupportedException();

    /// <summary>The nodes' own FAILOVER TO.</summary>
    public void FailOverTo(Address target) => throw new NotSupportedException();
}

/// <summary>With which configuration a node is started.</summary>
internal enum RestartConfiguration
{
    /// <summary>With the one that CONFIG REWRITE saved.</summary>
    Rewritten,

    /// <summary>With the one that it began with, as containers are.</summary>
    Original,
}

/// <summary>What can be wrong with a node that runs.</summary>
internal enum Illness
{
    /// <summary>A script keeps it busy: BUSY to everything.</summary>
    Busy,

    /// <summary>It cannot save: MISCONF to PING and writes.</summary>
    CannotSave,

    /// <summary>As a replica it does not synchronise: its link to the master stays down.</summary>
    Stuck,

    /// <summary>As a replica it is far behind.</summary>
    Slow,

    /// <summary>It acknowledges orders of role and does not carry them out.</summary>
    IgnoresOrders,

    /// <summary>It refuses orders of role.</summary>
    RefusesOrders,

    /// <summary>Every INFO is refused.</summary>
    HidesInfo,
}
