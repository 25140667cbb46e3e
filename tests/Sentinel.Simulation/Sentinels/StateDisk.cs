using Sentinel.Core;
using Sentinel.Simulation.Kernel;

namespace Sentinel.Simulation.Sentinels;

/// <summary>The state file of a Sentinel: written beside, synced, renamed, and the folder synced. It can be slow, full, and interrupted at every point.</summary>
/// <remarks>At most one save is under way; of those that wait the last one covers the others, as in the daemon.</remarks>
internal sealed class StateDisk(SentinelProcess owner, SentinelState initial)
{
    private readonly World _world = owner.World;
    private (SaveNumber Number, SentinelState State)? _waiting;
    private bool _isBusy;

    /// <summary>What a loss of power leaves.</summary>
    private SentinelState _durable = initial;

    /// <summary>What a restart of the process alone finds; after the rename, before the folder is synced, it is newer.</summary>
    private SentinelState _visible = initial;

    /// <summary>How long a save takes.</summary>
    public TimeSpan SaveTime { get; set; } = owner.World.Topology.SaveTime;

    /// <summary>What it says to every save; null: it works.</summary>
    public string? Error { get; set; }

    /// <summary>When it refused last.</summary>
    public Instant? RefusedAt { get; private set; }

    /// <summary>A crash that waits for the next save; null: none does.</summary>
    public PlannedCrash? Crash { get; set; }

    /// <summary>What is on disk to stay.</summary>
    public SentinelState Durable => _durable;

    /// <summary>Whether another save waits for the one under way.</summary>
    public bool HasWaiting => _waiting is not null;

    /// <summary>What a start finds.</summary>
    public SentinelState Read() => _visible;

    public void Write(SaveNumber number, SentinelState state)
    {
        _waiting = (number, state);
        if (!_isBusy)
            Begin();
    }

    /// <summary>The owner's process is gone, and with it what it was about to do.</summary>
    public void OwnerDied(bool withMachine, Random random)
    {
        (_isBusy, _waiting) = (false, null);
        if (!withMachine || ReferenceEquals(_durable, _visible))
            return;
        // The folder was not synced: the system may or may not have got that far by itself.
        if (random.OneIn(2))
            _durable = _visible;
        else
            _visible = _durable;
    }

    /// <summary>The file cannot be read any more; an operator puts the one in its place that it all began with.</summary>
    public void Replace(SentinelState state) => (_durable, _visible) = (state, state);

    private void Begin()
    {
        if (_waiting is not { } save)
            return;
        (_waiting, _isBusy) = (null, true);
        Reach(SaveStage.Written, save.Number, save.State);
    }

    private void Reach(SaveStage stage, SaveNumber number, SentinelState state) => owner.AfterOnDisk(SaveTime / 4, () =>
    {
        if (stage == SaveStage.Written && Error is { } error)
        {
            _world.Coverage.Count("disk refused");
            RefusedAt = _world.Agenda.Now;
            Finish(new StateNotSaved(number, error));
            return;
        }
        if (stage == SaveStage.Renamed)
            _visible = state;
        if (stage == SaveStage.FolderSynced)
            _durable = state;
        if (Crash is { } crash && crash.Stage == stage)
        {
            Crash = null;
            _world.Coverage.Count($"struck CrashInSave {stage}{(crash.WithMachine ? ", with the machine" : "")}");
            owner.CrashInSave(crash);
            return;
        }
        if (stage != SaveStage.FolderSynced)
        {
            Reach(stage + 1, number, state);
            return;
        }
        _world.Saved(owner, state);
        Finish(new StateSaved(number));
    });

    private void Finish(Input outcome)
    {
        _isBusy = false;
        owner.Do(() => owner.Take(outcome));
        Begin();
    }
}

/// <summary>A crash in the middle of a save.</summary>
/// <param name="Stage">How far the save has come then.</param>
/// <param name="WithMachine">Whether the machine goes down.</param>
/// <param name="Then">Called when it has happened.</param>
internal sealed record PlannedCrash(SaveStage Stage, bool WithMachine, Action Then);

/// <summary>How far a save has come.</summary>
internal enum SaveStage
{
    /// <summary>The new file lies beside the old one, perhaps only in memory.</summary>
    Written,

    /// <summary>It is on disk.</summary>
    Synced,

    /// <summary>It has the name of the old one.</summary>
    Renamed,

    /// <summary>That is on disk too.</summary>
    FolderSynced,
}
