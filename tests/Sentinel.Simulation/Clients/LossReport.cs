using System.Globalization;
using System.Text;
using Sentinel.Simulation.Nodes;

namespace Sentinel.Simulation.Clients;

/// <summary>Acknowledged writes, and the lost ones by cause.</summary>
internal sealed class LossReport
{
    private readonly long[] _lost = new long[Enum.GetValues<LossCause>().Length];

    public long Acknowledged { get; private set; }

    public long Lost => _lost.Sum();

    /// <summary>Lost for no good reason.</summary>
    public long Unexplained => Enum.GetValues<LossCause>().Where(IsBad).Sum(LostBy);

    /// <summary>The first lost write that a master took without the replicas that its configuration asks for; null: there is none.</summary>
    public WriteAccepted? Unpromised { get; private set; }

    /// <summary>The first loss that has no explanation; null: all have.</summary>
    public WriteAccepted? Riddle { get; private set; }

    public long LostBy(LossCause cause) => _lost[(int)cause];

    public void AddAcknowledged(long count) => Acknowledged += count;

    /// <param name="cause">Why it is lost.</param>
    /// <param name="write">The write.</param>
    /// <param name="asPromised">Whether its master had as many replicas as its configuration asks for.</param>
    public void AddLost(LossCause cause, WriteAccepted write, bool asPromised)
    {
        if (!asPromised)
            Unpromised ??= write;
        _lost[(int)cause]++;
        if (IsBad(cause))
            Riddle ??= write;
    }

    /// <summary>Adds those of another run.</summary>
    public void Add(LossReport other)
    {
        Acknowledged += other.Acknowledged;
        for (int i = 0; i < _lost.Length; i++)
            _lost[i] += other._lost[i];
        Riddle ??= other.Riddle;
        Unpromised ??= other.Unpromised;
    }

    public override string ToString()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{Acknowledged} writes acknowledged, {Lost} lost");
        foreach (LossCause cause in Enum.GetValues<LossCause>())
        {
            if (LostBy(cause) > 0)
                text.Append(CultureInfo.InvariantCulture, $", {LostBy(cause)} {cause}");
        }
        if (Riddle is { } riddle)
            text.Append(CultureInfo.InvariantCulture, $"; the first one without a reason: {Describe(riddle)}");
        return text.ToString();
    }

    private static bool IsBad(LossCause cause) => cause is LossCause.OtherGroup or LossCause.Unexplained;

    /// <summary>Who took a write, in what history, and when.</summary>
    public static string Describe(WriteAccepted write) =>
        string.Create(CultureInfo.InvariantCulture, $"by {write.Node} in {write.Branch} at {(write.At - write.Node.World.StartedAt).TotalSeconds:F4} s");
}

/// <summary>Why an acknowledged write is not there any more.</summary>
internal enum LossCause
{
    /// <summary>The master failed before the write had come to the replica that was promoted.</summary>
    Lag,

    /// <summary>The master was cut off from the replica that was promoted, or was replaced already.</summary>
    Partition,

    /// <summary>The replica that was promoted had not been attached to the master: it was loading, stuck, or followed another one.</summary>
    Detached,

    /// <summary>A node came back with less than it had, and the others copied that.</summary>
    Emptied,

    /// <summary>A master came back as a replica, for its configuration could not be rewritten, or was restored.</summary>
    RoleForgotten,

    /// <summary>Sentinels that lost their file began with the master that their first configuration names.</summary>
    Amnesia,

    /// <summary>An operator replaced a master, by hand or by a failover that does not wait for what the master has not passed on, let it follow another group's, or gave one of those its address.</summary>
    Operator,

    /// <summary>The data of another group were copied, and no operator had it done: what Sentinels never do.</summary>
    OtherGroup,

    /// <summary>There is no good reason.</summary>
    Unexplained,
}
