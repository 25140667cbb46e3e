using Sentinel.Core.Tests.Cluster;

namespace Sentinel.Core.Tests;

/// <summary>What a confused or hostile peer, node or disk may do: bounded, and without lasting harm.</summary>
public class HostileInputTests
{
    private static readonly MasterOptions Options = new() { Name = "m", Quorum = 1 };

    [Fact]
    public void A_config_epoch_ahead_of_the_current_epoch_raises_it_so_that_elections_go_on()
    {
        World world = World.Settled();
        foreach (FakeSentinel sentinel in world.Sentinels)
            sentinel.Input(new HelloReceived(Hello(world, world.Sentinels.First(s => s != sentinel), 0, world.MasterNode.Address, 100)));
        Assert.All(world.Sentinels, s => Assert.Equal(new Epoch(100), s.Whole.CurrentEpoch));
        world.MasterNode.Kill();
        world.RunUntil(() => world.Count("+switch-master") == 3, "+switch-master", atMostSeconds: 5);
    }

    [Fact]
    public void A_newer_configuration_of_the_same_master_ends_a_promotion_under_way()
    {
        World world = World.Settled();
        foreach (FakeNode node in world.Nodes.Skip(1))
            node.IgnoresOrders = true;
        world.MasterNode.Kill();
        world.RunUntil(() => world.Sentinels.Exists(s => s.View.Failover is FailoverStep.WaitPromotion), "wait_promotion");
        FakeSentinel leader = world.Sentinels.Single(s => s.View.Failover is FailoverStep.WaitPromotion);
        leader.Input(new HelloReceived(Hello(world, world.Sentinels.First(s => s != leader), 7, world.MasterNode.Address, 7)));
        Assert.Contains(leader.Events, e => e.Name == "-failover-abort-not-elected");
        foreach (FakeNode node in world.Nodes.Skip(1))
            node.IgnoresOrders = false;
        world.RunUntil(() => world.Sentinels.TrueForAll(s => s.View.Address != world.MasterNode.Address), "all follow", atMostSeconds: 20);
    }

    [Theory]
    [InlineData(1UL << 62)]
    [InlineData(ulong.MaxValue >> 1)]
    [InlineData((1UL << 32) + 1)]
    public void A_leap_of_the_epoch_is_not_followed_and_stops_no_failover(ulong epoch)
    {
        World world = World.Settled();
        world.Sentinels[0].Input(new DownQuestionReceived(new RequestId(77_777), world.MasterNode.Address, new Epoch(epoch), world.Sentinels[1].Id));
        world.Sentinels[0].Input(new HelloReceived(Hello(world, world.Sentinels[1], epoch, world.MasterNode.Address, 0)));
        world.Run(seconds: 3);
        Assert.All(world.Sentinels, s => Assert.Equal(Epoch.Zero, s.Whole.CurrentEpoch));
        world.MasterNode.Kill();
        world.RunUntil(() => world.Count("+switch-master") == 3, "+switch-master", atMostSeconds: 5);
    }

    [Fact]
    public void A_vote_for_another_does_not_abort_a_failover_whose_promotion_is_confirmed()
    {
        World world = World.Settled();
        world.MasterNode.Kill();
        world.RunUntil(() => world.Nodes.Exists(node => node.Told.Count > 0), "a replica is told");
        FakeNode stuck = world.Nodes.Skip(1).Single(node => node.Told.Count == 0);
        stuck.IgnoresOrders = true;
        FakeSentinel leader = world.Sentinels.Single(s => s.View.Failover is not FailoverStep.None);
        world.RunUntil(() => leader.View.Failover is FailoverStep.ReconfReplicas && stuck.OrdersIgnored > 0, "reconf_slaves");
        leader.Input(new DownQuestionReceived(new RequestId(777), leader.View.Address, leader.Whole.CurrentEpoch.Next, SentinelId.Draw(new Random(9))));
        world.Run(seconds: 20);
        Assert.DoesNotContain(leader.Events, e => e.Name.Contains("abort", StringComparison.Ordinal));
        Assert.Contains(leader.Events, e => e.Name == "+failover-end");
    }

    [Fact]
    public void A_master_that_is_removed_and_monitored_again_brings_no_second_vote()
    {
        World world = World.Settled();
        FakeSentinel voter = world.Sentinels[0];
        MasterState before = voter.Disk.Masters[0];
        voter.Ask(id => new DownQuestionReceived(id, before.Address, new Epoch(5), world.Sentinels[1].Id));
        voter.Ask(id => new RemoveRequested(id, World.Master));
        voter.Ask(id => new MonitorRequested(id, before.Options, before.Address));
        Assert.Equal(new Answer.Down(false, null, new Epoch(5)), voter.Ask(id => new DownQuestionReceived(id, before.Address, new Epoch(5), world.Sentinels[2].Id)));
    }

    [Fact]
    public void Links_that_die_in_TILT_are_replaced_after_it()
    {
        World world = World.Settled();
        FakeSentinel sentinel = world.Sentinels[0];
        sentinel.CutOff(world.MasterNode.Address);
        sentinel.CutOff(world.Sentinels[1].Address);
        sentinel.Freeze();
        world.Run(seconds: 3);
        sentinel.Thaw();
        world.Run(seconds: 5);
        sentinel.Heal();
        world.Run(seconds: 45);
        Assert.False(sentinel.View.IsSubjectivelyDown);
        Assert.DoesNotContain(sentinel.View.Peers, peer => peer.IsSubjectivelyDown);
    }

    [Fact]
    public void A_promotion_that_was_confirmed_in_TILT_is_not_repeated_with_another_replica()
    {
        World world = World.Settled(sentinels: 1, quorum: 1);
        world.MasterNode.Kill();
        world.RunUntil(() => world.Nodes.Exists(node => node.Told.Count > 0), "a replica is told");
        world.Sentinels[0].Freeze();
        world.Run(seconds: 3);
        world.Sentinels[0].Thaw();
        world.Run(seconds: 60);
        Assert.Single(world.Nodes, node => node.Told.Contains("REPLICAOF NO ONE"));
        Assert.Equal(1, world.Count("+switch-master"));
    }

    [Fact]
    public void A_save_that_hangs_after_a_failed_one_is_not_asked_for_at_every_step()
    {
        (SentinelCore core, Instant now) = Alone();
        core.Step(new FlushRequested(new RequestId(1)), now);
        core.Step(new StateNotSaved(new SaveNumber(1), "No space left on device"), now);
        int saves = 0;
        for (int i = 0; i < 1000; i++)
            saves += core.Step(Tick.Instance, now += TimeSpan.FromMilliseconds(10)).OfType<PersistState>().Count();
        Assert.Equal(1, saves);
    }

    [Fact]
    public void Connections_of_links_that_are_given_up_are_all_given_back()
    {
        (SentinelCore core, Instant now) = Alone();
        var held = new HashSet<(LinkId, LinkChannel)>();
        var facts = new Queue<Input>(Enumerable.Range(0, 500).Select(i => new HelloReceived($"10.0.9.9,9,{i:x40},0,m,10.0.0.1,1,0")));
        while (facts.TryDequeue(out Input? fact))
        {
            foreach (Effect effect in core.Step(fact, now += TimeSpan.FromMilliseconds(10)).ToArray())
            {
                if (effect is Connect made)
                {
                    held.Add((made.Link, made.Channel));
                    core.Step(new LinkLost(made.Link, made.Attempt, made.Channel, "Connection refused"), now);
                }
                else if (effect is Disconnect closed)
                {
                    held.Remove((closed.Link, closed.Channel));
                }
            }
        }
        Assert.Single(core.View.Masters["m"].Peers);
        Assert.InRange(held.Count, 0, 3);
    }

    [Fact]
    public void A_node_that_acknowledges_and_does_not_obey_is_not_told_at_the_speed_of_the_network()
    {
        World world = World.Settled();
        FakeNode node = world.Nodes[1];
        node.Restart(asReplicaOf: new Address("10.9.9.9", 1));
        node.IgnoresOrders = true;
        foreach (FakeSentinel sentinel in world.Sentinels)
            sentinel.NodeDied(node);
        world.Run(seconds: 30);
        Assert.InRange(node.OrdersIgnored, 1, 200);
    }

    [Theory]
    [InlineData("no-such-host", "10.0.0.1")]
    [InlineData("no-such-host", "no-such-host")]
    [InlineData("127.1", "10.0.0.1")]
    public void A_hello_from_a_name_is_not_believed_where_names_are_not_resolved(string host, string masterHost)
    {
        World world = World.Settled();
        world.Sentinels[0].Input(new HelloReceived($"{host},26379,{SentinelId.Draw(new Random(3))},5,mymaster,{masterHost},7001,5"));
        Assert.Equal(2, world.Sentinels[0].View.Peers.Length);
        Assert.Equal(world.MasterNode.Address, world.Sentinels[0].View.Address);
        Assert.Equal(Epoch.Zero, world.Sentinels[0].Whole.CurrentEpoch);
    }

    [Fact]
    public void A_configuration_that_names_its_master_is_not_taken_over_where_names_are_not_resolved()
    {
        World world = World.Settled();
        FakeSentinel sentinel = world.Sentinels[0];
        for (int i = 0; i < 3; i++)
            sentinel.Input(new HelloReceived($"10.0.1.1,26001,{world.Sentinels[1].Id},5,mymaster,no-such-host,7001,5"));
        Assert.Equal(2, sentinel.View.Peers.Length);
        Assert.Equal((world.MasterNode.Address, Epoch.Zero), (sentinel.View.Address, sentinel.View.ConfigEpoch));
        Assert.DoesNotContain(sentinel.Events, e => e.Name is "+switch-master" or "+config-update-from");
        Assert.Contains("resolve-hostnames", Assert.Single(sentinel.Log, line => line.Contains("no-such-host", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public void Switches_without_end_leave_a_bounded_number_of_replicas()
    {
        (SentinelCore core, Instant now) = Alone();
        for (int i = 1; i < 2000; i++)
            core.Step(new HelloReceived($"10.0.9.9,9,{1:x40},{i},m,10.0.0.1,{i + 1},{i}"), now += TimeSpan.FromSeconds(1));
        Assert.InRange(core.View.Masters["m"].Replicas.Length, 1, InfoReport.ReplicasMax + 1);
    }

    private static (SentinelCore Core, Instant Now) Alone()
    {
        Instant now = Instant.At(TimeSpan.FromHours(1));
        var state = new SentinelState(SentinelId.Draw(new Random(1)), Epoch.Zero, [new MasterState { Options = Options, Address = new Address("10.0.0.1", 1) }]);
        var core = new SentinelCore(state, new SentinelOptions(), new Random(1), now);
        core.Step(new Started(), now);
        return (core, now);
    }

    private static string Hello(World world, FakeSentinel from, ulong currentEpoch, Address master, ulong configEpoch) =>
        new HelloMessage(from.Address, from.Id, new Epoch(currentEpoch), World.Master, master, new Epoch(configEpoch)).ToString();
}
