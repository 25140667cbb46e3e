using Sentinel.Core;
using Sentinel.Simulation.Kernel;

namespace Sentinel.Simulation.Nodes;

/// <summary>What a node finds when it is started: its data and its configuration.</summary>
internal sealed class NodeDisk(NodeSettings settings, Address? originalMaster, Random random)
{
    private Dataset? _durable;
    private Instant _nextSnapshot;

    /// <summary>Whether CONFIG REWRITE replaced the configuration file that it began with, and with what.</summary>
    private bool _isRewritten;
    private Address? _rewrittenMaster;

    /// <summary>Whom its configuration file says to follow; null: nobody.</summary>
    public Address? Master => _isRewritten ? _rewrittenMaster : originalMaster;

    /// <summary>What a start finds; null: nothing.</summary>
    public Dataset? Data => _durable is { Writes: > 0 } ? _durable : null;

    /// <summary>CONFIG REWRITE.</summary>
    public void Rewrite(Address? follows) => (_isRewritten, _rewrittenMaster) = (true, follows);

    /// <summary>The configuration file that it began with is put in place.</summary>
    public void RestoreConfiguration() => _isRewritten = false;

    public void Lose() => _durable = null;

    /// <summary>The process begins.</summary>
    public void Start(Instant now) => _nextSnapshot = now + random.Between(TimeSpan.Zero, settings.SnapshotPeriod);

    /// <summary>Called every second by a process that works.</summary>
    public void Cron(Dataset data, Instant now)
    {
        if (settings.Persistence == Persistence.AppendOnly)
            _durable = data;
        if (settings.Persistence == Persistence.Snapshots && now >= _nextSnapshot)
            (_durable, _nextSnapshot) = (data, now + settings.SnapshotPeriod);
    }

    /// <summary>All data came in as a file, from a master.</summary>
    public void Replace(Dataset data)
    {
        if (settings.Persistence != Persistence.None)
            _durable = data;
    }

    /// <summary>The process is gone.</summary>
    /// <param name="withMachine">Whether what the kernel had to write is lost.</param>
    public void OwnerDied(Dataset data, bool withMachine)
    {
        if (settings.Persistence == Persistence.AppendOnly && !withMachine)
            _durable = data;
    }
}
