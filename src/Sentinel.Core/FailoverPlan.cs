using System.Collections.Immutable;
using System.Globalization;

namespace Sentinel.Core;

/// <summary>What becomes of an operator's order to fail over, before anything is done about it.</summary>
internal sealed class FailoverPlan(MasterMonitor master, LocalSentinel local, FailoverOptions order)
{
    /// <summary>Why the order is refused: code word and message; null: it is taken.</summary>
    public string? Refusal()
    {
        if (master.Failover is not null)
            return "INPROG Failover already in progress";
        // The epoch and the vote would have to be on disk first. It is tried again without an order.
        if (local.SaveError is { } error)
            return $"ERR Failed to save config file: {error}. No failover is begun until it can be saved";
        if (order.Target is { } target)
        {
            Replica[] named = [.. master.Replicas.Where(replica => local.Names.AreSame(replica.Address, target))];
            if (named.Length == 0)
                return $"NOGOODSLAVE {target} is not a replica of '{master.Name}': SENTINEL REPLICAS {master.Name} lists them";
            if (named.Select(master.Succession.Objection).All(objection => objection is not null))
                return $"NOGOODSLAVE {target} cannot be promoted: {master.Succession.Objection(named[0])}";
        }
        if (Chosen is null)
            return "NOGOODSLAVE No suitable replica to promote";
        if (order.Mode is FailoverMode.CoordinatedOnly && WhyNotCoordinated is { } reason)
            return $"ERR A coordinated failover is not possible: {reason}";
        return null;
    }

    /// <summary>What would happen and why, in lines of text.</summary>
    public ImmutableArray<string> Lines()
    {
        List<string> lines = [$"master {master.Name} {master.Node.Told}: {Handover.Objection(master, local.Now, local.Timing) ?? "healthy"}"];
        foreach (Replica replica in master.Replicas)
            lines.Add($"replica {replica.Name}: {Describe(master, replica, Chosen)}");
        if (Refusal() is { } refusal)
        {
            lines.Add($"the order would be refused: {refusal}");
        }
        else if (order.Mode is FailoverMode.Forced || WhyNotCoordinated is not null)
        {
            string why = order.Mode is FailoverMode.Forced ? "as it is asked for" : $"for {WhyNotCoordinated}";
            lines.Add($"the failover would be forced, {why}: {Chosen!.Name} is promoted at once, and what the master has not passed on to it is lost");
        }
        else
        {
            string otherwise = order.Mode is FailoverMode.CoordinatedOnly ? "nothing is changed, and writes go on at the master" : "the failover goes on as a forced one";
            lines.Add($"the failover would be coordinated: writes wait until {Chosen!.Name} has every byte, {Ms(Timing.HoldMax(master.Options.DownAfter))} ms at most; then it is the master");
            lines.Add($"if that comes to nothing in {Ms(order.Timeout ?? local.Timing.HandoverTimeout)} ms: {otherwise}");
        }
        return [.. lines];
    }

    /// <summary>Whether a replica can be promoted, and why not.</summary>
    /// <param name="master">Its group.</param>
    /// <param name="replica">The replica.</param>
    /// <param name="chosen">Who would be.</param>
    public static string Describe(MasterMonitor master, Replica replica, Replica? chosen)
    {
        if (master.Succession.Objection(replica) is { } objection)
            return $"cannot be promoted: {objection}";
        string lag = Handover.Lag(master.Node, replica) is { } behind ? $"; {behind}" : "";
        return string.Create(CultureInfo.InvariantCulture, $"{(replica == chosen ? "would be promoted" : "could be promoted")} (priority {replica.Priority}, offset {replica.Offset}{lag})");
    }

    private Replica? Chosen => master.Succession.Best(only: order.Target);

    private string? WhyNotCoordinated => Handover.Objection(master, local.Now, local.Timing);

    private static string Ms(TimeSpan time) => ((long)time.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
}
