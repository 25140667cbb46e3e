using Sentinel.Core;
using Sentinel.Simulation.Faults;
using Sentinel.Simulation.Kernel;
using Sentinel.Simulation.Nodes;
using Sentinel.Simulation.Sentinels;

namespace Sentinel.Simulation.Checkers;

/// <summary>What has to be so some time after all is healed: all Sentinels agree on one live master for each group, and all its nodes follow it.</summary>
internal static class Agreement
{
    /// <summary>Waits for it, within the bound; then it has to stay so.</summary>
    public static void Await(World world, TimeSpan calm)
    {
        if (world.Violations.Count > 0)
            return;
        Instant healed = world.Agenda.Now;
        // Until then messages of the last outage may still be on their way, and who was silent may stay so.
        world.Run(Network.RetransmitMax);
        if (world.Violations.Count > 0)
            return;
        TimeSpan bound = Bound(world);
        OperatorHelp.Begin(world);
        if (!world.RunUntil(() => Objection(world) is null, bound, TimeSpan.FromSeconds(1)))
        {
            if (world.Violations.Count == 0)
                world.Violate("agreement", $"{(Network.RetransmitMax + bound).TotalSeconds} s after healing: {Objection(world)}");
            return;
        }
        world.Coverage.Longest("agreement after healing, s", (long)(world.Agenda.Now - healed).TotalSeconds);
        world.Note("***", $"all agree {(world.Agenda.Now - healed).TotalSeconds:F0} s after healing");
        long switches = world.Coverage.SwitchesTold;
        world.Run(calm);
        if (world.Violations.Count > 0)
            return;
        if (world.Coverage.SwitchesTold != switches)
            world.Violate("calm", "a master was switched although nothing failed any more");
        else if (Objection(world) is { } objection)
            world.Violate("calm", $"they do not agree any more: {objection}");
    }

    /// <summary>How long it may take. All have to be found up again, one failover may be under way and another one needed, each replica may need a full synchronisation.</summary>
    public static TimeSpan Bound(World world)
    {
        TimeSpan bound = TimeSpan.Zero;
        foreach (Group group in world.Groups)
        {
            MasterOptions options = group.Topology.Options;
            TimeSpan sync = TimeSpan.Zero;
            foreach (NodeSettings node in group.Topology.Nodes)
                sync += node.FullSyncTime + node.LoadTime;
            // Options may have been changed on the way: down-after up to three times, failover-timeout up to 30 s.
            TimeSpan timeout = options.FailoverTimeout > TimeSpan.FromSeconds(30) ? options.FailoverTimeout : TimeSpan.FromSeconds(30);
            TimeSpan one = 6 * options.DownAfter + 2 * timeout + 2 * sync + TimeSpan.FromSeconds(60);
            // Redis' kind waits two failover timeouts between attempts, and one before it mends a replica.
            if (world.Topology.LegacySentinels > 0)
                one += 4 * timeout + TimeSpan.FromSeconds(60);
            bound = one > bound ? one : bound;
        }
        return bound;
    }

    /// <summary>What does not agree; null: all does.</summary>
    public static string? Objection(World world)
    {
        foreach (Group group in world.Groups)
        {
            if (Objection(world, group) is { } objection)
                return $"{group.Name}: {objection}";
        }
        return null;
    }

    private static string? Objection(World world, Group group)
    {
        Address? agreed = world.Sentinels[0].MasterOf(group.Name);
        if (agreed is null)
            return $"{world.Sentinels[0].Name} does not monitor it";
        Epoch epoch = world.Sentinels[0].ConfigEpochOf(group.Name);
        foreach (SimSentinel sentinel in world.Sentinels)
        {
            if (!sentinel.IsWorking)
                return $"{sentinel.Name} does not run";
            if (sentinel.MasterOf(group.Name) != agreed)
                return $"{sentinel.Name} says {sentinel.MasterOf(group.Name)} in epoch {sentinel.ConfigEpochOf(group.Name)}, {world.Sentinels[0].Name} says {agreed} in epoch {epoch}";
            if (sentinel.HoldsDown(group.Name))
                return $"{sentinel.Name} holds {agreed} down";
            if (sentinel.FailoverOf(group.Name) is not FailoverStep.None and var step)
                return $"{sentinel.Name} leads a failover, in {step.Word()}";
        }
        foreach (RedisNode node in group.Nodes)
        {
            if (node.Address == agreed)
            {
                if (!node.IsWorking || !node.IsMaster)
                    return $"{node.Name} at {agreed} is no working master";
            }
            else if (node.Master != agreed)
            {
                return $"{node.Name} follows {node.Master?.ToString() ?? "nobody"} instead of {agreed}";
            }
            else if (!node.IsInSync)
            {
                return $"{node.Name} is not in sync with {agreed}";
            }
        }
        return null;
    }
}
