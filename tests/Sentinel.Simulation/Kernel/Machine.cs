using Sentinel.Core;

namespace Sentinel.Simulation.Kernel;

/// <summary>A host: an IP address, clocks, and processes that listen on ports.</summary>
internal sealed class Machine(Agenda agenda, int number, string name, string ip)
{
    private readonly List<Process> _processes = [];

    /// <summary>Its place in the network's tables.</summary>
    public int Number { get; } = number;

    public string Name { get; } = name;

    /// <summary>Where it is reached; another one may have it after a change by <see cref="Network.Readdress"/>.</summary>
    public string Ip { get; set; } = ip;

    public MachineClock Clock { get; } = new(agenda);

    /// <summary>Whether it has power. The processes of one without are dead.</summary>
    public bool IsUp { get; private set; } = true;

    /// <summary>When it last lost its power; null: never.</summary>
    public Instant? PowerLostAt { get; private set; }

    public IReadOnlyList<Process> Processes => _processes;

    public void Host(Process process) => _processes.Add(process);

    public void Unhost(Process process) => _processes.Remove(process);

    /// <summary>Who listens on a port; null: nobody.</summary>
    public Process? Listener(int port)
    {
        foreach (Process process in _processes)
        {
            if (process.Port == port && process.IsRunning)
                return process;
        }
        return null;
    }

    /// <summary>The power goes: nobody is told, and what was not on disk is lost.</summary>
    public void LosePower()
    {
        (IsUp, PowerLostAt) = (false, agenda.Now);
        foreach (Process process in _processes)
        {
            if (process.IsRunning)
                process.Die(withMachine: true);
        }
    }

    /// <summary>The power is back; whoever is to run on it has to be started.</summary>
    public void RegainPower() => IsUp = true;

    public override string ToString() => Name;
}
