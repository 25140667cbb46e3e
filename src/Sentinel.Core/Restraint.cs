namespace Sentinel.Core;

/// <summary>What holds this Sentinel back from a failover of its own accord, although a quorum holds the master down. Orders are not held back.</summary>
internal sealed class Restraint
{
    private readonly MasterMonitor _master;
    private readonly Witnesses _witnesses;
    private readonly Cooldown _cooldown;

    public Restraint(MasterMonitor master, LocalSentinel local)
    {
        _master = master;
        _witnesses = new Witnesses(master, local);
        _cooldown = new Cooldown(master, local, _witnesses);
    }

    /// <summary>Takes note that another node is the master.</summary>
    public void Switched() => _cooldown.Switched();

    /// <summary>An operator has seen the last switch.</summary>
    public void Acknowledge() => _cooldown.End();

    /// <summary>Whether an operator holds us back, in words; null: none does.</summary>
    public string? WhyPaused => _master.Options.PauseReason is { } paused
        ? $"an operator has paused it on this Sentinel{(paused.Length > 0 ? $" ({paused})" : "")}; 'SENTINEL RESUME {_master.Name}' ends that"
        : null;

    /// <summary>Whether to hold back. It is to be asked again when replicas or peers say something new.</summary>
    /// <param name="wake">Told when time alone may change the answer.</param>
    /// <param name="reason">Why; null: those who are asked have not said yet.</param>
    public bool Holds(Wakeup wake, out string? reason)
    {
        if (WhyPaused is { } paused)
        {
            reason = paused;
            return true;
        }
        bool cools = _cooldown.IsRunning(wake), asks = _master.Options.Corroborate && _witnesses.AreNeeded;
        reason = cools ? _cooldown.Objection(wake) : null;
        if (asks && _witnesses.Hearing(wake) is { } witness)
            reason ??= $"the master is silent, but its replica {witness.Name} hears it";
        return reason is not null || ((cools || asks) && _witnesses.AreAwaited(wake));
    }
}
