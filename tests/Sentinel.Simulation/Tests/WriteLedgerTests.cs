using Sentinel.Core;
using Sentinel.Simulation.Clients;
using Sentinel.Simulation.Kernel;
using Sentinel.Simulation.Nodes;
using Sentinel.Simulation.Sentinels;

namespace Sentinel.Simulation.Tests;

/// <summary>Clients find the master and write there; what is lost of it has a cause.</summary>
public class WriteLedgerTests
{
    private static readonly NodeSettings s_none = new() { Persistence = Persistence.None };

    [Fact]
    public void While_all_is_well_clients_write_and_nothing_is_lost()
    {
        World world = Settled();
        LossReport report = world.Writes.Report(world);
        // 200 ms after each acknowledgement, from two clients.
        Assert.InRange(report.Acknowledged, 180, 200);
        Assert.Equal(0, report.Lost);
    }

    [Fact]
    public void Clients_follow_the_master_to_where_it_is()
    {
        World world = Settled();
        RedisNode former = world.Groups[0].Nodes[0];
        former.Kill();
        Run(world, 10);
        WriteAccepted last = world.Writes.Of(world.Groups[0])[^1];
        Assert.NotEqual(former, last.Node);
        Assert.True(last.Node.IsMaster);
        Assert.InRange(world.Agenda.Now - last.At, TimeSpan.Zero, TimeSpan.FromSeconds(0.3));
        Assert.Equal(0, world.Writes.Report(world).Unexplained);
    }

    [Fact]
    public void What_replicas_had_not_when_the_master_died_is_lost_by_lag()
    {
        World world = Settled();
        Group group = world.Groups[0];
        foreach (RedisNode node in group.Nodes)
            node.FallIll(Illness.Slow);
        Run(world, 6);
        group.Nodes[0].Kill();
        Run(world, 20);
        Losses.AssertAllBy(LossCause.Lag, world);
    }

    [Fact]
    public void What_a_master_takes_that_is_cut_off_is_lost_by_the_partition()
    {
        World world = Settled();
        Partition(world, seconds: 10);
        Losses.AssertAllBy(LossCause.Partition, world);
    }

    [Fact]
    public void What_is_lost_was_taken_while_the_replicas_were_there_that_min_replicas_to_write_asks_for_or_it_broke_a_promise()
    {
        World world = Settled(new NodeSettings { MinReplicasToWrite = 1 });
        Group group = world.Groups[0];
        Partition(world, seconds: 100);
        Losses.AssertAllBy(LossCause.Partition, world);
        Assert.Null(world.Writes.Report(world).Unpromised);
        WriteAccepted lost = world.Writes.Of(group).Last(write => write.Node == group.Nodes[0]);
        world.Writes.Acknowledged(group, lost with { At = lost.At + TimeSpan.FromSeconds(60) });
        Assert.NotNull(world.Writes.Report(world).Unpromised);
    }

    [Fact]
    public void What_a_master_forgot_in_a_restart_is_lost_by_its_emptiness()
    {
        World world = Settled(s_none);
        RedisNode master = world.Groups[0].Nodes[0];
        foreach (SimSentinel sentinel in world.Sentinels)
            sentinel.Order(id => new SetRequested(id, world.Groups[0].Name, [new MasterChange("empty-restart-failover", "no", options => options with { EmptyRestartFailover = false })]));
        Run(world, 1);
        master.Kill();
        Run(world, 0.2);
        master.Start();
        Run(world, 10);
        Assert.True(master.IsMaster);
        Losses.AssertAllBy(LossCause.Emptied, world);
    }

    [Fact]
    public void What_an_operator_had_replaced_is_lost_by_the_operator()
    {
        World world = Settled();
        Group group = world.Groups[0];
        foreach (RedisNode node in group.Nodes)
            node.FallIll(Illness.Slow);
        Run(world, 6);
        world.Sentinels[0].Order(id => new FailoverRequested(id, group.Name));
        Run(world, 10);
        Losses.AssertAllBy(LossCause.Operator, world);
    }

    [Fact]
    public void What_a_replica_lacks_that_was_promoted_though_it_did_not_synchronise_is_lost_by_that()
    {
        World world = OfNodes();
        RedisNode master = world.Groups[0].Nodes[0], stuck = world.Groups[0].Nodes[1];
        stuck.FallIll(Illness.Stuck);
        Run(world, 2);
        Losses.Write(world, master);
        Run(world, 10);
        stuck.BeMaster(RoleReason.Sentinel);
        Losses.AssertAllBy(LossCause.Detached, world);
    }

    /// <summary>The master is alone with the clients for a while.</summary>
    private static void Partition(World world, double seconds)
    {
        Machine master = world.Groups[0].Nodes[0].Machine;
        Machine[] others = [.. world.Nodes.Select(node => node.Machine).Where(machine => machine != master), .. world.Sentinels.Select(sentinel => sentinel.Machine)];
        foreach (Machine other in others)
        {
            world.Network.Block(master, other);
            world.Network.Block(other, master);
        }
        Run(world, seconds);
        world.Network.Heal();
        Run(world, 40);
    }

    private static World OfNodes()
    {
        var world = new World(1, new Topology { Sentinels = 0, ClientsPerGroup = 0 });
        Run(world, 2);
        return world;
    }

    private static World Settled(NodeSettings? settings = null)
    {
        var world = new World(1, new Topology { Groups = [Group("mymaster", settings ?? new NodeSettings())], ClientsPerGroup = 2 });
        Run(world, 20);
        return world;
    }

    private static GroupTopology Group(string name, NodeSettings settings) =>
        new() { Options = new GroupTopology().Options with { Name = name }, Nodes = [settings, settings, settings] };

    private static void Run(World world, double seconds) => world.Run(TimeSpan.FromSeconds(seconds));
}
