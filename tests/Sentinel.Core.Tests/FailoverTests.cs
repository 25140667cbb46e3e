using Sentinel.Core.Tests.Cluster;

namespace Sentinel.Core.Tests;

public class FailoverTests
{
    [Fact]
    public void A_killed_master_is_replaced_once_by_all_within_tens_of_ms_of_its_detection()
    {
        World world = World.Settled();
        world.MasterNode.Kill();
        world.RunUntil(() => world.Count("+odown") > 0, "+odown");
        TimeSpan afterAgreement = world.RunUntil(() => world.Sentinels.TrueForAll(s => s.View.Address != world.MasterNode.Address), "all follow");
        Assert.True(afterAgreement < TimeSpan.FromMilliseconds(150), $"{afterAgreement}\n{string.Join('\n', world.Transcript)}");
        world.Run(seconds: 30);
        Assert.Equal(3, world.Count("+switch-master"));
        Assert.Equal(1, world.Count("+promoted-slave"));
        Assert.Equal(1, world.Count("+failover-end"));
        Assert.Single(world.Nodes, node => node.IsAlive && node.Master is null);
    }

    [Fact]
    public void An_old_master_that_returns_is_demoted_within_a_second()
    {
        World world = World.Settled();
        world.MasterNode.Kill();
        world.RunUntil(() => world.Count("+failover-end") == 1, "+failover-end");
        world.Run(seconds: 5);
        world.MasterNode.Restart();
        TimeSpan took = world.RunUntil(() => world.MasterNode.Master is not null, "demotion");
        Assert.True(took < TimeSpan.FromSeconds(1), $"{took}\n{string.Join('\n', world.Transcript)}");
        world.Run(seconds: 30);
        Assert.Equal(3, world.Count("+switch-master"));
        Assert.Equal(1, world.Count("+convert-to-slave"));
    }
}
