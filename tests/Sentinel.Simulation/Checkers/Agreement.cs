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
        HelpWhereOnlyAnOperatorCan(world);
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

    /// <summary>Does, from time to time, what only an operator can do, where it takes one.</summary>
    private static void HelpWhereOnlyAnOperatorCan(World world)
    {
        world.Agenda.After(TimeSpan.FromSeconds(30), () =>
        {
            foreach (Group group in world.Groups)
            {
                OrderWhereEpochsCollide(world, group);
                TellWhatNobodyRemembers(world, group);
                LetWhoHasTheDataBeTheMaster(world, group);
                TellWhoWasEmptiedOutOfSight(world, group);
            }
            HelpWhereOnlyAnOperatorCan(world);
        });
    }

    /// <summary>
    /// Two configurations of one epoch are never reconciled, until an operator orders a failover, and with it a newer epoch: of one who has a master that is one. Where
    /// neither Redis' kind nor a voter without memory made them, nobody helps.
    /// </summary>
    private static void OrderWhereEpochsCollide(World world, Group group)
    {
        SimSentinel first = world.Sentinels[0];
        Epoch epoch = first.ConfigEpochOf(group.Name);
        Address[] masters = [.. world.Sentinels.Where(sentinel => sentinel.ConfigEpochOf(group.Name) == epoch).Select(sentinel => sentinel.MasterOf(group.Name)).OfType<Address>().Distinct()];
        if (masters.Length < 2 || WhyTheyCollide(world, group, epoch, masters) is not { } cause)
            return;
        SimSentinel ordered = world.Sentinels.Find(sentinel => group.Nodes.Exists(node => node.Address == sentinel.MasterOf(group.Name) && node is { IsWorking: true, IsMaster: true })) ?? first;
        Helps(world, ordered, $"is ordered to fail over {group.Name}, for there are two configurations of one epoch", $"two configurations of one epoch, {cause}");
        ordered.Order(id => new FailoverRequested(id, group.Name));
    }

    /// <summary>Who made two configurations of one epoch; null: nobody may have.</summary>
    private static string? WhyTheyCollide(World world, Group group, Epoch epoch, Address[] masters) =>
        world.Ballots.HadTwoVotes(group.Name, epoch) ? "by a voter without memory"
        : masters.Count(master => group.FirstBeliever(epoch, master) is { IsLegacy: false }) < 2 ? "one of Redis' kind"
        : epoch == Epoch.Zero ? "as operators said"
        : null;

    /// <summary>
    /// Where most lost their files, or were told to forget a group that was not well, all may hold what is a replica by now for the master, or not know a node: none of
    /// them can find out.
    /// </summary>
    private static void TellWhatNobodyRemembers(World world, Group group)
    {
        if (2 * world.Sentinels.Count(sentinel => sentinel.FilesLostAt.Count > 0 || sentinel.ForgotBlindly(group.Name)) <= world.Sentinels.Count
            || world.Sentinels.Select(sentinel => sentinel.MasterOf(group.Name)).Distinct().ToArray() is not [{ } believed]
            || group.Nodes.Find(node => node.Address == believed) is not { IsWorking: true } master)
        {
            return;
        }
        foreach (RedisNode node in group.Nodes.Where(node => node.IsWorking && node != master && !world.Sentinels.Exists(sentinel => sentinel.KnowsReplica(group.Name, node.Address))))
        {
            if (master.IsMaster && node.Master != believed)
            {
                Helps(world, node, $"is told by an operator to follow {believed}, for no Sentinel knows it", "a node that nobody remembers");
                node.Obey(believed);
            }
            else if (node.IsMaster && master.Master == node.Address)
            {
                foreach (SimSentinel sentinel in world.Sentinels)
                {
                    Helps(world, sentinel, $"is ordered to monitor {group.Name} at {node.Address}, for {believed} is a replica of it", "a master that nobody remembers");
                    sentinel.Order(id => new RemoveRequested(id, group.Name));
                    sentinel.Order(id => new MonitorRequested(id, group.Topology.Options, node.Address));
                }
            }
        }
    }

    /// <summary>Where only one has data that is never to be the master, nobody is promoted: the others have nothing, and it would take that for its own.</summary>
    private static void LetWhoHasTheDataBeTheMaster(World world, Group group)
    {
        if (group.Nodes.Exists(node => node.HasData && node.Priority != 0) || group.Nodes.Exists(node => node is { IsMaster: true, IsWorking: true })
            || group.Nodes.Find(node => node is { HasData: true, IsWorking: true }) is not { } last)
            return;
        Helps(world, last, $"gets priority 100 of an operator, for nobody else has data", "data only where the priority is 0");
        last.SetPriority(100);
    }

    /// <summary>
    /// A node that was emptied, and started anew before anybody saw it, has data that go on from a history which nobody knows: it is left alone like another group's,
    /// and the log says what to tell it.
    /// </summary>
    private static void TellWhoWasEmptiedOutOfSight(World world, Group group)
    {
        if (world.Sentinels.Select(sentinel => sentinel.MasterOf(group.Name)).Distinct().ToArray() is not [{ } believed]
            || group.Nodes.Find(node => node.Address == believed) is not { IsWorking: true, IsMaster: true } master)
        {
            return;
        }
        foreach (RedisNode node in group.Nodes.Where(node => node != master && node is { IsWorking: true, IsMaster: true, Branch.Origin: not null } && node.Data.Root.Opening.LostItsData))
        {
            Helps(world, node, $"is told by an operator to follow {believed}, for nobody knows whose data it has", "a node that was emptied out of sight");
            node.Obey(believed);
        }
    }

    /// <param name="world">The world.</param>
    /// <param name="who">Who is helped.</param>
    /// <param name="what">What the operator does, for the story.</param>
    /// <param name="where">What makes that necessary, for the coverage.</param>
    private static void Helps(World world, Process who, string what, string where)
    {
        world.Note(who.Name, $"{what}");
        world.Coverage.Count($"helped: {where}");
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
