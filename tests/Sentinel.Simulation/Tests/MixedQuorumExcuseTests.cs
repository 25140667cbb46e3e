using Sentinel.Core;
using Sentinel.Simulation.Kernel;
using Sentinel.Simulation.Sentinels;

namespace Sentinel.Simulation.Tests;

/// <summary>In a mixed quorum that is excused which one of Redis' kind did, and nothing of ours; checkers are told of what no core does.</summary>
public class MixedQuorumExcuseTests
{
    private const string Master = "mymaster";

    private static readonly Epoch s_epoch = new(7);

    private readonly World _world = new(seed: 1, new Topology { Sentinels = 2, LegacySentinels = 1 });

    private SimSentinel One => _world.Sentinels[0];
    private SimSentinel Other => _world.Sentinels[1];
    private SimSentinel Legacy => _world.Sentinels[2];
    private Address First => _world.Groups[0].Nodes[1].Address;
    private Address Second => _world.Groups[0].Nodes[2].Address;

    [Fact]
    public void Two_addresses_of_one_epoch_that_two_of_ours_came_to_break_the_rule()
    {
        _world.Believes(One, Master, First, s_epoch);
        _world.Believes(Legacy, Master, First, s_epoch);
        _world.Believes(Other, Master, Second, s_epoch);
        Assert.Equal("one-address-per-epoch", Assert.Single(_world.Violations).Checker);
    }

    [Fact]
    public void Two_addresses_of_one_epoch_of_which_one_is_of_Redis_kind_are_excused_and_counted_whoever_believes_in_them()
    {
        _world.Believes(Legacy, Master, First, s_epoch);
        _world.Believes(Other, Master, First, s_epoch);
        _world.Believes(One, Master, Second, s_epoch);
        Assert.Empty(_world.Violations);
        Assert.Equal(1, Excused("two addresses of one epoch, one of Redis' kind"));
    }

    [Fact]
    public void What_a_leader_of_Redis_kind_promoted_may_be_taken_over()
    {
        Tell(Legacy, "+promoted-slave", promoted: First);
        _world.Believes(Legacy, Master, First, s_epoch);
        TakeOver(Other, First);
        Assert.Empty(_world.Violations);
        Assert.Equal(0, Excused("a switch that no leader announced, of Redis' kind"));
    }

    [Fact]
    public void What_one_of_Redis_kind_tells_that_no_leader_announced_is_excused_and_counted()
    {
        _world.Believes(Legacy, Master, First, s_epoch);
        TakeOver(Other, First);
        Assert.Empty(_world.Violations);
        Assert.Equal(1, Excused("a switch that no leader announced, of Redis' kind"));
    }

    [Fact]
    public void What_one_of_ours_tells_that_no_leader_announced_may_not_be_taken_over()
    {
        _world.Believes(One, Master, First, s_epoch);
        _world.Believes(Legacy, Master, First, s_epoch);
        TakeOver(Other, First);
        Assert.Equal("switches-lead-to-masters", Assert.Single(_world.Violations).Checker);
    }

    private long Excused(string what) => _world.Coverage.Counts.GetValueOrDefault($"excused {what}");

    private void TakeOver(SimSentinel by, Address address)
    {
        Tell(by, "+config-update-from");
        Tell(by, "+switch-master", next: address);
    }

    private void Tell(SimSentinel by, string name, Address? promoted = null, Address? next = null) =>
        _world.Happened(by, new SentinelEvent(name, EventLevel.Warning, "") { MasterName = Master, MasterAddress = _world.Groups[0].Nodes[0].Address, InstanceAddress = promoted, NewAddress = next, Epoch = s_epoch });
}
