using Sentinel.Core.Tests.Cluster;

namespace Sentinel.Core.Tests;

/// <summary>A master that restarts and loads its data.</summary>
public class RebootTests
{
    [Fact]
    public void A_rebooted_master_that_loads_for_ever_is_alive_where_no_period_is_set()
    {
        World world = World.Settled(sentinels: 1, quorum: 2);
        RestartLoading(world);
        world.Run(seconds: 300);
        Assert.False(world.Sentinels[0].View.IsSubjectivelyDown);
        Assert.False(world.Sentinels[0].View.Flags.HasFlag(InstanceFlags.MasterReboot));
        Assert.Equal(1, world.Count("+reboot"));
    }

    [Fact]
    public void A_rebooted_master_that_loads_longer_than_its_period_is_down_and_flagged_until_it_says_PONG()
    {
        World world = World.Settled(sentinels: 1, quorum: 2);
        FakeSentinel sentinel = world.Sentinels[0];
        Set(sentinel, TimeSpan.FromSeconds(5));
        RestartLoading(world);
        world.RunUntil(() => sentinel.View.Flags.HasFlag(InstanceFlags.MasterReboot), "the reboot is noticed", atMostSeconds: 11);
        TimeSpan took = world.RunUntil(() => sentinel.View.IsSubjectivelyDown, "+sdown");
        Assert.InRange(took, TimeSpan.FromSeconds(4.99), TimeSpan.FromSeconds(5.01));
        world.MasterNode.Refused.Clear();
        world.RunUntil(() => !sentinel.View.IsSubjectivelyDown, "-sdown", atMostSeconds: 1);
        Assert.False(sentinel.View.Flags.HasFlag(InstanceFlags.MasterReboot));
    }

    [Fact]
    public void A_master_that_has_loaded_in_time_was_never_down()
    {
        World world = World.Settled(sentinels: 1, quorum: 2);
        FakeSentinel sentinel = world.Sentinels[0];
        Set(sentinel, TimeSpan.FromSeconds(5));
        RestartLoading(world);
        world.RunUntil(() => sentinel.View.Flags.HasFlag(InstanceFlags.MasterReboot), "the reboot is noticed", atMostSeconds: 11);
        world.Run(seconds: 4.5);
        world.MasterNode.Refused.Clear();
        world.Run(seconds: 20);
        Assert.Equal(0, world.Count("+sdown"));
    }

    [Fact]
    public void A_reboot_that_takes_too_long_is_reason_for_a_failover()
    {
        World world = World.Settled();
        foreach (FakeSentinel sentinel in world.Sentinels)
            Set(sentinel, TimeSpan.FromSeconds(2));
        RestartLoading(world);
        world.RunUntil(() => world.Count("+switch-master") == 3, "+switch-master");
        Assert.NotEqual(world.MasterNode.Address, world.Sentinels[0].View.Address);
    }

    private static void Set(FakeSentinel sentinel, TimeSpan period) =>
        Assert.IsType<Answer.Ok>(sentinel.Ask(id => new SetRequested(
            id, World.Master, [new MasterChange("master-reboot-down-after-period", "", options => options with { RebootDownAfter = period })])));

    /// <summary>Another process at the same place, which answers INFO and says of everything else that it is loading.</summary>
    private static void RestartLoading(World world)
    {
        world.MasterNode.Restart();
        world.MasterNode.Refused["PING"] = "LOADING Redis is loading the dataset in memory";
    }
}
