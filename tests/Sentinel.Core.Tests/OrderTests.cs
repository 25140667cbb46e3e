using Sentinel.Core.Tests.Cluster;

namespace Sentinel.Core.Tests;

/// <summary>What an operator orders.</summary>
public class OrderTests
{
    [Fact]
    public void A_master_is_monitored_from_the_order_on_and_on_disk_before_the_answer()
    {
        World world = World.Settled(sentinels: 1, quorum: 1);
        FakeSentinel sentinel = world.Sentinels[0];
        var options = new MasterOptions { Name = "second", Quorum = 1 };
        Assert.IsType<Answer.Ok>(sentinel.Ask(id => new MonitorRequested(id, options, world.Nodes[1].Address)));
        Assert.Equal(2, sentinel.Disk.Masters.Length);
        Assert.Contains(sentinel.Events, e => e is { Name: "+monitor", Payload: "master second 10.0.0.1 7001 quorum 1" });
        Assert.Equal(new Answer.Refused("ERR Duplicate master name."), sentinel.Ask(id => new MonitorRequested(id, options, world.Nodes[1].Address)));
    }

    [Fact]
    public void A_removed_master_is_gone_from_view_disk_and_network()
    {
        World world = World.Settled(sentinels: 1, quorum: 1);
        FakeSentinel sentinel = world.Sentinels[0];
        Assert.IsType<Answer.Ok>(sentinel.Ask(id => new RemoveRequested(id, World.Master)));
        Assert.Empty(sentinel.Whole.Masters);
        Assert.Empty(sentinel.Disk.Masters);
        Assert.Equal(0, sentinel.OpenConnections);
        world.MasterNode.Kill();
        world.Run(seconds: 10);
        Assert.DoesNotContain(sentinel.Events, e => e.Name == "+sdown");
        Assert.Equal(new Answer.Refused("ERR No such master with that name"), sentinel.Ask(id => new RemoveRequested(id, World.Master)));
    }

    [Fact]
    public void A_reset_forgets_replicas_and_peers_for_good_and_finds_the_living_again()
    {
        World world = World.Settled();
        FakeSentinel sentinel = world.Sentinels[0];
        world.Nodes[2].Kill();
        world.Sentinels[2].Kill();
        Assert.Equal(new Answer.Count(1), sentinel.Ask(id => new ResetRequested(id, [World.Master])));
        Assert.Contains(sentinel.Events, e => e is { Name: "+reset-master", Payload: "master mymaster 10.0.0.1 7000" });
        world.RunUntil(() => sentinel.View.Replicas.Length == 1 && sentinel.View.Peers.Length == 1, "the living are found again");
        world.Run(seconds: 15);
        Assert.Single(sentinel.View.Replicas);
        Assert.Single(sentinel.Disk.Masters[0].Peers);
    }

    [Fact]
    public void A_reset_is_on_disk_before_the_answer()
    {
        World world = World.Settled();
        FakeSentinel sentinel = world.Sentinels[0];
        Assert.NotEmpty(sentinel.Disk.Masters[0].Peers);
        Assert.Equal(new Answer.Count(1), sentinel.Ask(id => new ResetRequested(id, [World.Master])));
        Assert.Empty(sentinel.Disk.Masters[0].Peers);
    }

    [Fact]
    public void A_reset_that_cannot_be_saved_is_answered_with_an_error_and_one_of_nothing_with_zero()
    {
        World world = World.Settled(sentinels: 1, quorum: 1);
        FakeSentinel sentinel = world.Sentinels[0];
        sentinel.DiskError = "Permission denied";
        Assert.Equal(new Answer.Refused("ERR Failed to save config file. Check server logs."), sentinel.Ask(id => new ResetRequested(id, [World.Master])));
        Assert.Equal(new Answer.Count(0), sentinel.Ask(id => new ResetRequested(id, [])));
    }

    [Fact]
    public void Options_change_in_order_each_with_its_event()
    {
        World world = World.Settled(sentinels: 1, quorum: 1);
        FakeSentinel sentinel = world.Sentinels[0];
        MasterChange faster = new("down-after-milliseconds", "300", options => options with { DownAfter = TimeSpan.FromMilliseconds(300) });
        MasterChange quorum = new("quorum", "4", options => options with { Quorum = 4 });
        Assert.IsType<Answer.Ok>(sentinel.Ask(id => new SetRequested(id, World.Master, [faster, quorum])));
        Assert.Equal(["master mymaster 10.0.0.1 7000 down-after-milliseconds 300", "master mymaster 10.0.0.1 7000 quorum 4"], sentinel.Events.Where(e => e.Name == "+set").Select(e => e.Payload));
        Assert.Equal(4, sentinel.Disk.Masters[0].Options.Quorum);
        world.MasterNode.Freeze();
        TimeSpan took = world.RunUntil(() => sentinel.View.IsSubjectivelyDown, "+sdown");
        Assert.True(took < TimeSpan.FromMilliseconds(400), $"{took}");
    }

    [Fact]
    public void A_new_password_makes_new_connections()
    {
        World world = World.Settled(sentinels: 1, quorum: 1);
        FakeSentinel sentinel = world.Sentinels[0];
        MasterChange password = new("auth-pass", "******", options => options with { AuthPass = "new" });
        Assert.IsType<Answer.Ok>(sentinel.Ask(id => new SetRequested(id, World.Master, [password])));
        world.Run(seconds: 1);
        Assert.All(sentinel.NodeConnections, order => Assert.Equal("new", order.Credentials?.Password));
        Assert.Equal(6, sentinel.NodeConnections.Count());
        Assert.False(sentinel.View.IsSubjectivelyDown);
    }

    [Fact]
    public void An_order_that_cannot_be_saved_is_answered_with_an_error()
    {
        World world = World.Settled(sentinels: 1, quorum: 1);
        world.Sentinels[0].DiskError = "Permission denied";
        Assert.Equal(new Answer.Refused("ERR Failed to save config file. Check server logs."), world.Sentinels[0].Ask(id => new FlushRequested(id)));
        world.Sentinels[0].DiskError = null;
        Assert.IsType<Answer.Ok>(world.Sentinels[0].Ask(id => new FlushRequested(id)));
    }

    [Fact]
    public void The_same_inputs_give_the_same_transcript()
    {
        string[] Run()
        {
            World world = World.Settled(sentinels: 5, quorum: 3);
            world.MasterNode.Kill();
            world.Run(seconds: 20);
            world.MasterNode.Restart();
            world.Run(seconds: 20);
            return [.. world.Transcript];
        }

        Assert.Equal(Run(), Run());
    }
}
