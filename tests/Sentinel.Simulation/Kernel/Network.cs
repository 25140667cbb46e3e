using Sentinel.Core;

namespace Sentinel.Simulation.Kernel;

/// <summary>What lies between machines: paths that delay, and that block in one direction or both.</summary>
/// <remarks>
/// Modelled as TCP shows it to processes. On a blocked path nothing is lost, it waits, and passes some time after the path is
/// free again, for the sender tries again after ever longer pauses. Connections do not end by themselves. Whoever sends to a
/// process that is no more gets a reset, and whoever connects where nobody listens a refusal; a machine without power is silence.
/// </remarks>
internal sealed class Network
{
    /// <summary>Longest time for which a sender that waited for a free path goes on waiting after it is free.</summary>
    public static readonly TimeSpan RetransmitMax = TimeSpan.FromSeconds(15);

    /// <summary>Pauses between two attempts of a machine to connect, as Linux makes them.</summary>
    private static readonly TimeSpan[] s_connectPauses = [.. new[] { 1, 2, 4, 8, 16, 32, 64 }.Select(seconds => TimeSpan.FromSeconds(seconds))];

    private readonly Random _random;
    private readonly List<Machine> _machines = [];
    private readonly Dictionary<string, Machine> _byIp = new(StringComparer.Ordinal);
    private readonly List<Connection> _connections = [];
    private readonly List<(Pipe Pipe, Machine From, Machine To, Instant Since)> _stalled = [];
    private readonly List<(int From, int To, Instant Since, Instant Until)> _outages = [];
    private readonly List<(int From, int To, Instant Since, Instant Until, TimeSpan Extra)> _slowSpells = [];
    private Path[,] _paths = new Path[0, 0];
    private int _movesTo;

    public Network(Agenda agenda, Random random) => (Agenda, _random) = (agenda, random);

    public Agenda Agenda { get; }

    public IReadOnlyList<Machine> Machines => _machines;

    /// <summary>Connections of which at least one side is open.</summary>
    public IReadOnlyList<Connection> Connections => _connections;

    /// <summary>Shortest time a message takes between two machines.</summary>
    public TimeSpan DelayMin { get; set; } = TimeSpan.FromMicroseconds(100);

    /// <summary>How much longer it may take when all is well.</summary>
    public TimeSpan DelayNoise { get; set; } = TimeSpan.FromMicroseconds(300);

    public Machine AddMachine(string name, string ip)
    {
        var machine = new Machine(Agenda, _machines.Count, name, ip);
        _machines.Add(machine);
        _byIp[ip] = machine;
        var paths = new Path[_machines.Count, _machines.Count];
        for (int i = 0; i < _machines.Count - 1; i++)
        {
            for (int j = 0; j < _machines.Count - 1; j++)
                paths[i, j] = _paths[i, j];
        }
        _paths = paths;
        return machine;
    }

    /// <summary>The machine of an address; null: there is none.</summary>
    public Machine? At(string ip) => _byIp.GetValueOrDefault(ip);

    /// <summary>Gives a machine another address. Its former one leads nowhere, unless another machine gets it. Whoever runs on it is to be ended before.</summary>
    public void Readdress(Machine machine, string ip)
    {
        if (_byIp.TryGetValue(machine.Ip, out Machine? at) && at == machine)
            _byIp.Remove(machine.Ip);
        machine.Ip = ip;
        _byIp[ip] = machine;
    }

    /// <summary>An address that no machine has had.</summary>
    public string UnusedIp() => $"10.9.0.{++_movesTo}";

    // Paths.

    /// <summary>Whether messages pass from one machine to another now.</summary>
    public bool Passes(Machine from, Machine to) => from.IsUp && to.IsUp && (from == to || _paths[from.Number, to.Number].Blocks == 0);

    /// <summary>How long a message takes.</summary>
    public TimeSpan Delay(Machine from, Machine to)
    {
        TimeSpan noise = TimeSpan.FromTicks((long)(_random.NextDouble() * DelayNoise.Ticks));
        if (from == to)
            return DelayMin / 4 + noise / 4;
        TimeSpan extra = _paths[from.Number, to.Number].Extra;
        return extra == TimeSpan.Zero ? DelayMin + noise : DelayMin + noise + extra / 2 + TimeSpan.FromTicks((long)(_random.NextDouble() * extra.Ticks));
    }

    /// <summary>Blocks one direction. Blocks add up: each wants its own <see cref="Unblock"/>.</summary>
    public void Block(Machine from, Machine to)
    {
        ref Path path = ref _paths[from.Number, to.Number];
        if (path.Blocks++ == 0)
            path.BlockedSince = Agenda.Now;
    }

    /// <summary>Takes one block off a direction.</summary>
    public void Unblock(Machine from, Machine to)
    {
        ref Path path = ref _paths[from.Number, to.Number];
        if (path.Blocks > 0 && --path.Blocks == 0)
            _outages.Add((from.Number, to.Number, path.BlockedSince, Agenda.Now));
        ResumeStalled();
    }

    /// <summary>Whether a direction was blocked at some time.</summary>
    public bool WasBlocked(Machine from, Machine to, Instant since, Instant until)
    {
        Path path = _paths[from.Number, to.Number];
        if (path.Blocks > 0 && path.BlockedSince <= until)
            return true;
        foreach (var outage in _outages)
        {
            if (outage.From == from.Number && outage.To == to.Number && outage.Since <= until && outage.Until >= since)
                return true;
        }
        return false;
    }

    /// <summary>When what one machine sent to another, or the other to it, may have had to wait: while the way was blocked, and for some time after that.</summary>
    public IEnumerable<(Instant From, Instant Until)> Waits(Machine one, Machine other)
    {
        foreach ((int from, int to) in new[] { (one.Number, other.Number), (other.Number, one.Number) })
        {
            if (_paths[from, to].Blocks > 0)
                yield return (_paths[from, to].BlockedSince, Instant.Never);
            foreach (var outage in _outages)
            {
                if (outage.From == from && outage.To == to)
                    yield return (outage.Since, outage.Until + WaitMax(outage.Until - outage.Since));
            }
        }
    }

    /// <summary>
    /// Whether two machines could not reach each other in some direction for so long at least, until some time between two moments: in one outage, or in several of which each began before
    /// what had waited for the end of the one before it was through.
    /// </summary>
    public bool WasBlockedFor(TimeSpan time, Machine one, Machine other, Instant since, Instant until)
    {
        Instant from = default, through = default;
        foreach (var outage in _outages.Where(outage => (outage.From == one.Number && outage.To == other.Number) || (outage.From == other.Number && outage.To == one.Number)).OrderBy(outage => outage.Since))
        {
            from = outage.Since > through ? outage.Since : from;
            through = Instant.Max(through, outage.Until + WaitMax(outage.Until - outage.Since));
            if (outage.Until >= since && outage.Until <= until && outage.Until - from >= time)
                return true;
        }
        return false;
    }

    /// <summary>When the outage of a direction began whose end, if one ended between two moments, let through what had waited; else the first of the two.</summary>
    public Instant BlockedBefore(Machine from, Machine to, Instant since, Instant until)
    {
        Instant first = since;
        foreach (var outage in _outages)
        {
            if (outage.From == from.Number && outage.To == to.Number && outage.Until >= since && outage.Until <= until && outage.Since < first)
                first = outage.Since;
        }
        return first;
    }

    /// <summary>Lets messages in one direction take longer, on average by this.</summary>
    public void Slow(Machine from, Machine to, TimeSpan extra)
    {
        ref Path path = ref _paths[from.Number, to.Number];
        EndSlowSpell(from.Number, to.Number);
        (path.Extra, path.SlowSince) = (extra, Agenda.Now);
    }

    /// <summary>How much longer than usual messages in one direction took at most at some time; what was sent last holds up what follows it.</summary>
    public TimeSpan ExtraDelay(Machine from, Machine to, Instant since, Instant until)
    {
        Path path = _paths[from.Number, to.Number];
        TimeSpan longest = path.SlowSince <= until ? ExtraMax(path.Extra) : TimeSpan.Zero;
        foreach (var spell in _slowSpells)
        {
            if (spell.From == from.Number && spell.To == to.Number && spell.Since <= until && spell.Until + ExtraMax(spell.Extra) >= since && ExtraMax(spell.Extra) > longest)
                longest = ExtraMax(spell.Extra);
        }
        return longest;
    }

    /// <summary>Lets everything pass undelayed.</summary>
    public void Heal()
    {
        for (int i = 0; i < _machines.Count; i++)
        {
            for (int j = 0; j < _machines.Count; j++)
            {
                if (_paths[i, j].Blocks > 0)
                    _outages.Add((i, j, _paths[i, j].BlockedSince, Agenda.Now));
                EndSlowSpell(i, j);
            }
        }
        Array.Clear(_paths);
        ResumeStalled();
    }

    /// <summary>Looks again at what waits; called when a path or a machine is there again.</summary>
    public void ResumeStalled()
    {
        for (int i = _stalled.Count - 1; i >= 0; i--)
        {
            var (pipe, from, to, since) = _stalled[i];
            if (!Passes(from, to))
                continue;
            _stalled.RemoveAt(i);
            Agenda.After(_random.Between(TimeSpan.Zero, WaitMax(Agenda.Now - since)), pipe.Resume);
        }
    }

    public void Stall(Pipe pipe, Machine from, Machine to) => _stalled.Add((pipe, from, to, Agenda.Now));

    // Connections.

    /// <summary>Asks for a connection; its outcome is <see cref="Process.Connected"/>, <see cref="Process.Lost"/> or, while nobody answers, nothing.</summary>
    public Connection Connect(Process client, Address target)
    {
        var connection = new Connection(this, client, target);
        _connections.Add(connection);
        Try(connection, attempt: 0);
        return connection;
    }

    /// <summary>Ends a connection from outside, as a middlebox does: both sides get a reset.</summary>
    public void Break(Connection connection)
    {
        connection.EndAtClient("Connection reset by peer");
        connection.EndAtServer("Connection reset by peer");
    }

    /// <summary>Tells a side that the other knows nothing of the connection.</summary>
    public void Reset(Connection connection, bool toServer)
    {
        Machine? from = toServer ? connection.ClientMachine : connection.ServerMachine, to = toServer ? connection.ServerMachine : connection.ClientMachine;
        if (from is null || to is null || !Passes(from, to))
            return;
        Agenda.After(Delay(from, to), () =>
        {
            if (toServer)
                connection.EndAtServer("Connection reset by peer");
            else
                connection.EndAtClient("Connection reset by peer");
        });
    }

    public void ProcessDied(Process process, bool withMachine)
    {
        for (int i = _connections.Count - 1; i >= 0; i--)
        {
            Connection connection = _connections[i];
            if (connection.Client == process || connection.Server == process)
                connection.Orphan(process, tell: !withMachine);
        }
    }

    /// <summary>Drops a connection that no side has open.</summary>
    public void Forget(Connection connection)
    {
        if (!connection.IsOpenAtClient && !connection.IsOpenAtServer)
            _connections.Remove(connection);
    }

    private void Try(Connection connection, int attempt)
    {
        if (!connection.IsOpenAtClient || connection.IsEstablished)
            return;
        Machine from = connection.ClientMachine;
        if (At(connection.Target.Host) is { } to && Passes(from, to))
            Agenda.After(Delay(from, to), () => Arrive(connection, to));
        if (attempt < s_connectPauses.Length)
            Agenda.After(s_connectPauses[attempt], () => Try(connection, attempt + 1));
        else
            Agenda.After(s_connectPauses[^1], () => TimeOut(connection));
    }

    private static void TimeOut(Connection connection)
    {
        if (!connection.IsEstablished)
            connection.EndAtClient("Connection timed out");
    }

    private void Arrive(Connection connection, Machine machine)
    {
        if (!connection.IsOpenAtClient || !machine.IsUp)
            return;
        bool isWayBackFree = Passes(machine, connection.ClientMachine);
        if (connection.Server is null)
        {
            if (machine.Listener(connection.Target.Port) is not { } listener)
            {
                if (isWayBackFree)
                    Agenda.After(Delay(machine, connection.ClientMachine), () => connection.EndAtClient("Connection refused"));
                return;
            }
            // With the way back blocked the machine would keep it half made, and the listener would not see it.
            if (!isWayBackFree)
                return;
            connection.AcceptedBy(listener);
        }
        if (isWayBackFree)
            Agenda.After(Delay(machine, connection.ClientMachine), connection.Establish);
    }

    private void EndSlowSpell(int from, int to)
    {
        Path path = _paths[from, to];
        if (path.Extra > TimeSpan.Zero)
            _slowSpells.Add((from, to, path.SlowSince, Agenda.Now, path.Extra));
    }

    /// <summary>Longest time for which a sender goes on waiting that has waited: pauses double, so it takes up to as long again.</summary>
    private static TimeSpan WaitMax(TimeSpan waited) => waited < RetransmitMax ? waited : RetransmitMax;

    private static TimeSpan ExtraMax(TimeSpan extra) => extra * 1.5;

    private struct Path
    {
        public int Blocks;
        public Instant BlockedSince;
        public TimeSpan Extra;
        public Instant SlowSince;
    }
}
