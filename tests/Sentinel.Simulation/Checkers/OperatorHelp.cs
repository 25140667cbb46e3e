using Sentinel.Core;
using Sentinel.Simulation.Kernel;
using Sentinel.Simulation.Nodes;
using Sentinel.Simulation.Sentinels;

namespace Sentinel.Simulation.Checkers;

/// <summary>What only an operator can do when all is healed, each where there is a cause for it; all is counted.</summary>
internal static class OperatorHelp
{
    /// <summary>Looks from time to time, from now on.</summary>
    public static void Begin(World world)
    {
        world.Agenda.After(TimeSpan.FromSeconds(30), () =>
        {
            foreach (Group group in world.Groups)
            {
                OrderWhereEpochsCollide(world, group);
                TellWhatNobodyRemembers(world, group);
                LetWhoHasTheDataBeTheMaster(world, group);
                TellWhoWasEmptiedOutOfSight(world, group);
                BringBackWhoIsAlone(world, group);
            }
            Begin(world);
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

    /// <summary>
    /// One that lost its file begins with the master that its first configuration names. Where others were told to forget the group, and with it that node, neither hears of
    /// the other: no channel is common to them.
    /// </summary>
    private static void BringBackWhoIsAlone(World world, Group group)
    {
        if (world.Sentinels.GroupBy(sentinel => sentinel.MasterOf(group.Name)).FirstOrDefault(camp => 2 * camp.Count() > world.Sentinels.Count) is not { Key: { } believed } most)
            return;
        foreach (SimSentinel alone in world.Sentinels.Except(most))
        {
            if (alone is not { IsWorking: true, FilesLostAt.Count: > 0 } || alone.MasterOf(group.Name) is not { } master || alone.PeersOf(group.Name) > 0
                || !most.Any(sentinel => sentinel.ForgotBlindly(group.Name)) || most.Any(sentinel => sentinel.KnowsReplica(group.Name, master)))
                continue;
            Helps(world, alone, $"is ordered to monitor {group.Name} at {believed}, for it and the others know nothing of each other", "one that is alone with a master that the others forgot");
            alone.Order(id => new RemoveRequested(id, group.Name));
            alone.Order(id => new MonitorRequested(id, group.Topology.Options, believed));
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
}
