using Sentinel.Core;
using Sentinel.Simulation.Kernel;
using Sentinel.Simulation.Nodes;

namespace Sentinel.Simulation.Tests;

/// <summary>The model of replication does what Redis 7.0 does.</summary>
public class ReplicationTests
{
    [Fact]
    public void What_is_written_comes_to_all_replicas()
    {
        NodeCluster cluster = NodeCluster.Of(3);
        cluster.Write(cluster.Master, 5);
        Assert.All(cluster.Nodes, node => Assert.Equal(NodeCluster.Values(1, 5), node.Data.Values()));
        Assert.All(cluster.Nodes, node => Assert.Equal(cluster.Master.Offset, node.Offset));
    }

    [Fact]
    public void A_replica_that_was_cut_off_goes_on_from_where_it_was()
    {
        NodeCluster cluster = NodeCluster.Of(2);
        RedisNode replica = cluster.Nodes[1];
        cluster.Write(cluster.Master, 1);
        long before = cluster.FullResyncs;
        BreakLink(cluster, replica);
        cluster.Write(cluster.Master, 3);
        cluster.RunUntil(() => replica.Link.IsUp);
        cluster.Run(seconds: 0.01);
        Assert.Equal((before, 1), (cluster.FullResyncs, cluster.PartialResyncs));
        Assert.Equal(NodeCluster.Values(1, 4), replica.Data.Values());
    }

    [Fact]
    public void A_replica_that_missed_more_than_the_backlog_has_begins_anew()
    {
        NodeCluster cluster = NodeCluster.Of(2, new NodeSettings { Backlog = 100 });
        RedisNode replica = cluster.Nodes[1];
        replica.FallIll(Illness.Stuck);
        cluster.RunUntil(() => !replica.Link.IsUp);
        cluster.Write(cluster.Master, 3);
        long before = cluster.FullResyncs;
        replica.Recover(Illness.Stuck);
        cluster.RunUntil(() => replica.Link.IsUp);
        cluster.Run(seconds: 0.01);
        Assert.Equal(before + 1, cluster.FullResyncs);
        Assert.Equal(NodeCluster.Values(1, 3), replica.Data.Values());
    }

    [Fact]
    public void A_full_synchronisation_takes_its_time_and_leaves_nothing_to_read_meanwhile()
    {
        NodeCluster cluster = NodeCluster.Of(2, new NodeSettings { FullSyncTime = TimeSpan.FromSeconds(4) });
        RedisNode replica = cluster.Nodes[1];
        cluster.Write(cluster.Master, 2);
        replica.Kill();
        replica.LoseData();
        replica.Start();
        NodeCaller caller = cluster.Caller(replica);
        cluster.RunUntil(() => replica.Link.IsSynchronising);
        Assert.Null(caller.Error(Request.Ping.Instance));
        InfoReport info = caller.Info();
        Assert.Equal((false, 1UL), (info.IsMasterLinkUp, info.Offset));
        cluster.Run(seconds: 2.1);
        Assert.StartsWith("LOADING", caller.Error(Request.Ping.Instance));
        Assert.False(replica.HasData);
        cluster.Write(cluster.Master, 2);
        cluster.Run(seconds: 2);
        info = caller.Info();
        Assert.Equal((true, (ulong)cluster.Master.Offset, true), (info.IsMasterLinkUp, info.Offset, info.HasKeys));
        Assert.Equal(NodeCluster.Values(1, 4), replica.Data.Values());
    }

    [Fact]
    public void A_promoted_replica_keeps_what_it_has_and_the_others_go_on_from_there()
    {
        NodeCluster cluster = NodeCluster.Of(3);
        cluster.Write(cluster.Master, 4);
        cluster.Master.Kill();
        long before = cluster.FullResyncs;
        RedisNode promoted = cluster.Nodes[1];
        cluster.Order(promoted, master: null);
        cluster.Order(cluster.Nodes[2], promoted);
        cluster.RunUntil(() => cluster.Nodes[2].Link.IsUp);
        cluster.Write(promoted, 1);
        Assert.Equal(before, cluster.FullResyncs);
        Assert.Equal(NodeCluster.Values(1, 5), cluster.Nodes[2].Data.Values());
    }

    [Fact]
    public void What_a_former_master_wrote_alone_is_lost_when_it_follows()
    {
        NodeCluster cluster = NodeCluster.Of(2);
        RedisNode former = cluster.Master, promoted = cluster.Nodes[1];
        cluster.Write(former, 2);
        cluster.Order(promoted, master: null);
        cluster.Run(seconds: 1);
        cluster.Write(former, 2);
        cluster.Write(promoted, 1);
        Assert.False(former.HasMoreThan(promoted));
        long before = cluster.FullResyncs;
        cluster.Order(former, promoted);
        cluster.RunUntil(() => former.Link.IsUp);
        Assert.Equal(before + 1, cluster.FullResyncs);
        Assert.Equal([1, 2, 5], former.Data.Values());
    }

    [Fact]
    public void A_former_master_that_wrote_nothing_alone_goes_on()
    {
        NodeCluster cluster = NodeCluster.Of(2);
        RedisNode former = cluster.Master, promoted = cluster.Nodes[1];
        cluster.Write(former, 2);
        cluster.Order(promoted, master: null);
        cluster.Write(promoted, 1);
        long before = cluster.FullResyncs;
        cluster.Order(former, promoted);
        cluster.RunUntil(() => former.Link.IsUp);
        cluster.Run(seconds: 0.01);
        Assert.Equal(before, cluster.FullResyncs);
        Assert.Equal(NodeCluster.Values(1, 3), former.Data.Values());
    }

    [Fact]
    public void A_replica_passes_the_stream_on_to_those_who_follow_it()
    {
        NodeCluster cluster = NodeCluster.Of(3);
        RedisNode middle = cluster.Nodes[1], last = cluster.Nodes[2];
        cluster.Order(last, middle);
        cluster.RunUntil(() => last.Link.IsUp);
        cluster.Write(cluster.Master, 2);
        Assert.Equal([1, 2], last.Data.Values());
        Assert.Single(middle.Followers.All);
        Assert.Single(cluster.Master.Followers.All);
    }

    [Fact]
    public void Nobody_follows_a_replica_that_has_no_master()
    {
        NodeCluster cluster = NodeCluster.Of(3);
        RedisNode middle = cluster.Nodes[1], last = cluster.Nodes[2];
        cluster.Order(last, middle);
        cluster.RunUntil(() => last.Link.IsUp);
        cluster.Master.Kill();
        BreakLink(cluster, last);
        cluster.Run(seconds: 5);
        Assert.False(last.Link.IsUp);
    }

    [Fact]
    public void A_master_whose_machine_is_gone_is_missed_after_the_timeout()
    {
        NodeCluster cluster = NodeCluster.Of(2);
        cluster.Master.Machine.LosePower();
        cluster.Run(seconds: 45);
        Assert.True(cluster.Nodes[1].Link.IsUp);
        cluster.Run(seconds: 20);
        Assert.False(cluster.Nodes[1].Link.IsUp);
        NodeCaller caller = cluster.Caller(cluster.Nodes[1]);
        Assert.InRange(caller.Info().MasterLinkDownTime.TotalSeconds, 1, 20);
    }

    [Fact]
    public void A_silent_master_moves_the_offset_with_its_pings()
    {
        NodeCluster cluster = NodeCluster.Of(2);
        long before = cluster.Master.Offset;
        cluster.Run(seconds: 30);
        Assert.Equal(before + 3 * 14, cluster.Nodes[1].Offset);
    }

    [Fact]
    public void A_slow_replica_is_behind_for_some_time()
    {
        NodeCluster cluster = NodeCluster.Of(2);
        RedisNode replica = cluster.Nodes[1];
        replica.FallIll(Illness.Slow);
        cluster.Write(cluster.Master, 3);
        Assert.Empty(replica.Data.Values());
        Assert.True(cluster.Master.HasMoreThan(replica));
        cluster.Run(RedisNode.Slowness.TotalSeconds);
        Assert.Equal(NodeCluster.Values(1, 3), replica.Data.Values());
    }

    [Fact]
    public void A_frozen_replica_catches_up_when_it_thaws()
    {
        NodeCluster cluster = NodeCluster.Of(2);
        RedisNode replica = cluster.Nodes[1];
        replica.Freeze();
        cluster.Write(cluster.Master, 3);
        Assert.False(replica.HasData);
        replica.Thaw();
        Assert.Equal(NodeCluster.Values(1, 3), replica.Data.Values());
    }

    [Fact]
    public void A_frozen_replica_catches_up_with_a_master_that_died_meanwhile()
    {
        NodeCluster cluster = NodeCluster.Of(2);
        RedisNode replica = cluster.Nodes[1];
        replica.Freeze();
        cluster.Write(cluster.Master, 3);
        cluster.Master.Kill();
        cluster.Run(seconds: 1);
        replica.Thaw();
        Assert.Equal(NodeCluster.Values(1, 3), replica.Data.Values());
        Assert.False(replica.Link.IsUp);
    }

    [Fact]
    public void A_frozen_node_obeys_when_it_thaws_though_who_told_it_is_gone()
    {
        NodeCluster cluster = NodeCluster.Of(2);
        RedisNode replica = cluster.Nodes[1];
        NodeCaller caller = cluster.Caller(replica);
        replica.Freeze();
        caller.Say(new Request.Reconfigure("REPLICAOF", Master: null));
        caller.Kill();
        cluster.Run(seconds: 1);
        replica.Thaw();
        Assert.True(replica.IsMaster);
    }

    [Fact]
    public void FAILOVER_swaps_roles_without_losing_a_write()
    {
        NodeCluster cluster = NodeCluster.Of(3);
        RedisNode former = cluster.Master, next = cluster.Nodes[1];
        cluster.Write(former, 2);
        NodeCaller writer = cluster.Caller(former);
        former.FailOverTo(next.Address);
        writer.Say(new WriteOrder(9));
        cluster.RunUntil(() => former.Link.IsUp && next.IsMaster);
        cluster.Run(seconds: 0.01);
        Assert.StartsWith("READONLY", Assert.IsType<Reply.Error>(writer.Heard[^1]).Message);
        Assert.Equal([1, 2], next.Data.Values());
        Assert.False(former.Swap.IsUnderWay);
        cluster.RunUntil(() => cluster.Nodes[2].Link.IsUp);
        // The third one still follows the former master, through which it gets all.
        cluster.Write(next, 1);
        Assert.Equal([1, 2, 3], cluster.Nodes[2].Data.Values());
    }

    [Fact]
    public void FAILOVER_to_one_that_is_gone_leaves_the_master_as_it_was()
    {
        NodeCluster cluster = NodeCluster.Of(2);
        RedisNode replica = cluster.Nodes[1];
        cluster.Write(cluster.Master, 1);
        replica.Freeze();
        cluster.Master.FailOverTo(replica.Address);
        NodeCaller writer = cluster.Caller(cluster.Master);
        writer.Say(new WriteOrder(2));
        cluster.Run(seconds: 9.9);
        Assert.Empty(writer.Heard);
        cluster.Run(seconds: 0.2);
        Assert.IsType<WriteAccepted>(writer.Heard[^1]);
        Assert.True(cluster.Master.IsMaster);
    }

    private static void BreakLink(NodeCluster cluster, RedisNode replica)
    {
        foreach (Connection connection in cluster.World.Network.Connections.Where(connection => connection.Client == replica).ToArray())
            cluster.World.Network.Break(connection);
    }
}
