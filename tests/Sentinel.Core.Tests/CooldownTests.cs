using Sentinel.Core.Tests.Cluster;

namespace Sentinel.Core.Tests;

/// <summary>Soon after a switch a master stays that anybody hears: <c>failover-cooldown-milliseconds</c>.</summary>
public class CooldownTests
{
    private static readonly TimeSpan s_cooldown = TimeSpan.FromSeconds(60);

    [Fact]
    public void A_master_that_a_peer_hears_stays_until_the_cooldown_is_over_and_the_reason_is_said_once()
    {
        World world = Switched();
        Instant switchedAt = world.Now;
        Address master = world.Sentinels[0].View.Address;
        world.Sentinels[0].CutOff(master);
        world.Sentinels[1].CutOff(master);
        world.RunUntil(() => world.Count("+switch-master") > 3, "the next switch", atMostSeconds: 90);
        Assert.InRange(world.Now - switchedAt, s_cooldown, s_cooldown + TimeSpan.FromSeconds(2));
        string line = Assert.Single(world.Sentinels[0].Log, line => line.StartsWith("No failover", StringComparison.Ordinal));
        Assert.Equal(
            $"No failover of mymaster is tried: it became the master less than 60000 ms ago, and Sentinel {world.Sentinels[2].Id} does not hold it down; 'SENTINEL ACKNOWLEDGE mymaster' ends this cooldown", line);
    }

    [Fact]
    public void A_master_that_a_replica_hears_stays_too()
    {
        World world = Switched(replicas: 2);
        Address master = world.Sentinels[0].View.Address;
        foreach (FakeSentinel sentinel in world.Sentinels)
            sentinel.CutOff(master);
        world.Run(seconds: 40);
        Assert.Equal(3, world.Count("+switch-master"));
        Assert.Contains(world.Sentinels[0].Log, line => line.Contains(" ms ago, and its replica ", StringComparison.Ordinal));
    }

    [Fact]
    public void A_master_that_is_gone_for_all_is_replaced_at_once()
    {
        World world = Switched();
        world.Node(world.Sentinels[0].View.Address).Kill();
        world.RunUntil(() => world.Count("+switch-master") == 6, "the next switch", atMostSeconds: 2);
    }

    [Fact]
    public void A_peer_that_cannot_be_asked_holds_nothing_back()
    {
        World world = Switched();
        world.Sentinels[2].Kill();
        world.Run(seconds: 3);
        world.Node(world.Sentinels[0].View.Address).Kill();
        world.RunUntil(() => world.Sentinels.Take(2).All(sentinel => sentinel.Events.Count(e => e.Name == "+switch-master") == 2), "the next switch", atMostSeconds: 3);
    }

    [Fact]
    public void An_operator_who_has_seen_the_switch_ends_it()
    {
        World world = Switched();
        Address master = world.Sentinels[0].View.Address;
        world.Sentinels[0].CutOff(master);
        world.Sentinels[1].CutOff(master);
        world.Run(seconds: 5);
        Assert.IsType<Answer.Ok>(world.Sentinels[0].Ask(id => new AcknowledgeRequested(id, World.Master)));
        world.RunUntil(() => world.Count("+switch-master") == 6, "the next switch", atMostSeconds: 1);
        Assert.IsType<Answer.Refused>(world.Sentinels[0].Ask(id => new AcknowledgeRequested(id, "nosuch")));
    }

    [Fact]
    public void An_ordered_failover_does_not_wait()
    {
        World world = Switched();
        Assert.IsType<Answer.Ok>(world.Sentinels[0].Ask(id => new FailoverRequested(id, World.Master)));
        world.RunUntil(() => world.Count("+switch-master") == 6, "the next switch", atMostSeconds: 1);
    }

    [Fact]
    public void After_the_cooldown_a_quorum_is_enough_again()
    {
        World world = Switched();
        world.Run(seconds: 60);
        Address master = world.Sentinels[0].View.Address;
        world.Sentinels[0].CutOff(master);
        world.Sentinels[1].CutOff(master);
        world.RunUntil(() => world.Count("+switch-master") == 6, "the next switch", atMostSeconds: 3);
    }

    [Fact]
    public void Before_the_first_switch_there_is_none()
    {
        World world = World.Settled();
        Set(world);
        world.Sentinels[0].CutOff(world.MasterNode.Address);
        world.Sentinels[1].CutOff(world.MasterNode.Address);
        world.RunUntil(() => world.Count("+switch-master") == 3, "+switch-master", atMostSeconds: 3);
    }

    /// <summary>A cluster whose master has been switched a moment ago, on whosever order.</summary>
    private static World Switched(int replicas = 1)
    {
        World world = World.Settled(replicas: replicas);
        Set(world);
        Assert.IsType<Answer.Ok>(world.Sentinels[0].Ask(id => new FailoverRequested(id, World.Master)));
        world.RunUntil(() => world.Count("+switch-master") == 3, "+switch-master");
        world.RunUntil(() => world.Sentinels.TrueForAll(sentinel => sentinel.View.Failover is FailoverStep.None && sentinel.View.Replicas.All(replica => replica.IsMasterLinkUp)), "the rest follows");
        return world;
    }

    private static void Set(World world)
    {
        foreach (FakeSentinel sentinel in world.Sentinels)
            Assert.IsType<Answer.Ok>(sentinel.Ask(id => new SetRequested(id, World.Master, [new MasterChange("failover-cooldown-milliseconds", "60000", options => options with { FailoverCooldown = s_cooldown })])));
    }
}
