using Sentinel.Core;
using Sentinel.Simulation.Nodes;
using Sentinel.Simulation.Sentinels;

namespace Sentinel.Simulation.Tests;

/// <summary>What a node says to those who connect.</summary>
public class NodeServerTests
{
    private static readonly SentinelId s_id = SentinelId.Draw(new Random(1));

    [Fact]
    public void INFO_shows_a_master_with_its_replicas()
    {
        NodeCluster cluster = NodeCluster.Of(3);
        InfoReport info = cluster.Caller(cluster.Master).Info();
        Assert.True(info.IsMaster);
        Assert.Equal(cluster.Nodes.Skip(1).Select(node => node.Address).Order(new ByText()), info.Replicas.Order(new ByText()));
        Assert.Equal(cluster.Master.RunId, info.RunId);
        Assert.False(info.HasKeys);
    }

    [Fact]
    public void INFO_shows_a_replica_with_its_master()
    {
        var cluster = new NodeCluster(new NodeSettings(), new NodeSettings { Priority = 7, IsAnnounced = false });
        cluster.Write(cluster.Master, 1);
        InfoReport info = cluster.Caller(cluster.Nodes[1]).Info();
        Assert.Equal((false, cluster.Master.Address.Host, 6379, true), (info.IsMaster, info.MasterHost, info.MasterPort, info.IsMasterLinkUp));
        Assert.Equal((7, (ulong)cluster.Master.Offset, true, false), (info.Priority, info.Offset, info.HasKeys, info.IsAnnounced));
        Assert.Empty(cluster.Caller(cluster.Master).Info().Replicas);
    }

    [Fact]
    public void A_replica_takes_no_writes()
    {
        NodeCluster cluster = NodeCluster.Of(2);
        NodeCaller caller = cluster.Caller(cluster.Nodes[1]);
        Assert.StartsWith("READONLY", caller.Error(new WriteOrder(1)));
        Assert.Equal(RoleAnswer.Replica, caller.Ask(RoleQuery.Instance));
    }

    [Fact]
    public void A_master_without_enough_replicas_takes_no_writes()
    {
        NodeCluster cluster = NodeCluster.Of(2, new NodeSettings { MinReplicasToWrite = 1, MinReplicasMaxLag = TimeSpan.FromSeconds(3) });
        NodeCaller caller = cluster.Caller(cluster.Master);
        Assert.Null(caller.Error(new WriteOrder(1)));
        cluster.Nodes[1].Freeze();
        cluster.Run(seconds: 1.9);
        Assert.Null(caller.Error(new WriteOrder(2)));
        cluster.Run(seconds: 1.2);
        Assert.StartsWith("NOREPLICAS", caller.Error(new WriteOrder(3)));
        cluster.Nodes[1].Thaw();
        cluster.Run(seconds: 1.1);
        Assert.Null(caller.Error(new WriteOrder(4)));
    }

    [Fact]
    public void An_order_of_role_closes_all_clients_but_the_one_who_gave_it_and_the_replicas()
    {
        NodeCluster cluster = NodeCluster.Of(3);
        RedisNode replica = cluster.Nodes[1];
        cluster.Order(cluster.Nodes[2], replica);
        cluster.RunUntil(() => cluster.Nodes[2].Link.IsUp);
        NodeCaller sentinel = cluster.Caller(replica), other = cluster.Caller(replica), subscriber = cluster.Caller(replica);
        subscriber.Say(Subscribe.Instance);
        cluster.Run(seconds: 0.01);
        IReadOnlyList<Reply> replies = sentinel.Order(cluster.Master.Address);
        Assert.Equal(7, replies.Count);
        Assert.Equal([new Reply.Text("OK"), .. Enumerable.Repeat(new Reply.Text("QUEUED"), 4)], replies.Take(5));
        Assert.Equal([new Reply.Text("OK"), new Reply.Text("OK"), new Reply.Integer(1), new Reply.Integer(1)], ((Reply.List)replies[5]).Items.AsEnumerable());
        Assert.Contains("role:slave", ((Reply.Text)replies[6]).Value, StringComparison.Ordinal);
        cluster.Run(seconds: 0.01);
        Assert.Equal((true, false, false), (sentinel.IsConnected, other.IsConnected, subscriber.IsConnected));
        Assert.Single(replica.Followers.All);
    }

    [Fact]
    public void A_hello_comes_to_all_subscribers_of_the_node_and_of_its_replicas()
    {
        NodeCluster cluster = NodeCluster.Of(3);
        List<NodeCaller> subscribers = [.. cluster.Nodes.Select(node => cluster.Caller(node))];
        foreach (NodeCaller subscriber in subscribers)
            subscriber.Say(Subscribe.Instance);
        Request.PublishHello hello = Hello(cluster);
        NodeCaller publisher = cluster.Caller(cluster.Master);
        Assert.Equal(new Reply.Integer(1), publisher.Ask(hello));
        cluster.Run(seconds: 0.01);
        Assert.All(subscribers, subscriber => Assert.Equal([hello.Hello.ToString()], subscriber.Hellos));
        cluster.Caller(cluster.Nodes[1]).Say(hello);
        cluster.Run(seconds: 0.01);
        Assert.Equal([1, 2, 1], subscribers.Select(subscriber => subscriber.Hellos.Count()));
    }

    [Fact]
    public void A_hello_that_a_replica_missed_comes_with_what_it_catches_up()
    {
        NodeCluster cluster = NodeCluster.Of(2);
        RedisNode replica = cluster.Nodes[1];
        NodeCaller subscriber = cluster.Caller(replica);
        subscriber.Say(Subscribe.Instance);
        replica.FallIll(Illness.Stuck);
        cluster.RunUntil(() => !replica.Link.IsUp);
        cluster.Caller(cluster.Master).Ask(Hello(cluster));
        Assert.Empty(subscriber.Hellos);
        replica.Recover(Illness.Stuck);
        cluster.Run(seconds: 2);
        Assert.Single(subscriber.Hellos);
    }

    [Fact]
    public void A_pause_holds_back_writes_and_all_that_follows_a_PUBLISH()
    {
        NodeCluster cluster = NodeCluster.Of(1);
        cluster.Master.PauseWrites(TimeSpan.FromSeconds(2));
        NodeCaller writer = cluster.Caller(cluster.Master), publisher = cluster.Caller(cluster.Master), pinger = cluster.Caller(cluster.Master);
        writer.Say(new WriteOrder(1));
        publisher.Say(Hello(cluster));
        publisher.Say(Request.Ping.Instance);
        pinger.Say(Request.Ping.Instance);
        cluster.Run(seconds: 1.9);
        Assert.Equal((0, 0, 1), (writer.Heard.Count, publisher.Heard.Count, pinger.Heard.Count));
        cluster.Run(seconds: 0.2);
        Assert.Equal((1, 2), (writer.Heard.Count, publisher.Heard.Count));
        Assert.IsType<WriteAccepted>(writer.Heard[0]);
    }

    [Fact]
    public void One_that_knows_only_SLAVEOF_refuses_REPLICAOF()
    {
        NodeCluster cluster = NodeCluster.Of(2, new NodeSettings { KnowsOnlySlaveOf = true });
        NodeCaller caller = cluster.Caller(cluster.Nodes[1]);
        Assert.StartsWith("ERR unknown command 'REPLICAOF'", caller.Error(Request.ProbeReplicaOf.Instance));
        Assert.StartsWith("EXECABORT", ((Reply.Error)caller.Order(master: null)[5]).Message);
        Assert.False(cluster.Nodes[1].IsMaster);
        Assert.IsType<Reply.List>(caller.Order(master: null, "SLAVEOF")[5]);
        Assert.True(cluster.Nodes[1].IsMaster);
    }

    [Fact]
    public void Others_say_that_the_port_of_the_probe_is_none()
    {
        NodeCluster cluster = NodeCluster.Of(1);
        Assert.Equal("ERR Invalid master port", cluster.Caller(cluster.Master).Error(Request.ProbeReplicaOf.Instance));
    }

    [Fact]
    public void Illnesses_show()
    {
        NodeCluster cluster = NodeCluster.Of(2);
        RedisNode node = cluster.Master;
        NodeCaller caller = cluster.Caller(node);
        node.FallIll(Illness.CannotSave);
        Assert.StartsWith("MISCONF", caller.Error(Request.Ping.Instance));
        Assert.StartsWith("MISCONF", caller.Error(new WriteOrder(1)));
        node.Recover(Illness.CannotSave);
        node.FallIll(Illness.HidesInfo);
        Assert.StartsWith("NOPERM", caller.Error(Request.Info.Instance));
        node.FallIll(Illness.Busy);
        Assert.StartsWith("BUSY", caller.Error(Request.Ping.Instance));
        Assert.Null(caller.Error(new Request.KillScript()));
        Assert.Null(caller.Error(Request.Ping.Instance));
        Assert.StartsWith("NOTBUSY", caller.Error(new Request.KillScript()));
    }

    [Fact]
    public void Orders_of_role_can_be_refused_and_ignored()
    {
        NodeCluster cluster = NodeCluster.Of(2);
        RedisNode node = cluster.Nodes[1];
        NodeCaller caller = cluster.Caller(node);
        node.FallIll(Illness.RefusesOrders);
        Assert.StartsWith("NOPERM", caller.Error(Request.ProbeReplicaOf.Instance));
        Assert.IsType<Reply.Error>(caller.Order(master: null)[5]);
        node.Recover(Illness.RefusesOrders);
        node.FallIll(Illness.IgnoresOrders);
        Assert.Equal(new Reply.Text("OK"), ((Reply.List)caller.Order(master: null)[5]).Items[0]);
        Assert.False(node.IsMaster);
    }

    private static Request.PublishHello Hello(NodeCluster cluster) =>
        new(new HelloMessage(new Address("10.0.0.1", 26379), s_id, Epoch.Zero, "mymaster", cluster.Master.Address, Epoch.Zero));

    private sealed class ByText : IComparer<Address>
    {
        public int Compare(Address x, Address y) => string.CompareOrdinal(x.ToString(), y.ToString());
    }
}
