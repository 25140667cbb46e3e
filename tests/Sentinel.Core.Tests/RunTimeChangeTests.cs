using Sentinel.Core.Tests.Cluster;

namespace Sentinel.Core.Tests;

/// <summary>Options and timing that change while the Sentinel runs: by SENTINEL CONFIG SET and DEBUG.</summary>
public class RunTimeChangeTests
{
    [Fact]
    public void A_shorter_period_holds_at_once_for_timers_that_were_set_by_a_longer_one()
    {
        World world = World.Settled(sentinels: 1, quorum: 1);
        FakeSentinel sentinel = world.Sentinels[0];
        world.RunUntil(() => world.Now - sentinel.View.InfoAt > TimeSpan.FromSeconds(1), "the last INFO is older than a second");
        Instant infoAt = sentinel.View.InfoAt!.Value;
        Change(sentinel, timing => timing with { InfoPeriod = TimeSpan.FromSeconds(1) });
        TimeSpan took = world.RunUntil(() => sentinel.View.InfoAt > infoAt, "an INFO");
        Assert.True(took <= 2 * world.Latency, $"{took}");
    }

    [Fact]
    public void A_hello_that_was_put_off_by_the_old_period_is_put_off_by_the_new_one()
    {
        World world = World.Settled(sentinels: 2, quorum: 2);
        Instant before = Heard(world);
        world.RunUntil(() => Heard(world) > before, "a hello");
        foreach (FakeSentinel sentinel in world.Sentinels)
            Change(sentinel, timing => timing with { PublishPeriod = TimeSpan.FromMilliseconds(200) });
        before = Heard(world);
        TimeSpan took = world.RunUntil(() => Heard(world) > before, "the next hello");
        Assert.True(took <= TimeSpan.FromMilliseconds(201), $"{took}");
    }

    [Fact]
    public void A_PING_period_of_now_is_kept_from_now_on()
    {
        World world = World.Settled(sentinels: 1, quorum: 2, downAfterMs: 30_000);
        FakeSentinel sentinel = world.Sentinels[0];
        Change(sentinel, timing => timing with { PingPeriodMax = TimeSpan.FromMilliseconds(100) });
        Instant repliedAt = sentinel.View.Link.LastReplyAt;
        TimeSpan took = world.RunUntil(() => sentinel.View.Link.LastReplyAt > repliedAt, "a reply");
        Assert.True(took <= TimeSpan.FromMilliseconds(101), $"{took}");
    }

    [Fact]
    public void A_refused_change_of_timing_keeps_what_came_before_the_mistake()
    {
        World world = World.Settled(sentinels: 1, quorum: 2);
        Answer? answer = world.Sentinels[0].Ask(id => new TimingChangeRequested(id, timing => timing with { AskPeriod = TimeSpan.FromSeconds(9) }, "ERR no"));
        Assert.Equal(new Answer.Refused("ERR no"), answer);
        Assert.Equal(TimeSpan.FromSeconds(9), world.Sentinels[0].Whole.Options.Timing.AskPeriod);
    }

    [Fact]
    public void Other_credentials_for_peers_are_used_at_once_on_new_connections()
    {
        World world = World.Settled();
        FakeSentinel sentinel = world.Sentinels[0];
        Assert.All(sentinel.PeerConnections, connection => Assert.Null(connection.Credentials));
        Assert.IsType<Answer.Ok>(sentinel.Ask(id => new OptionsChangeRequested(id, options => options with { SentinelUser = "u", SentinelPass = "p" })));
        world.Run(seconds: 1);
        Assert.Equal(2, sentinel.PeerConnections.Count());
        Assert.All(sentinel.PeerConnections, connection => Assert.Equal(new Credentials("u", "p"), connection.Credentials));
        int[] attempts = [.. sentinel.PeerConnections.Select(connection => connection.Attempt)];
        Assert.IsType<Answer.Ok>(sentinel.Ask(id => new OptionsChangeRequested(id, options => options with { AnnouncePort = sentinel.Address.Port })));
        world.Run(seconds: 3);
        Assert.Equal(attempts, sentinel.PeerConnections.Select(connection => connection.Attempt));    // no other option breaks them
        Assert.Equal(0, world.Count("+sdown"));
    }

    [Fact]
    public void An_announced_address_is_in_the_next_hello()
    {
        World world = World.Settled();
        world.Sentinels[0].Ask(id => new OptionsChangeRequested(id, options => options with { AnnounceIp = "10.9.9.9", AnnouncePort = 99 }));
        world.RunUntil(() => world.Sentinels[1].View.Peers.Any(peer => peer.Address == new Address("10.9.9.9", 99)), "the peer has the new address", atMostSeconds: 3);
    }

    [Fact]
    public void Changed_options_are_asked_to_be_saved_and_a_refusing_disk_is_told()
    {
        World world = World.Settled(sentinels: 1, quorum: 2);
        world.Sentinels[0].DiskError = "No space left on device";
        Answer? answer = world.Sentinels[0].Ask(id => new OptionsChangeRequested(id, options => options with { AnnouncePort = 7 }));
        Assert.Equal(new Answer.Refused("ERR Failed to save config file. Check server logs."), answer);
        Assert.Equal(7, world.Sentinels[0].Whole.Options.AnnouncePort);
    }

    private static void Change(FakeSentinel sentinel, Func<Timing, Timing> change) =>
        Assert.IsType<Answer.Ok>(sentinel.Ask(id => new TimingChangeRequested(id, change, Error: null)));

    private static Instant Heard(World world) => world.Sentinels[0].View.Peers[0].LastHelloAt;
}
