using Sentinel.Core.Tests.Cluster;

namespace Sentinel.Core.Tests;

/// <summary>Writes that are held because they may be taken in vain.</summary>
public class FenceTests
{
    private const double FenceAfterMs = 300;

    [Fact]
    public void A_master_whose_sentinel_hears_no_majority_and_misses_a_replica_takes_no_writes()
    {
        World world = Settled();
        CutOffSmallSide(world);
        TimeSpan took = world.RunUntil(() => !world.MasterNode.TakesWrites, "held");
        Assert.InRange(took.TotalMilliseconds, FenceAfterMs / 2, FenceAfterMs + 150);
        world.RunUntil(() => IsFlagged(world), "it is flagged", atMostSeconds: 0.1);
        AssertHeldFor(world, seconds: 20);
        SentinelEvent fence = Assert.Single(world.Sentinels[0].Events, e => e.Name == "+fence");
        Assert.Equal("no majority of Sentinels heard for 300 ms, 0 of 2 replicas attached", fence.Reason);
    }

    [Fact]
    public void A_master_that_has_all_its_replicas_is_not_held_when_the_other_sentinels_are_gone()
    {
        World world = Settled();
        world.Sentinels[1].Kill();
        world.Sentinels[2].Kill();
        world.Run(seconds: 20);
        Assert.Equal(Instant.Zero, world.MasterNode.WritesHeldUntil);
        Assert.Empty(Fences(world));
    }

    [Fact]
    public void A_master_that_misses_a_replica_is_not_held_while_a_majority_is_heard()
    {
        World world = Settled();
        world.Nodes[1].IsCutOffFromMaster = true;
        world.Sentinels[2].Kill();
        world.Run(seconds: 20);
        Assert.Equal(Instant.Zero, world.MasterNode.WritesHeldUntil);
        Assert.DoesNotContain(nameof(Request.CountAttached), world.MasterNode.Asked);
    }

    [Fact]
    public void Nothing_of_it_is_done_where_it_is_off()
    {
        World world = World.Settled();
        CutOffSmallSide(world);
        world.Run(seconds: 20);
        Assert.True(world.MasterNode.TakesWrites);
        Assert.DoesNotContain(world.Nodes.SelectMany(node => node.Asked), command => command is nameof(Request.CountAttached) or nameof(Request.ProbePause) or nameof(Request.HoldWrites) or nameof(Request.ReleaseWrites));
    }

    [Fact]
    public void Writes_go_on_within_a_second_when_the_sentinel_that_holds_them_dies()
    {
        World world = Settled();
        CutOffSmallSide(world);
        world.RunUntil(() => !world.MasterNode.TakesWrites, "held");
        world.Run(seconds: 5);
        world.Sentinels[0].Kill();
        world.Run(seconds: 1);
        Assert.True(world.MasterNode.TakesWrites);
    }

    [Fact]
    public void Writes_go_on_at_once_when_a_majority_confirms_the_master()
    {
        World world = Settled();
        CutOffSmallSide(world, sentinelsDown: true);
        world.RunUntil(() => !world.MasterNode.TakesWrites, "held");
        world.Run(seconds: 5);
        world.Sentinels[1].Heal();
        world.Sentinels[1].Restart();
        world.Sentinels[0].Heal();
        world.RunUntil(() => world.Sentinels[0].View.Peers.Any(peer => !peer.IsSubjectivelyDown), "a majority is heard");
        TimeSpan took = world.RunUntil(() => world.MasterNode.WritesHeldUntil == Instant.Zero, "released");
        Assert.True(took < TimeSpan.FromMilliseconds(50), $"{took}");
        Assert.Equal("a majority of Sentinels confirms the master", LastReason(world));
        Assert.False(IsFlagged(world));
    }

    [Fact]
    public void Writes_go_on_when_a_majority_is_heard_and_none_tells_what_it_believes()
    {
        World world = Settled();
        CutOffSmallSide(world, sentinelsDown: true);
        world.RunUntil(() => !world.MasterNode.TakesWrites, "held");
        world.Sentinels[1].IsSecretive = true;
        world.Sentinels[1].Heal();
        world.Sentinels[1].Restart();
        world.Sentinels[0].Heal();
        TimeSpan took = world.RunUntil(() => world.MasterNode.WritesHeldUntil == Instant.Zero, "released");
        Assert.InRange(took.TotalSeconds, 4, 6);
        Assert.Equal("a majority of Sentinels is heard, and none told of another master", LastReason(world));
    }

    [Fact]
    public void Writes_go_on_when_all_replicas_are_attached_again()
    {
        World world = Settled();
        CutOffSmallSide(world, sentinelsDown: true);
        world.RunUntil(() => !world.MasterNode.TakesWrites, "held");
        world.Run(seconds: 5);
        foreach (FakeNode node in world.Nodes)
            node.IsCutOffFromMaster = false;
        TimeSpan took = world.RunUntil(() => world.MasterNode.WritesHeldUntil == Instant.Zero, "released");
        Assert.True(took < TimeSpan.FromSeconds(1), $"{took}");
        Assert.Equal("all its replicas are attached", LastReason(world));
    }

    [Fact]
    public void A_master_by_a_planned_switch_is_held_like_any_other_while_a_replica_does_not_follow_yet()
    {
        World world = Settled();
        world.Sentinels[1].Kill();
        world.Sentinels[2].Kill();
        world.Run(seconds: 3);
        FakeNode successor = world.Nodes[1], silent = world.Nodes[2];
        silent.Freeze();
        Assert.IsType<Answer.Ok>(world.Sentinels[0].Ask(id => new FailoverRequested(id, World.Master) { Options = new FailoverOptions { Target = successor.Address, Mode = FailoverMode.CoordinatedOnly } }));
        world.RunUntil(() => world.Sentinels[0].View.Address == successor.Address, "the switch");
        world.RunUntil(() => !successor.TakesWrites, "held", atMostSeconds: 0.9);
        Assert.Equal(FailoverStep.ReconfReplicas, world.Sentinels[0].View.Failover);
    }

    [Fact]
    public void A_master_that_was_replaced_takes_no_write_until_it_is_a_replica()
    {
        World world = Settled();
        CutOffSmallSide(world);
        world.RunUntil(() => !world.MasterNode.TakesWrites, "held");
        world.RunUntil(() => world.Sentinels[1].View.Address == world.Nodes[1].Address || world.Sentinels[1].View.Address == world.Nodes[2].Address, "a switch");
        Heal(world);
        world.RunUntil(() => world.MasterNode.Master is not null || world.MasterNode.TakesWrites, "demotion");
        Assert.NotNull(world.MasterNode.Master);
        world.RunUntil(() => world.MasterNode.WritesHeldUntil == Instant.Zero, "released");
        world.Run(seconds: 10);
        Assert.All(Fences(world), name => Assert.Contains(name, (string[])["+fence", "-fence"]));
        Assert.Equal(world.Count("+fence"), world.Count("-fence"));
    }

    [Fact]
    public void A_former_master_that_returns_is_held_while_the_others_are_asked()
    {
        World world = Settled();
        world.MasterNode.Kill();
        world.RunUntil(() => world.Sentinels.TrueForAll(s => s.View.Address != world.MasterNode.Address), "a switch");
        world.Run(seconds: 5);
        foreach (FakeSentinel sentinel in world.Sentinels)
            sentinel.IsSecretive = true;
        world.MasterNode.Restart();
        world.RunUntil(() => !world.MasterNode.TakesWrites, "held", atMostSeconds: 2);
        world.RunUntil(() => Fences(world).Contains("-fence"), "released");
        Assert.Contains(world.Sentinels.SelectMany(s => s.Events), e => e is { Name: "-fence", Reason: "the others do not say what it is" });
        Assert.Null(world.MasterNode.Master);
    }

    [Fact]
    public void A_former_master_that_returns_is_demoted_and_released()
    {
        World world = Settled();
        world.MasterNode.Kill();
        world.RunUntil(() => world.Sentinels.TrueForAll(s => s.View.Address != world.MasterNode.Address), "a switch");
        world.Run(seconds: 5);
        world.MasterNode.Restart();
        world.RunUntil(() => world.MasterNode.Master is not null, "demotion");
        world.RunUntil(() => world.MasterNode.WritesHeldUntil == Instant.Zero, "released");
        Assert.Contains(nameof(Request.HoldWrites), world.MasterNode.Asked);
    }

    [Fact]
    public void A_replica_that_is_promoted_is_never_held()
    {
        World world = Settled();
        Assert.IsType<Answer.Ok>(world.Sentinels[0].Ask(id => new FailoverRequested(id, World.Master)));
        world.RunUntil(() => world.Sentinels.TrueForAll(s => s.View.Address != world.MasterNode.Address), "a switch");
        world.Run(seconds: 20);
        FakeNode promoted = world.Node(world.Sentinels[0].View.Address);
        Assert.DoesNotContain(nameof(Request.HoldWrites), promoted.Asked);
    }

    [Fact]
    public void A_node_that_refuses_is_told_of_once_and_not_held_until_it_lets_us()
    {
        World world = World.With(fenceAfterMs: FenceAfterMs);
        foreach (FakeNode node in world.Nodes)
            node.Refused["CLIENT"] = "NOPERM this user has no permissions to run the 'client|pause' command";
        world.Settle();
        CutOffSmallSide(world);
        world.Run(seconds: 20);
        Assert.True(world.MasterNode.TakesWrites);
        Assert.Single(world.Sentinels[0].Log, line => line.Contains("The writes of 10.0.0.1:7000, of mymaster, cannot be held", StringComparison.Ordinal));
        Assert.Empty(Fences(world));
        world.MasterNode.Refused.Remove("CLIENT");
        world.RunUntil(() => !world.MasterNode.TakesWrites, "held once it is let", atMostSeconds: 2);
    }

    [Fact]
    public void Where_WAIT_is_refused_the_masters_INFO_tells_who_is_missing()
    {
        World world = World.With(fenceAfterMs: FenceAfterMs);
        world.MasterNode.Refused["WAIT"] = "NOPERM this user has no permissions to run the 'wait' command";
        world.Settle();
        CutOffSmallSide(world, sentinelsDown: true);
        world.RunUntil(() => !world.MasterNode.TakesWrites, "held", atMostSeconds: 3);
        AssertHeldFor(world, seconds: 5);
        foreach (FakeNode node in world.Nodes)
            node.IsCutOffFromMaster = false;
        world.RunUntil(() => world.MasterNode.WritesHeldUntil == Instant.Zero, "released", atMostSeconds: 2);
        Assert.Equal(1, world.MasterNode.Asked.Count(kind => kind == nameof(Request.CountAttached)));
    }

    [Fact]
    public void Nothing_is_published_on_a_node_whose_writes_are_held()
    {
        World world = Settled();
        CutOffSmallSide(world);
        world.RunUntil(() => !world.MasterNode.TakesWrites, "held");
        int before = world.MasterNode.Hellos.Count;
        AssertHeldFor(world, seconds: 10);
        Assert.Equal(before, world.MasterNode.Hellos.Count);
    }

    [Fact]
    public void Turning_it_off_lets_writes_through()
    {
        World world = Settled();
        CutOffSmallSide(world);
        world.RunUntil(() => IsFlagged(world), "held");
        Assert.IsType<Answer.Ok>(world.Sentinels[0].Ask(id => new SetRequested(id, World.Master, [new MasterChange("fence-after-milliseconds", "0", options => options with { FenceAfter = TimeSpan.Zero })])));
        world.RunUntil(() => world.MasterNode.WritesHeldUntil == Instant.Zero, "released", atMostSeconds: 0.1);
        Assert.Equal("it was turned off", LastReason(world));
    }

    [Fact]
    public void It_can_be_turned_on_while_running()
    {
        World world = World.Settled();
        foreach (FakeSentinel sentinel in world.Sentinels)
            Assert.IsType<Answer.Ok>(sentinel.Ask(id => new SetRequested(id, World.Master, [new MasterChange("fence-after-milliseconds", "300", options => options with { FenceAfter = TimeSpan.FromMilliseconds(300) })])));
        world.Run(seconds: 3);
        CutOffSmallSide(world);
        world.RunUntil(() => !world.MasterNode.TakesWrites, "held", atMostSeconds: 1);
    }

    [Fact]
    public void A_sentinel_that_forgets_the_group_lets_its_writes_through()
    {
        World world = Settled();
        CutOffSmallSide(world);
        world.RunUntil(() => IsFlagged(world), "held");
        Assert.IsType<Answer.Count>(world.Sentinels[0].Ask(id => new ResetRequested(id, [World.Master])));
        Assert.Equal(1, world.Sentinels[0].Events.Count(e => e.Name == "-fence"));
        world.Run(seconds: 1.1);
        Assert.True(world.MasterNode.TakesWrites);
    }

    private static World Settled() => World.Settled(fenceAfterMs: FenceAfterMs);

    /// <summary>The master and the first Sentinel on one side, all else on the other.</summary>
    private static void CutOffSmallSide(World world, bool sentinelsDown = false)
    {
        foreach (FakeNode replica in world.Nodes.Skip(1))
        {
            replica.IsCutOffFromMaster = true;
            world.Sentinels[0].CutOff(replica.Address);
        }
        foreach (FakeSentinel other in world.Sentinels.Skip(1))
        {
            world.Sentinels[0].CutOff(other.Address);
            other.CutOff(world.MasterNode.Address);
            other.CutOff(world.Sentinels[0].Address);
            if (sentinelsDown)
                other.Kill();
        }
    }

    private static void Heal(World world)
    {
        foreach (FakeNode node in world.Nodes)
            node.IsCutOffFromMaster = false;
        foreach (FakeSentinel sentinel in world.Sentinels)
            sentinel.Heal();
    }

    private static void AssertHeldFor(World world, double seconds)
    {
        for (int i = 0; i < seconds * 100; i++)
        {
            world.Run(seconds: 0.01);
            Assert.False(world.MasterNode.TakesWrites, string.Join('\n', world.Transcript.TakeLast(30)));
        }
    }

    private static bool IsFlagged(World world) => world.Sentinels[0].View.Flags.HasFlag(InstanceFlags.Fenced);

    private static string? LastReason(World world) => world.Sentinels[0].Events.Last(e => e.Name == "-fence").Reason;

    private static string[] Fences(World world) => [.. world.Sentinels.SelectMany(s => s.Events).Select(e => e.Name).Where(name => name is "+fence" or "-fence")];
}
