using Sentinel.Core.Tests.Cluster;

namespace Sentinel.Core.Tests;

/// <summary>Forged Sentinels: a bounded number, for a bounded time, in few log lines, and never in the place of a real one.</summary>
public class HostilePeerTests
{
    [Fact]
    public void Ten_thousand_forged_Sentinels_do_not_displace_the_real_ones_nor_keep_another_real_one_out_for_long()
    {
        World world = World.Settled(sentinels: 3);
        FakeSentinel sentinel = world.Sentinels[0];
        string[] real = [.. world.Sentinels.Skip(1).Select(peer => peer.Id.Text)];
        // It knows nobody, and the forger is first.
        sentinel.Ask(id => new ResetRequested(id, [World.Master]));
        for (int i = 0; i < 10_000; i++)
            sentinel.Input(Forged(i));
        Assert.InRange(sentinel.View.Peers.Length, 1, 256);
        Assert.InRange(sentinel.Events.Count(e => e.Name == "+sentinel" && e.Payload.Contains("10.0.3.1", StringComparison.Ordinal)), 1, 256);
        world.RunUntil(() => real.All(id => sentinel.View.Peers.Any(peer => peer.Name == id)), "the real ones are known", atMostSeconds: 30);
        for (int i = 10_000; i < 20_000; i++)
        {
            sentinel.Input(Forged(i));
            if (i % 100 == 0)
                world.Run(seconds: 0.5);
        }
        Assert.All(real, id => Assert.Contains(sentinel.View.Peers, peer => peer.Name == id));
        Assert.InRange(sentinel.View.Peers.Length, 2, 256);
        Assert.InRange(sentinel.Log.Count(line => line.Contains("is not followed", StringComparison.Ordinal)), 1, 20);
    }

    [Fact]
    public void Nobody_can_fill_the_events_with_a_Sentinel_that_moves_at_every_hello()
    {
        World world = World.Settled();
        FakeSentinel sentinel = world.Sentinels[0];
        int before = sentinel.Events.Count;
        TellOfMoves();
        Assert.Equal(before, sentinel.Events.Count);    // it answers where it is
        world.Sentinels[1].Kill();
        world.Run(seconds: 0.1);
        before = sentinel.Events.Count;
        TellOfMoves();
        Assert.InRange(sentinel.Events.Count - before, 1, 600);
        world.Sentinels[1].Restart();
        world.RunUntil(() => sentinel.View.Peers.Any(peer => peer.Address == world.Sentinels[1].Address), "the real one is back in its place", atMostSeconds: 20);

        void TellOfMoves()
        {
            for (int i = 0; i < 10_000; i++)
                sentinel.Input(new HelloReceived($"10.0.3.1,{1000 + i},{world.Sentinels[1].Id},0,mymaster,10.0.0.1,7000,0"));
        }
    }

    [Fact]
    public void A_peer_that_votes_anew_in_every_answer_does_not_fill_the_log()
    {
        (SentinelCore core, Instant now) = Alone();
        (LinkId link, int attempt) = Befriend(core, now);
        int lines = 0;
        for (int i = 0; i < 10_000; i++)
        {
            var question = new Request.AskIfDown("m", new Address("10.0.0.1", 1), Epoch.Zero, Candidate: null);
            var answer = new Reply.List([new Reply.Integer(0), new Reply.Text($"{1:x40}"), new Reply.Integer(i)]);
            lines += core.Step(new Answered(link, attempt, question, answer), now += TimeSpan.FromMilliseconds(1)).OfType<WriteLog>().Count(line => line.Text.Contains("voted for", StringComparison.Ordinal));
        }
        Assert.InRange(lines, 1, 101);
    }

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue)]
    [InlineData(1L << 40)]
    public void A_vote_in_an_epoch_out_of_nowhere_is_no_vote(long epoch)
    {
        (SentinelCore core, Instant now) = Alone();
        (LinkId link, int attempt) = Befriend(core, now);
        var question = new Request.AskIfDown("m", new Address("10.0.0.1", 1), Epoch.Zero, Candidate: null);
        core.Step(new Answered(link, attempt, question, new Reply.List([new Reply.Integer(1), new Reply.Text($"{1:x40}"), new Reply.Integer(epoch)])), now);
        Assert.Equal(Epoch.Zero, Assert.Single(core.View.Masters["m"].Peers).VotedEpoch);
        Assert.Equal(Epoch.Zero, core.View.CurrentEpoch);
    }

    /// <remarks>On a path that flaps an answer may come seconds late; the peer may hear the master again since.</remarks>
    [Fact]
    public void A_peer_vouches_for_what_it_was_asked_just_now_and_not_for_an_answer_that_was_long_on_its_way()
    {
        (SentinelCore core, Instant now) = Alone();
        (LinkId link, int attempt) = Befriend(core, now);
        var down = new Reply.List([new Reply.Integer(1), new Reply.Text("*"), new Reply.Integer(0)]);
        core.Step(new Answered(link, attempt, Request.Ping.Instance, new Reply.Text("PONG")), now);
        Request.AskIfDown first = RunUntilAsked();    // the master never answers, the peer answers PINGs
        Run(TimeSpan.FromSeconds(6));
        Request.AskIfDown again = core.Step(new Answered(link, attempt, first, down), now).OfType<Send>().Select(send => send.Request).OfType<Request.AskIfDown>().Single();
        Assert.False(core.View.Masters["m"].IsObjectivelyDown);
        core.Step(new Answered(link, attempt, again, down), now);
        Assert.True(core.View.Masters["m"].IsObjectivelyDown);

        Request.AskIfDown RunUntilAsked()
        {
            for (int i = 0; i < 1000; i++)
            {
                if (Run(TimeSpan.FromMilliseconds(50)).OfType<Request.AskIfDown>().FirstOrDefault() is { } asked)
                    return asked;
            }
            throw new TimeoutException("the peer is not asked");
        }

        List<Request> Run(TimeSpan time)
        {
            List<Request> sent = [];
            for (Instant end = now + time; now < end;)
            {
                now += TimeSpan.FromMilliseconds(10);
                Request[] asked = [.. core.Step(Tick.Instance, now).OfType<Send>().Where(send => send.Link == link).Select(send => send.Request)];
                sent.AddRange(asked);
                foreach (Request ping in asked.Where(request => request is Request.Ping))
                    core.Step(new Answered(link, attempt, ping, new Reply.Text("PONG")), now);
            }
            return sent;
        }
    }

    [Fact]
    public void A_line_of_the_log_is_short_however_long_what_it_quotes()
    {
        World world = World.Settled();
        foreach (FakeNode node in world.Nodes)
            node.Refused["CONFIG"] = "ERR " + new string('x', 60_000);
        world.MasterNode.Kill();
        world.RunUntil(() => world.Count("-promotion-failed") > 0, "-promotion-failed");
        Assert.All(world.Sentinels.SelectMany(sentinel => sentinel.Log), line => Assert.InRange(line.Length, 0, 1100));
    }

    private static HelloReceived Forged(int i) =>
        new($"10.0.3.1,{1000 + (i % 60_000)},{SentinelId.Draw(new Random(1000 + i))},0,mymaster,10.0.0.1,7000,0");

    private static (SentinelCore Core, Instant Now) Alone()
    {
        Instant now = Instant.At(TimeSpan.FromHours(1));
        var options = new MasterOptions { Name = "m", Quorum = 2 };
        var state = new SentinelState(SentinelId.Draw(new Random(1)), Epoch.Zero, [new MasterState { Options = options, Address = new Address("10.0.0.1", 1) }]);
        var core = new SentinelCore(state, new SentinelOptions(), new Random(1), now);
        core.Step(new Started(), now);
        return (core, now);
    }

    /// <summary>Lets the core know one peer, and be connected to it.</summary>
    private static (LinkId Link, int Attempt) Befriend(SentinelCore core, Instant now)
    {
        Connect order = core.Step(new HelloReceived($"10.0.9.9,9,{7:x40},0,m,10.0.0.1,1,0"), now).OfType<Connect>().Single(connect => connect.Address == new Address("10.0.9.9", 9));
        core.Step(new LinkConnected(order.Link, order.Attempt, order.Channel, "10.0.0.2"), now);
        return (order.Link, order.Attempt);
    }
}
