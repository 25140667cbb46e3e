using Sentinel.Core;
using Sentinel.Simulation.Nodes;

namespace Sentinel.Simulation.Tests;

/// <summary>What a node has, and what it is, after it was started anew.</summary>
public class RestartTests
{
    private static readonly NodeSettings s_none = new() { Persistence = Persistence.None };

    [Fact]
    public void A_master_without_persistence_comes_back_empty_and_its_replicas_copy_that()
    {
        NodeCluster cluster = NodeCluster.Of(3, s_none);
        cluster.Write(cluster.Master, 3);
        cluster.Master.Kill();
        cluster.Master.Start();
        cluster.Run(seconds: 0.01);
        cluster.RunUntil(() => cluster.Nodes.TrueForAll(node => node.IsMaster || node.Link.IsUp));
        Assert.All(cluster.Nodes, node => Assert.False(node.HasData));
        Assert.False(cluster.Caller(cluster.Nodes[1]).Info().HasKeys);
    }

    [Fact]
    public void A_killed_process_loses_nothing_of_an_append_only_file()
    {
        NodeCluster cluster = NodeCluster.Of(2);
        cluster.Write(cluster.Master, 3);
        long before = cluster.FullResyncs;
        cluster.Master.Kill();
        cluster.Master.Start();
        cluster.Run(seconds: 0.01);
        cluster.RunUntil(() => cluster.Nodes[1].Link.IsUp);
        Assert.Equal(NodeCluster.Values(1, 3), cluster.Master.Data.Values());
        Assert.Equal(before, cluster.FullResyncs);
    }

    [Fact]
    public void A_loss_of_power_costs_the_last_second_of_an_append_only_file()
    {
        NodeCluster cluster = NodeCluster.Of(1);
        cluster.Write(cluster.Master, 3);
        cluster.Run(seconds: 1);
        cluster.Write(cluster.Master, 2);
        cluster.Master.Machine.LosePower();
        cluster.Master.Machine.RegainPower();
        cluster.Master.Start();
        cluster.Run(seconds: 1);
        Assert.Equal(NodeCluster.Values(1, 3), cluster.Master.Data.Values());
    }

    [Fact]
    public void Snapshots_are_up_to_minutes_old_and_replicas_go_back_with_their_master()
    {
        NodeCluster cluster = NodeCluster.Of(2, new NodeSettings { Persistence = Persistence.Snapshots });
        cluster.Write(cluster.Master, 3);
        cluster.Run(seconds: 121);
        cluster.Write(cluster.Master, 2);
        cluster.Master.Kill();
        cluster.Master.Start();
        cluster.Run(seconds: 0.01);
        cluster.RunUntil(() => cluster.Nodes[1].Link.IsUp);
        Assert.All(cluster.Nodes, node => Assert.Equal(NodeCluster.Values(1, 3), node.Data.Values()));
    }

    [Fact]
    public void Who_is_shut_down_saves_before()
    {
        NodeCluster cluster = NodeCluster.Of(1, new NodeSettings { Persistence = Persistence.Snapshots });
        cluster.Write(cluster.Master, 3);
        cluster.Master.ShutDown();
        cluster.Master.Start();
        Assert.Equal(NodeCluster.Values(1, 3), cluster.Master.Data.Values());
    }

    [Fact]
    public void A_replica_knows_its_offset_after_a_restart()
    {
        NodeCluster cluster = NodeCluster.Of(2);
        RedisNode replica = cluster.Nodes[1];
        cluster.Write(cluster.Master, 3);
        cluster.Master.Kill();
        replica.Kill();
        replica.Start();
        cluster.Run(seconds: 1);
        InfoReport info = cluster.Caller(replica).Info();
        Assert.Equal((180UL, TimeSpan.FromSeconds(-1), true), (info.Offset, info.MasterLinkDownTime, info.HasKeys));
    }

    [Fact]
    public void One_that_forgets_its_offset_has_its_data_all_the_same()
    {
        NodeCluster cluster = NodeCluster.Of(2, new NodeSettings { ForgetsOffset = true });
        RedisNode replica = cluster.Nodes[1];
        cluster.Write(cluster.Master, 3);
        cluster.Master.Kill();
        replica.Kill();
        replica.Start();
        cluster.Run(seconds: 1);
        InfoReport info = cluster.Caller(replica).Info();
        Assert.Equal((1UL, true), (info.Offset, info.HasKeys));
        Assert.Equal(NodeCluster.Values(1, 3), replica.Data.Values());
        long before = cluster.FullResyncs;
        cluster.Master.Start();
        cluster.RunUntil(() => replica.Link.IsUp);
        Assert.Equal(before + 1, cluster.FullResyncs);
    }

    [Fact]
    public void While_it_loads_a_node_says_so_and_takes_no_orders()
    {
        NodeCluster cluster = NodeCluster.Of(2, new NodeSettings { LoadTime = TimeSpan.FromSeconds(3) });
        RedisNode replica = cluster.Nodes[1];
        cluster.Write(cluster.Master, 1);
        replica.Kill();
        replica.Start();
        NodeCaller caller = cluster.Caller(replica);
        Assert.StartsWith("LOADING", caller.Error(Request.Ping.Instance));
        Assert.StartsWith("LOADING", caller.Error(Request.ProbeReplicaOf.Instance));
        IReadOnlyList<Reply> replies = caller.Order(master: null);
        Assert.StartsWith("LOADING", Assert.IsType<Reply.Error>(replies[1]).Message);
        Assert.StartsWith("EXECABORT", Assert.IsType<Reply.Error>(replies[Request.Reconfigure.ExecIndex]).Message);
        Assert.False(caller.Info().IsMaster);
        cluster.Run(seconds: 3);
        Assert.Null(caller.Error(Request.Ping.Instance));
        Assert.True(replica.Link.IsUp);
    }

    [Fact]
    public void An_order_of_role_outlives_a_restart_when_the_configuration_can_be_rewritten()
    {
        NodeCluster cluster = NodeCluster.Of(2);
        RedisNode replica = cluster.Nodes[1];
        cluster.Order(replica, master: null);
        replica.Kill();
        replica.Restart(RestartConfiguration.Rewritten);
        Assert.True(replica.IsMaster);
        replica.Kill();
        replica.Restart(RestartConfiguration.Original);
        Assert.Equal(cluster.Master.Address, replica.Master);
        replica.Kill();
        replica.Start();
        Assert.Equal(cluster.Master.Address, replica.Master);
    }

    [Fact]
    public void Without_a_file_to_rewrite_it_says_so_and_forgets_its_role()
    {
        NodeCluster cluster = NodeCluster.Of(2, new NodeSettings { CanRewriteConfig = false });
        RedisNode replica = cluster.Nodes[1];
        var executed = (Reply.List)cluster.Caller(replica).Order(master: null)[Request.Reconfigure.ExecIndex];
        Assert.Equal(new Reply.Text("OK"), executed.Items[0]);
        Assert.Equal("ERR The server is running without a config file", Assert.IsType<Reply.Error>(executed.Items[1]).Message);
        Assert.True(replica.IsMaster);
        replica.Kill();
        replica.Start();
        Assert.False(replica.IsMaster);
    }

    [Fact]
    public void Every_start_has_another_run_id_and_every_time_as_a_master_is_known()
    {
        NodeCluster cluster = NodeCluster.Of(1);
        RedisNode node = cluster.Master;
        string before = node.RunId;
        Core.Instant firstAt = node.LastBecameMasterAt!.Value;
        cluster.Run(seconds: 1);
        node.Kill();
        cluster.Run(seconds: 1);
        node.Start();
        Assert.NotEqual(before, node.RunId);
        Assert.Equal(2, node.MasterSpells.Count);
        Assert.Equal(firstAt + TimeSpan.FromSeconds(1), node.MasterSpells[0].Until - (node.MasterSpells[0].From - firstAt));
        Assert.Equal(Instant.Never, node.MasterSpells[1].Until);
    }
}
