using Sentinel.Core.Tests.Cluster;

namespace Sentinel.Core.Tests;

/// <summary>Replicas and peers that are gone for good, forgotten by order or by age; and who is found again by itself.</summary>
public class ForgettingTests
{
    [Fact]
    public void A_replica_is_forgotten_by_its_address_and_the_others_are_watched_all_the_time()
    {
        World world = World.Settled();
        FakeSentinel sentinel = world.Sentinels[0];
        world.Nodes[1].Kill();
        world.Run(seconds: 3);
        Assert.IsType<Answer.Ok>(Forget(sentinel, world.Nodes[1].Address));
        ReplicaView left = Assert.Single(sentinel.View.Replicas);
        Assert.False(left.IsSubjectivelyDown);
        Assert.False(left.Link.IsDisconnected);
        Assert.Equal(2, sentinel.View.Peers.Length);
        Assert.Equal(world.Nodes[2].Address, Assert.Single(sentinel.Disk.Masters[0].Replicas));
        Assert.Contains(sentinel.Events, e => e.Name == "-slave" && e.Reason == "by order");
        world.Run(seconds: 30);
        Assert.Single(sentinel.View.Replicas);
    }

    [Fact]
    public void A_replica_and_a_peer_are_forgotten_by_their_identities()
    {
        World world = World.Settled();
        FakeSentinel sentinel = world.Sentinels[0];
        world.Nodes[1].Kill();
        world.Sentinels[1].Kill();
        world.Run(seconds: 3);
        string runId = sentinel.View.Replicas.Single(replica => replica.Address == world.Nodes[1].Address).RunId!;
        Assert.IsType<Answer.Ok>(sentinel.Ask(id => new ForgetRequested(id, World.Master, runId, null)));
        Assert.IsType<Answer.Ok>(sentinel.Ask(id => new ForgetRequested(id, World.Master, world.Sentinels[1].Id.Text, null)));
        Assert.Single(sentinel.View.Replicas);
        Assert.Single(sentinel.View.Peers);
        Assert.Single(sentinel.Disk.Masters[0].Peers);
        Assert.Contains(sentinel.Events, e => e.Name == "-sentinel" && e.Payload.StartsWith($"sentinel {world.Sentinels[1].Id} ", StringComparison.Ordinal));
    }

    [Fact]
    public void Who_lives_is_found_again_by_itself()
    {
        World world = World.Settled();
        FakeSentinel sentinel = world.Sentinels[0];
        Assert.IsType<Answer.Ok>(Forget(sentinel, world.Nodes[1].Address));
        Assert.IsType<Answer.Ok>(Forget(sentinel, world.Sentinels[1].Address));
        world.RunUntil(() => sentinel.View.Replicas.Length == 2 && sentinel.View.Peers.Length == 2, "both are known again", atMostSeconds: 12);
    }

    [Fact]
    public void The_master_strangers_and_who_is_needed_for_a_failover_under_way_are_not_forgotten()
    {
        World world = World.Settled(failoverTimeoutMs: 60_000);
        FakeSentinel sentinel = world.Sentinels[0];
        Assert.Contains("is the master", Refusal(Forget(sentinel, world.MasterNode.Address)), StringComparison.Ordinal);
        Assert.Contains("No replica or Sentinel", Refusal(Forget(sentinel, new Address("10.0.0.99", 1))), StringComparison.Ordinal);
        Assert.Contains("No such master", Refusal(sentinel.Ask(id => new ForgetRequested(id, "other", null, world.Nodes[1].Address))), StringComparison.Ordinal);
        world.Nodes[1].IgnoresOrders = world.Nodes[2].IgnoresOrders = true;
        Assert.IsType<Answer.Ok>(sentinel.Ask(id => new FailoverRequested(id, World.Master)));
        Assert.StartsWith("INPROG", Refusal(Forget(sentinel, world.Nodes[1].Address)), StringComparison.Ordinal);
    }

    [Fact]
    public void Who_has_been_down_for_as_long_as_the_configuration_says_is_forgotten()
    {
        World world = World.Settled(sentinels: 5, quorum: 3);
        FakeSentinel sentinel = world.Sentinels[0];
        AutoForget(sentinel, seconds: 60);
        world.Nodes[1].Kill();
        world.Sentinels[1].Kill();
        world.Run(seconds: 50);
        Assert.Equal((2, 4), (sentinel.View.Replicas.Length, sentinel.View.Peers.Length));
        world.Run(seconds: 15);
        Assert.Equal((1, 3), (sentinel.View.Replicas.Length, sentinel.View.Peers.Length));
        Assert.Contains(sentinel.Events, e => e.Name == "-slave" && e.Reason == "down for more than 60 s");
        Assert.Equal(4, world.Sentinels[2].View.Peers.Length);
    }

    [Fact]
    public void The_small_side_of_a_partition_forgets_no_peers()
    {
        World world = World.Settled(sentinels: 5, quorum: 2);
        FakeSentinel sentinel = world.Sentinels[0];
        AutoForget(sentinel, seconds: 60);
        foreach (FakeSentinel far in world.Sentinels.Skip(2))
        {
            sentinel.CutOff(far.Address);
            far.Kill();
        }
        world.Run(seconds: 200);
        Assert.Equal(4, sentinel.View.Peers.Length);
    }

    [Fact]
    public void As_many_Sentinels_as_the_quorum_stay_known()
    {
        World world = World.Settled(sentinels: 3, quorum: 3);
        FakeSentinel sentinel = world.Sentinels[0];
        AutoForget(sentinel, seconds: 60);
        world.Sentinels[1].Kill();
        world.Run(seconds: 200);
        Assert.Equal(2, sentinel.View.Peers.Length);
    }

    [Fact]
    public void A_former_master_that_did_not_come_back_yet_is_not_forgotten_by_age()
    {
        World world = World.Settled();
        world.Sentinels.ForEach(sentinel => AutoForget(sentinel, seconds: 60));
        FakeNode former = world.MasterNode;
        former.Kill();
        world.RunUntil(() => world.Sentinels.TrueForAll(s => s.View.Address != former.Address), "a switch");
        world.Run(seconds: 300);
        former.Restart();
        world.RunUntil(() => former.Master is not null, "it is told to follow");
    }

    [Fact]
    public void Nobody_is_forgotten_while_the_master_is_down()
    {
        World world = World.Settled(sentinels: 1, quorum: 2);
        FakeSentinel sentinel = world.Sentinels[0];
        AutoForget(sentinel, seconds: 60);
        world.Nodes.ForEach(node => node.Kill());
        world.Run(seconds: 200);
        Assert.Equal(2, sentinel.View.Replicas.Length);
    }

    [Fact]
    public void A_replica_whose_process_answers_at_another_address_is_listed_once()
    {
        World world = World.Settled();
        FakeSentinel sentinel = world.Sentinels[0];
        Address before = world.Nodes[1].Address;
        world.Nodes[1].MoveTo("10.0.0.77");
        world.RunUntil(() => sentinel.View.Replicas.Any(replica => replica.Address.Host == "10.0.0.77"), "it is found", atMostSeconds: 12);
        world.RunUntil(() => sentinel.View.Replicas.All(replica => replica.Address != before), "it is there no more");
        Assert.Equal(2, sentinel.View.Replicas.Length);
    }

    private static Answer? Forget(FakeSentinel sentinel, Address address) => sentinel.Ask(id => new ForgetRequested(id, World.Master, null, address));

    private static string Refusal(Answer? answer) => Assert.IsType<Answer.Refused>(answer).Error;

    private static void AutoForget(FakeSentinel sentinel, int seconds) =>
        sentinel.Ask(id => new SetRequested(id, World.Master,
            [new MasterChange("auto-forget-after-seconds", $"{seconds}", options => options with { AutoForgetAfter = TimeSpan.FromSeconds(seconds) })]));
}
