using Sentinel.Core;

namespace Sentinel.Simulation.Kernel;

/// <summary>A process on a machine: it can be reached, killed, frozen (SIGSTOP) and started anew.</summary>
internal abstract class Process
{
    private readonly Queue<(int Life, Action Work)> _held = new();
    private readonly List<(Instant From, Instant Until)> _frozenSpells = [];
    private Instant _frozenAt;

    protected Process(World world, Machine machine, int port, string name)
    {
        (World, Machine, Port, Name) = (world, machine, port, name);
        machine.Host(this);
    }

    public World World { get; }
    public Machine Machine { get; private set; }
    public int Port { get; }

    /// <summary>What transcripts call it.</summary>
    public string Name { get; }

    public Address Address => new(Machine.Ip, Port);
    public bool IsRunning { get; private set; }

    /// <summary>A frozen one is running: its machine still accepts connections and keeps what comes for it.</summary>
    public bool IsFrozen { get; private set; }

    /// <summary>Whether it last died with its machine: nobody was told that its connections ended.</summary>
    public bool DiedUnheard { get; private set; }

    /// <summary>When it was last started.</summary>
    public Instant StartedAt { get; private set; }

    /// <summary>How long its last freeze took; zero: it was never frozen.</summary>
    public TimeSpan LastFrozenFor { get; private set; }

    /// <summary>When that freeze ended; null: it was never frozen.</summary>
    public Instant? ThawedAt { get; private set; }

    /// <summary>Counts its starts; what was planned in an earlier life does not happen.</summary>
    public int Life { get; private set; }

    /// <summary>When it was frozen, in each of its lives.</summary>
    public IReadOnlyList<(Instant From, Instant Until)> FrozenSpells => _frozenSpells;

    /// <summary>Whether it is there and works.</summary>
    public bool IsWorking => IsRunning && !IsFrozen;

    public void Start()
    {
        // Of two on one port the second one does not get it.
        if (IsRunning || !Machine.IsUp || (Port != 0 && Machine.Listener(Port) is not null))
            return;
        (IsRunning, IsFrozen, StartedAt) = (true, false, World.Agenda.Now);
        Life++;
        OnStarted();
    }

    /// <summary>Ends at once, as by SIGKILL; the machine closes its connections.</summary>
    public void Kill()
    {
        if (IsRunning)
            Die(withMachine: false);
    }

    public void Freeze()
    {
        if (!IsWorking)
            return;
        (IsFrozen, _frozenAt) = (true, World.Agenda.Now);
        _frozenSpells.Add((World.Agenda.Now, Instant.Never));
        OnFrozen();
    }

    /// <summary>Goes on: what came meanwhile is taken in, in its order.</summary>
    public void Thaw()
    {
        if (!IsFrozen)
            return;
        (IsFrozen, LastFrozenFor, ThawedAt) = (false, World.Agenda.Now - _frozenAt, World.Agenda.Now);
        EndFrozenSpell();
        while (!IsFrozen && _held.TryDequeue(out var held))
        {
            if (held.Life == Life && IsRunning)
                held.Work();
        }
        if (IsWorking)
            OnThawed();
    }

    /// <summary>Does something now, when it thaws, or if it is dead never.</summary>
    public void Do(Action work)
    {
        if (IsFrozen)
            _held.Enqueue((Life, work));
        else if (IsRunning)
            work();
    }

    /// <summary>Does something later, in this life.</summary>
    public void After(TimeSpan delay, Action work)
    {
        int life = Life;
        World.Agenda.After(delay, () =>
        {
            if (life == Life)
                Do(work);
        });
    }

    /// <summary>Called by the machine or by <see cref="Kill"/>.</summary>
    public void Die(bool withMachine)
    {
        if (IsFrozen)
            EndFrozenSpell();
        (IsRunning, IsFrozen, DiedUnheard) = (false, false, withMachine);
        Life++;
        _held.Clear();
        World.Network.ProcessDied(this, withMachine);
        OnDied(withMachine);
    }

    /// <summary>It will be found on another machine from now on. Only while it does not run.</summary>
    public void MoveTo(Machine machine)
    {
        if (IsRunning)
            throw new InvalidOperationException($"{Name} runs");
        Machine.Unhost(this);
        Machine = machine;
        machine.Host(this);
    }

    /// <summary>A connection that it asked for stands.</summary>
    public virtual void Connected(Connection connection)
    {
    }

    /// <summary>Somebody connected to it.</summary>
    public virtual void Accepted(Connection connection)
    {
    }

    /// <summary>Something came in on a connection, whichever side it is of.</summary>
    public abstract void Received(Connection connection, object message);

    /// <summary>A connection could not be made, or was ended by the other side or the network.</summary>
    public virtual void Lost(Connection connection, string reason)
    {
    }

    protected virtual void OnStarted()
    {
    }

    protected virtual void OnFrozen()
    {
    }

    protected virtual void OnThawed()
    {
    }

    /// <param name="withMachine">Whether what was not on disk is lost too.</param>
    protected virtual void OnDied(bool withMachine)
    {
    }

    public override string ToString() => Name;

    private void EndFrozenSpell() => _frozenSpells[^1] = (_frozenAt, World.Agenda.Now);
}
