using Sentinel.Core;
using Sentinel.Simulation.Clients;
using Sentinel.Simulation.Kernel;
using Sentinel.Simulation.Nodes;
using Sentinel.Simulation.Sentinels;

namespace Sentinel.Simulation.Tests;

/// <summary>What excuses the loss of a write, and what does not.</summary>
/// <remarks>The nodes are told by hand what Sentinels would tell them: those that are there do not run, and what they believe is said here.</remarks>
public class LossInquestTests
{
    private readonly World _world = new(1, new Topology { Sentinels = 2, ClientsPerGroup = 0, Groups = [Group("a"), Group("b")] });

    private ulong _epoch;

    public LossInquestTests()
    {
        _world.Sentinels.ForEach(sentinel => sentinel.Kill());
        Run(2);
    }

    private List<RedisNode> Nodes => _world.Groups[0].Nodes;

    [Fact]
    public void What_a_forced_failover_leaves_behind_is_the_operators()
    {
        Nodes[1].FallIll(Illness.Slow);
        Losses.Write(_world, Nodes[0]);
        Tell(Nodes[1], null, RoleReason.OrderedFailover);
        Tell(Nodes[0], Nodes[1], RoleReason.Sentinel);
        Losses.AssertAllBy(LossCause.Operator, _world);
    }

    [Theory, InlineData(true, LossCause.Unexplained), InlineData(false, LossCause.Operator)]
    internal void What_a_master_took_that_became_one_by_order_is_lost_by_that_order_only_where_no_other_Sentinel_heard_of_it(bool isHeard, LossCause cause)
    {
        Promote(Nodes[1], RoleReason.OrderedFailover);
        if (isHeard)
            _world.Believes(_world.Sentinels[1], "a", Nodes[1].Address, new Epoch(_epoch));
        Losses.Write(_world, Nodes[1]);
        Tell(Nodes[1], Nodes[0], RoleReason.Sentinel);
        Losses.AssertAllBy(cause, _world);
    }

    [Fact]
    public void An_order_goes_on_in_an_epoch_of_its_own_and_is_over_with_the_next_failover()
    {
        var promotions = new OrderedPromotions("a");
        var order = new FailoverOptions { Mode = FailoverMode.Forced };
        SimSentinel leader = _world.Sentinels[0];
        promotions.Ordered(leader, order);
        Assert.False(promotions.Promote(Nodes[1], leader));
        promotions.Began(leader, order);
        promotions.Began(leader, order);
        Assert.True(promotions.Promote(Nodes[1], leader));
        Assert.False(promotions.Promote(Nodes[1], _world.Sentinels[1]));
        promotions.Began(leader, ordered: null);
        Assert.False(promotions.Promote(Nodes[1], leader));
    }

    [Fact]
    public void What_a_former_master_has_that_was_promoted_before_is_no_reason_to_lose_what_came_after()
    {
        Tell(Nodes[1], null, RoleReason.Sentinel);
        Promote(Nodes[2]);
        Losses.Write(_world, Nodes[2]);
        Tell(Nodes[2], Nodes[1], RoleReason.Sentinel);
        Losses.AssertAllBy(LossCause.Unexplained, _world);
    }

    [Theory, InlineData(true, LossCause.Operator), InlineData(false, LossCause.Unexplained)]
    internal void What_a_master_took_that_an_operator_made_is_his_loss_unless_Sentinels_had_taken_it_over(bool isElsewhere, LossCause cause)
    {
        Nodes[1].Obey(master: null);
        Believe(Nodes[isElsewhere ? 0 : 1]);
        Losses.Write(_world, Nodes[1]);
        Tell(Nodes[1], Nodes[0], RoleReason.Sentinel);
        Losses.AssertAllBy(cause, _world);
    }

    [Fact]
    public void What_came_to_a_replica_that_an_operator_had_follow_its_master_before_is_not_lost_by_him()
    {
        Promote(Nodes[1]);
        Nodes[2].Obey(Nodes[1].Address);
        Run(2);
        Losses.Write(_world, Nodes[1]);
        Run(2);
        Tell(Nodes[1], Nodes[0], RoleReason.Sentinel);
        Assert.Contains(Nodes[2].Losses, loss => loss.Follows is RoleReason.Operator);
        Losses.AssertAllBy(LossCause.Unexplained, _world);
    }

    [Fact]
    public void A_master_that_goes_on_as_its_replica_could_not_take_over_is_not_a_newer_one_for_that()
    {
        Nodes[0].FailOverTo(Nodes[1].Address);
        _world.RunUntil(() => !Nodes[0].IsMaster, TimeSpan.FromSeconds(5));
        Tell(Nodes[1], null, RoleReason.Sentinel, seconds: 0);
        _world.RunUntil(() => Nodes[0].IsMaster, TimeSpan.FromSeconds(5));
        Assert.Equal(RoleReason.Resumed, Nodes[0].Branch.Opening.Reason);
        Losses.Write(_world, Nodes[0]);
        Tell(Nodes[0], Nodes[1], RoleReason.Sentinel);
        Losses.AssertAllBy(LossCause.Partition, _world);
    }

    [Theory, InlineData(RoleReason.Sentinel), InlineData(RoleReason.OrderedFailover)]
    internal void An_outage_after_which_the_promoted_replica_was_in_sync_explains_no_loss_and_an_order_to_promote_it_none_either(RoleReason reason)
    {
        Promote(Nodes[1]);
        Tell(Nodes[2], Nodes[1], RoleReason.Sentinel);
        CutOff(Nodes[1], Nodes[2]);
        Losses.Write(_world, Nodes[1]);
        Run(1);
        _world.Network.Heal();
        Run(10);
        // It has it now, and is made to give it up for what the first master has.
        Tell(Nodes[2], Nodes[0], RoleReason.Sentinel);
        Tell(Nodes[2], null, reason);
        Tell(Nodes[1], Nodes[2], RoleReason.Sentinel);
        Losses.AssertAllBy(LossCause.Unexplained, _world);
    }

    [Fact]
    public void An_outage_that_lasted_until_the_replica_was_promoted_explains_the_loss()
    {
        Promote(Nodes[1]);
        Tell(Nodes[2], Nodes[1], RoleReason.Sentinel);
        CutOff(Nodes[1], Nodes[2]);
        Losses.Write(_world, Nodes[1]);
        Run(10);
        Tell(Nodes[2], null, RoleReason.Sentinel);
        _world.Network.Heal();
        Run(20);
        Tell(Nodes[1], Nodes[2], RoleReason.Sentinel);
        Losses.AssertAllBy(LossCause.Partition, _world);
    }

    [Theory, InlineData(true, LossCause.Emptied), InlineData(false, LossCause.Partition)]
    internal void What_only_one_behind_a_partition_still_has_is_lost_by_it_or_by_who_had_it_and_was_emptied(bool wasCopied, LossCause cause)
    {
        Promote(Nodes[1]);
        if (wasCopied)
            Tell(Nodes[2], Nodes[1], RoleReason.Sentinel);
        CutOff(Nodes[0], Nodes[1]);
        Losses.Write(_world, Nodes[1]);
        Run(1);
        Nodes[2].Kill();
        Nodes[2].LoseData();
        Nodes[2].Start();
        Believe(Nodes[0]);
        _world.Network.Heal();
        Run(20);
        Tell(Nodes[1], Nodes[0], RoleReason.Sentinel);
        Losses.AssertAllBy(cause, _world);
    }

    [Theory, InlineData(RoleReason.Operator, LossCause.Operator), InlineData(RoleReason.Sentinel, LossCause.OtherGroup)]
    internal void What_was_overwritten_by_another_group_is_the_operators_loss_or_has_no_excuse(RoleReason reason, LossCause cause)
    {
        RedisNode stranger = _world.Groups[1].Nodes[0];
        Losses.Write(_world, Nodes[0]);
        Losses.Write(_world, stranger);
        Tell(Nodes[0], stranger, reason);
        Tell(Nodes[0], null, reason);
        Losses.AssertAllBy(cause, _world);
        Assert.Equal(cause is LossCause.OtherGroup, _world.Writes.Report(_world).Unexplained > 0);
    }

    [Fact]
    public void A_promotion_is_an_ordered_one_only_by_the_failover_that_was_ordered()
    {
        var world = new World(1, new Topology());
        world.Run(TimeSpan.FromSeconds(20));
        Group group = world.Groups[0];
        world.Sentinels[0].Order(id => new FailoverRequested(id, group.Name) { Options = new FailoverOptions { Mode = FailoverMode.Forced } });
        RedisNode former = group.Nodes[0];
        Assert.True(world.RunUntil(() => !former.IsMaster && group.Nodes.Exists(node => node.IsMaster), TimeSpan.FromSeconds(10)));
        RedisNode ordered = group.Nodes.Single(node => node.IsMaster);
        Assert.Equal(RoleReason.OrderedFailover, ordered.Branch.Opening.Reason);
        ordered.Kill();
        Assert.True(world.RunUntil(() => group.Nodes.Exists(node => node != ordered && node.IsMaster), TimeSpan.FromSeconds(60)));
        Assert.Equal(RoleReason.Sentinel, group.Nodes.Single(node => node != ordered && node.IsMaster).Branch.Opening.Reason);
        Assert.Empty(world.Violations);
    }

    private static GroupTopology Group(string name) => new() { Options = new GroupTopology().Options with { Name = name } };

    private void Run(double seconds) => _world.Run(TimeSpan.FromSeconds(seconds));

    private void Tell(RedisNode node, RedisNode? master, RoleReason reason, double seconds = 5)
    {
        node.Take(master?.Address, reason);
        Run(seconds);
    }

    /// <summary>A node is made the master, and known to be.</summary>
    private void Promote(RedisNode node, RoleReason reason = RoleReason.Sentinel)
    {
        Tell(node, null, reason);
        Believe(node);
    }

    private void Believe(RedisNode master) => _world.Believes(_world.Sentinels[0], master.Group.Name, master.Address, new Epoch(++_epoch));

    private void CutOff(RedisNode one, RedisNode other)
    {
        _world.Network.Block(one.Machine, other.Machine);
        _world.Network.Block(other.Machine, one.Machine);
    }
}
