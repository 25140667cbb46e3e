using Sentinel.Core;
using Sentinel.Simulation.Kernel;
using Sentinel.Simulation.Sentinels;

namespace Sentinel.Simulation.Tests;

/// <summary>What an operator's order excuses, and for how long: checkers are told of what no core does.</summary>
public class OrderedFailoverTests
{
    private const string Master = "mymaster";

    private readonly World _world = new(seed: 1, new Topology());

    public OrderedFailoverTests() => Assert.True(_world.RunUntil(() => Simulator.IsSettled(_world), TimeSpan.FromSeconds(60)));

    private SentinelProcess Leader => (SentinelProcess)_world.Sentinels[0];
    private Address Configured => _world.Groups[0].Nodes[0].Address;
    private Address Replica => _world.Groups[0].Nodes[1].Address;

    [Fact]
    public void Who_leads_no_failover_promotes_nobody()
    {
        _world.Promoting(Leader, Master, Replica);
        AssertBroken("only-leaders-promote", "of which it leads no failover");
    }

    [Fact]
    public void Who_was_elected_by_a_majority_promotes_whom_it_chose()
    {
        Elect(voters: 2);
        _world.Promoting(Leader, Master, Replica);
        AssertKept("only-leaders-promote");
    }

    [Fact]
    public void A_minority_lets_nobody_promote()
    {
        Elect(voters: 1);
        _world.Promoting(Leader, Master, Replica);
        AssertBroken("only-leaders-promote", "with 1 votes of 3; 2 are needed");
    }

    [Fact]
    public void A_leader_promotes_nobody_else_than_whom_it_chose()
    {
        Elect(voters: 2);
        _world.Promoting(Leader, Master, Configured);
        AssertBroken("only-leaders-promote", $"promotes {Configured} for {Master}, and has chosen {Replica}");
    }

    [Fact]
    public void A_leader_that_finds_nobody_fit_may_tell_the_configured_master_to_be_the_master_again()
    {
        Elect(voters: 2, chooses: false);
        _world.Promoting(Leader, Master, Configured);
        AssertKept("only-leaders-promote");
        _world.Promoting(Leader, Master, Replica);
        AssertBroken("only-leaders-promote", "and has chosen nobody");
    }

    [Fact]
    public void An_order_needs_no_votes()
    {
        _world.OrderedFailover(Leader, Master, new FailoverOptions());
        Elect(voters: 0);
        _world.Promoting(Leader, Master, Replica);
        AssertKept("only-leaders-promote");
    }

    [Theory]
    [InlineData("-failover-abort-not-elected")]
    [InlineData("-failover-abort-no-good-slave")]
    [InlineData("-failover-abort-slave-timeout")]
    [InlineData("+failover-end")]
    [InlineData("-monitor")]
    [InlineData("+reset-master")]
    public void An_order_excuses_nothing_that_begins_when_its_failover_is_over(string end)
    {
        _world.OrderedFailover(Leader, Master, new FailoverOptions());
        Tell("+try-failover", epoch: 1);
        AssertKept("no-needless-failover");
        Tell(end, epoch: 1);
        Tell("+try-failover", epoch: 2);
        AssertBroken("no-needless-failover", "although only 0 of 3 do not hear n1");
    }

    [Fact]
    public void An_order_excuses_nothing_that_a_Sentinel_begins_after_its_restart()
    {
        _world.OrderedFailover(Leader, Master, new FailoverOptions());
        _world.Restored(Leader, Leader.Disk.Durable);
        Tell("+try-failover", epoch: 1);
        AssertBroken("no-needless-failover", "although only 0 of 3 do not hear n1");
    }

    [Fact]
    public void An_order_that_is_refused_excuses_nothing()
    {
        _world.OrderedFailover(Leader, Master, new FailoverOptions());
        _world.RefusedFailover(Leader, Master);
        Tell("+try-failover", epoch: 1);
        AssertBroken("no-needless-failover", "although only 0 of 3 do not hear n1");
    }

    /// <summary>Lets the first Sentinel be elected in epoch 1, and choose the first replica.</summary>
    private void Elect(int voters, bool chooses = true)
    {
        for (int i = 0; i < voters; i++)
            _world.Voted(_world.Sentinels[^(i + 1)], Master, new Epoch(1), Leader.Id);
        Tell("+elected-leader", epoch: 1);
        if (chooses)
            Tell("+selected-slave", epoch: 1);
    }

    // Other rules are broken by such a story, too.
    private void AssertKept(string rule) => Assert.DoesNotContain(_world.Violations, violation => violation.Checker == rule);

    private void AssertBroken(string rule, string what) =>
        Assert.Contains(what, Assert.Single(_world.Violations, violation => violation.Checker == rule).What, StringComparison.Ordinal);

    private void Tell(string name, ulong epoch) =>
        _world.Happened(Leader, new SentinelEvent(name, EventLevel.Warning, "") { MasterName = Master, MasterAddress = Configured, InstanceAddress = Replica, Epoch = new Epoch(epoch) });
}
