using Sentinel.Core.Tests.Cluster;

namespace Sentinel.Core.Tests;

/// <summary>SENTINEL EXPLAIN says what is decided, in the words of who decides it.</summary>
public class ExplanationTests
{
    [Fact]
    public void A_healthy_group_is_explained_with_who_would_be_promoted_and_what_would_be_lost()
    {
        World world = OfOneHistory();
        (world.MasterNode.Offset, world.Nodes[1].Offset) = (5000, 4200);
        world.Nodes[2].Priority = 0;
        world.Run(seconds: 11);
        Dictionary<string, string> told = Explain(world.Sentinels[0]);
        Assert.Equal(
            [
                "name", "ip", "port", "verdict", "failover-possible", "waiting-for", "would-promote", "expected-loss-bytes", "master-offset", "master-offset-age-ms",
                "would-promote-offset", "would-promote-offset-age-ms", "master", "agreement", "votes", "leader", "replica 10.0.0.1:7001", "replica 10.0.0.1:7002",
                .. world.Sentinels[0].View.Peers.Select(peer => $"sentinel {peer.Name}"),
            ],
            told.Keys);
        Assert.Equal(("mymaster", "10.0.0.1", "7000"), (told["name"], told["ip"], told["port"]));
        Assert.Equal("the master is up; if it died now, it would be replaced by 10.0.0.1:7001, and at least 800 bytes would be lost", told["verdict"]);
        Assert.Equal(("yes", "nothing", "10.0.0.1:7001", "800"), (told["failover-possible"], told["waiting-for"], told["would-promote"], told["expected-loss-bytes"]));
        Assert.Equal(("5000", "4200"), (told["master-offset"], told["would-promote-offset"]));
        Assert.InRange(int.Parse(told["master-offset-age-ms"], null), 0, 10_000);
        Assert.Equal("would be promoted (priority 100, offset 4200)", told["replica 10.0.0.1:7001"]);
        Assert.Equal("cannot be promoted: its priority is 0", told["replica 10.0.0.1:7002"]);
        Assert.Equal(("up", "nobody"), (told["master"], told["leader"]));
        Assert.Equal("0 Sentinels of 3 hold it down; the quorum is 2", told["agreement"]);
        Assert.Equal("3 of 3 Sentinels can be reached; 2 votes elect a leader", told["votes"]);
        Assert.EndsWith(": can be reached, and was not asked about the master", told[$"sentinel {world.Sentinels[1].Id}"], StringComparison.Ordinal);
    }

    [Fact]
    public void Who_would_be_promoted_is_promoted()
    {
        World world = OfOneHistory();
        (world.Nodes[1].Offset, world.Nodes[2].Offset) = (900, 950);
        world.Run(seconds: 11);
        string[] named = [.. world.Sentinels.Select(sentinel => Explain(sentinel)["would-promote"])];
        world.MasterNode.Kill();
        world.RunUntil(() => world.Count("+switch-master") == 3, "all switch");
        Assert.All(named, name => Assert.Equal(world.Sentinels[0].View.Address.ToString(), name));
    }

    [Fact]
    public void A_master_that_answers_but_refuses_us_is_told_from_a_silent_one()
    {
        World world = World.Settled(replicas: 0);
        world.MasterNode.Refused["PING"] = "NOAUTH Authentication required.";
        world.RunUntil(() => world.Sentinels[0].View.IsSubjectivelyDown, "+sdown");
        Assert.EndsWith(" ms, and said last: NOAUTH Authentication required.", Explain(world.Sentinels[0])["master"], StringComparison.Ordinal);
        world.MasterNode.Kill();
        world.MasterNode.Refused.Clear();
        world.MasterNode.Restart();
        world.RunUntil(() => !world.Sentinels[0].View.IsSubjectivelyDown, "-sdown");
        world.MasterNode.Kill();
        world.RunUntil(() => world.Sentinels[0].View.IsSubjectivelyDown, "+sdown");
        Assert.DoesNotContain("NOAUTH", Explain(world.Sentinels[0])["master"], StringComparison.Ordinal);
    }

    [Fact]
    public void To_ask_changes_nothing()
    {
        string[] silent = Story(asks: false), asked = Story(asks: true);
        Assert.Equal(silent, asked);

        static string[] Story(bool asks)
        {
            World world = World.Settled();
            world.MasterNode.Kill();
            for (int i = 0; i < 200; i++)
            {
                world.Run(seconds: 0.01);
                if (asks)
                    Assert.All(world.Sentinels, sentinel => Assert.NotEmpty(Explain(sentinel)));
            }
            world.Run(seconds: 60);
            return [.. world.Transcript];
        }
    }

    [Fact]
    public void A_failover_under_way_is_explained_by_the_leader_and_by_those_that_voted_for_it()
    {
        World world = World.Settled();
        foreach (FakeNode node in world.Nodes.Skip(1))
            node.IgnoresOrders = true;
        world.MasterNode.Kill();
        world.RunUntil(() => world.Count("+failover-state-wait-promotion") == 1, "a promotion");
        FakeSentinel leader = world.Sentinels.Single(s => s.View.Failover is not FailoverStep.None), voter = world.Sentinels.First(s => s != leader);
        world.Run(seconds: 0.3);
        Dictionary<string, string> told = Explain(leader);
        Assert.Equal(
            ($"this Sentinel is failing it over, in epoch 1; it waits for {told["would-promote"]}, which is to say that it is the master", "this Sentinel, in epoch 1: wait_promotion", "yes"),
            (told["verdict"], told["leader"], told["failover-possible"]));
        Assert.Matches("^held down by this Sentinel for [0-9]+ ms: it has not answered for [0-9]+ ms$", told["master"]);
        told = Explain(voter);
        Assert.Equal($"Sentinel {leader.Id}, which leads in epoch 1 and is in wait_promotion", told["leader"]);
        Assert.Equal($"the master is down, and not replaced yet: {told["leader"]}", told["verdict"]);
        Assert.Equal("3 Sentinels of 3 hold it down; the quorum is 2", told["agreement"]);
        Assert.EndsWith(": holds the master down", told[$"sentinel {leader.Id}"], StringComparison.Ordinal);
    }

    [Fact]
    public void A_master_that_too_few_hold_down_waits_for_more()
    {
        World world = World.Settled(sentinels: 3, quorum: 3);
        world.Sentinels[0].Unreachable.Add(world.MasterNode.Address);
        world.RunUntil(() => world.Sentinels[0].View.IsSubjectivelyDown, "it is held down by one");
        world.Run(seconds: 1);
        Dictionary<string, string> told = Explain(world.Sentinels[0]);
        Assert.Equal("2 more Sentinels to hold it down", told["waiting-for"]);
        Assert.StartsWith("this Sentinel holds the master down, and a failover needs 2 more Sentinels to hold it down; then it would be replaced by ", told["verdict"], StringComparison.Ordinal);
        Assert.EndsWith(": does not hold the master down", told[$"sentinel {world.Sentinels[1].Id}"], StringComparison.Ordinal);
    }

    [Fact]
    public void A_switch_that_is_learnt_from_one_that_did_not_lead_it_is_told_with_the_one_it_was_learnt_from()
    {
        World world = World.Settled();
        Address to = world.Nodes[1].Address;
        world.Sentinels[0].Input(new HelloReceived($"10.0.1.1,26002,{world.Sentinels[2].Id},9,mymaster,{to.Host},{to.Port},9"));
        Assert.EndsWith($": learnt from Sentinel {world.Sentinels[2].Id} at 10.0.1.1:26002; who led it knows what it cost", Explain(world.Sentinels[0])["failover 1"], StringComparison.Ordinal);
    }

    [Fact]
    public void A_switch_of_ours_that_a_reset_made_true_claims_no_report_of_others()
    {
        World world = World.Settled();
        world.SaveTime = TimeSpan.FromSeconds(1.5);
        FakeSentinel leader = world.Sentinels[0];
        Assert.IsType<Answer.Ok>(leader.Ask(id => new FailoverRequested(id, World.Master)));
        world.RunUntil(() => leader.Events.Exists(e => e.Name == "+promoted-slave"), "the promotion");
        leader.Input(new ResetRequested(new RequestId(999), [World.Master]));
        world.RunUntil(() => leader.Events.Exists(e => e.Name == "+reset-master"), "the reset, when the disk has the switch");
        Assert.EndsWith(": what it cost is not known here", Explain(leader)["failover 1"], StringComparison.Ordinal);
    }

    [Fact]
    public void A_sentinel_that_is_alone_is_told_in_the_singular_and_what_its_quorum_lacks_is_what_it_waits_for()
    {
        World world = World.Settled(sentinels: 1, quorum: 2);
        Dictionary<string, string> told = Explain(world.Sentinels[0]);
        const string Lacking = "only 1 Sentinel is known, and 2 votes are needed";
        Assert.Equal(("no", Lacking), (told["failover-possible"], told["waiting-for"]));
        Assert.Equal("0 Sentinels of 1 hold it down; the quorum is 2", told["agreement"]);
        world.MasterNode.Kill();
        world.RunUntil(() => world.Sentinels[0].View.IsSubjectivelyDown, "+sdown");
        told = Explain(world.Sentinels[0]);
        Assert.Equal("1 Sentinel of 1 holds it down; the quorum is 2", told["agreement"]);
        Assert.Equal($"this Sentinel holds the master down, and a failover needs 1 more Sentinel to hold it down; then it would not be replaced: {Lacking}", told["verdict"]);
    }

    [Fact]
    public void A_healthy_master_whose_quorum_is_beyond_all_sentinels_waits_for_more_votes()
    {
        World world = World.Settled(sentinels: 3, quorum: 99);
        Assert.Equal(("no", "only 3 Sentinels are known, and 99 votes are needed"), (Explain(world.Sentinels[0])["failover-possible"], Explain(world.Sentinels[0])["waiting-for"]));
        world.Run(seconds: 60);
        Assert.Contains("warning 1", Explain(world.Sentinels[0]));
        Assert.EndsWith(": no failover could be agreed on: 3 Sentinels are known, and 99 are needed", Explain(world.Sentinels[0])["warning 1"], StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_log_says_of_a_failover_that_is_not_tried_is_what_is_explained()
    {
        World world = World.Settled(sentinels: 5, quorum: 2);
        foreach (FakeSentinel other in world.Sentinels.Skip(2))
            other.Kill();
        world.Run(seconds: 5);
        Dictionary<string, string> before = Explain(world.Sentinels[0]);
        Assert.Equal("no", before["failover-possible"]);
        Assert.Equal("the master is up; if it died now, it would not be replaced: only 2 of 5 Sentinels can be reached, and 3 votes are needed", before["verdict"]);
        world.MasterNode.Kill();
        world.RunUntil(() => world.Sentinels.Take(2).All(s => s.Log.Exists(line => line.StartsWith("No failover of mymaster is tried: ", StringComparison.Ordinal))), "both decline");
        world.Run(seconds: 5);
        foreach (FakeSentinel sentinel in world.Sentinels.Take(2))
        {
            string reason = sentinel.Log.FindLast(line => line.StartsWith("No failover of mymaster is tried: ", StringComparison.Ordinal))!["No failover of mymaster is tried: ".Length..];
            Dictionary<string, string> told = Explain(sentinel);
            Assert.Equal((reason, "no"), (told["waiting-for"], told["failover-possible"]));
            Assert.Equal($"the master is down, and not replaced yet: {reason}", told["verdict"]);
        }
        Assert.EndsWith(": cannot be reached", Explain(world.Sentinels[0])[$"sentinel {world.Sentinels[4].Id}"], StringComparison.Ordinal);
    }

    [Fact]
    public void A_pause_is_what_a_failover_waits_for_and_resuming_ends_it()
    {
        World world = World.Settled();
        foreach (FakeSentinel sentinel in world.Sentinels)
            sentinel.Ask(id => new PauseRequested(id, World.Master, "a new switch"));
        world.Run(seconds: 1);
        const string Paused = "an operator has paused it on this Sentinel (a new switch); 'SENTINEL RESUME mymaster' ends that";
        Assert.Equal($"the master is up; if it died now, it would not be replaced: {Paused}", Explain(world.Sentinels[0])["verdict"]);
        Assert.Equal(("no", Paused), (Explain(world.Sentinels[0])["failover-possible"], Explain(world.Sentinels[0])["waiting-for"]));
        world.MasterNode.Kill();
        world.Run(seconds: 5);
        Assert.All(world.Sentinels, sentinel => Assert.Equal((Paused, "no"), (Explain(sentinel)["waiting-for"], Explain(sentinel)["failover-possible"])));
        foreach (FakeSentinel sentinel in world.Sentinels)
            sentinel.Ask(id => new PauseRequested(id, World.Master, Reason: null));
        world.RunUntil(() => world.Count("+switch-master") == 3, "all switch");
    }

    [Fact]
    public void A_replica_that_hears_the_master_is_what_a_failover_waits_for_where_it_has_to_be_corroborated()
    {
        World world = World.Settled();
        foreach (FakeSentinel sentinel in world.Sentinels)
        {
            sentinel.Ask(id => new SetRequested(id, World.Master, [new MasterChange("corroborate", "yes", options => options with { Corroborate = true })]));
            sentinel.Unreachable.Add(world.MasterNode.Address);
        }
        world.RunUntil(() => world.Count("+odown") == 3, "+odown");
        world.Run(seconds: 3);
        Assert.All(world.Sentinels, sentinel => Assert.Matches("^the master is silent, but its replica 10.0.0.1:700[12] hears it$", Explain(sentinel)["waiting-for"]));
    }

    [Fact]
    public void Without_a_good_replica_each_is_named_with_what_is_wrong_with_it()
    {
        World world = World.Settled();
        world.Nodes[1].Kill();
        world.Nodes[2].Priority = 0;
        world.Run(seconds: 11);
        Dictionary<string, string> told = Explain(world.Sentinels[0]);
        const string Why = "10.0.0.1:7001: it is down; 10.0.0.1:7002: its priority is 0";
        Assert.Equal($"the master is up; if it died now, it would not be replaced: no replica can be promoted: {Why}", told["verdict"]);
        Assert.Equal(("no", "nobody", "unknown"), (told["failover-possible"], told["would-promote"], told["expected-loss-bytes"]));
        world.MasterNode.Kill();
        world.RunUntil(() => world.Count("-failover-abort-no-good-slave") > 0, "-failover-abort-no-good-slave");
        FakeSentinel leader = world.Sentinels.First(s => s.Events.Exists(e => e.Name == "-failover-abort-no-good-slave"));
        Assert.Equal(Why, leader.Events.First(e => e.Name == "-failover-abort-no-good-slave").Reason);
        Assert.Equal($"a replica that can be promoted; {Why}", Explain(leader)["waiting-for"]);
    }

    [Fact]
    public void In_TILT_nothing_is_said_of_others()
    {
        World world = World.Settled();
        world.Sentinels[0].Freeze();
        world.Run(seconds: 20);
        foreach (FakeNode node in world.Nodes)
            node.Freeze();
        world.Sentinels[0].Thaw();
        world.RunUntil(() => world.Sentinels[0].Whole.TiltSince is not null, "TILT");
        Dictionary<string, string> told = Explain(world.Sentinels[0]);
        Assert.Equal("no", told["failover-possible"]);
        Assert.StartsWith("nothing is decided here: this Sentinel did not run for some time", told["verdict"], StringComparison.Ordinal);
    }

    [Fact]
    public void A_master_that_restarted_empty_is_named_as_that()
    {
        World world = OfOneHistory();
        foreach (FakeNode node in world.Nodes)
            node.Keys = 10;
        world.Run(seconds: 11);
        world.MasterNode.Kill();
        foreach (FakeNode node in world.Nodes.Skip(1))
            node.IgnoresOrders = true;
        (world.MasterNode.History, world.MasterNode.Keys, world.MasterNode.HasLoadedNothing) = ("e", 0, true);
        world.MasterNode.Restart();
        world.RunUntil(() => world.Count("+master-lost-data") > 0, "+master-lost-data");
        world.Run(seconds: 0.1);
        FakeSentinel sentinel = world.Sentinels.First(s => s.Events.Exists(e => e.Name == "+master-lost-data"));
        Assert.Matches("^held down by this Sentinel for [0-9]+ ms: it restarted without its data: ", Explain(sentinel)["master"]);
    }

    [Fact]
    public void The_last_switches_are_told_with_what_they_cost_and_only_the_last_ones()
    {
        World world = OfOneHistory();
        (world.MasterNode.Offset, world.Nodes[1].Offset) = (5000, 4200);
        world.Run(seconds: 11);
        world.MasterNode.Kill();
        world.RunUntil(() => world.Count("+switch-master") == 3, "all switch");
        world.Run(seconds: 7);
        FakeSentinel leader = world.Sentinels.Single(s => s.Events.Exists(e => e.Name == "+failover-report"));
        Assert.StartsWith("7 s ago, in epoch 1, from 10.0.0.1:7000 to 10.0.0.1:7001: at least 800 bytes of the former master are lost; there was no master for ", Explain(leader)["failover 1"], StringComparison.Ordinal);
        Assert.All(world.Sentinels.Where(s => s != leader), follower => Assert.Equal(
            $"7 s ago, in epoch 1, from 10.0.0.1:7000 to 10.0.0.1:7001: learnt from Sentinel {leader.Id} at {leader.Address}; who led it knows what it cost", Explain(follower)["failover 1"]));
        world.MasterNode.Restart(asReplicaOf: world.Nodes[1].Address);
        world.Run(seconds: 11);
        for (int i = 0; i < 18; i++)
        {
            int switches = world.Count("+switch-master"), ends = world.Count("+failover-end");
            Assert.IsType<Answer.Ok>(world.Sentinels[0].Ask(id => new FailoverRequested(id, World.Master)));
            world.RunUntil(() => world.Count("+switch-master") == switches + 3 && world.Count("+failover-end") == ends + 1, "a switch");
            world.Run(seconds: 3);
        }
        Dictionary<string, string> told = Explain(world.Sentinels[0]);
        Assert.Equal(16, told.Keys.Count(key => key.StartsWith("failover ", StringComparison.Ordinal)));
        Assert.StartsWith("3 s ago, in epoch 19, ", told["failover 1"], StringComparison.Ordinal);
    }

    [Fact]
    public void A_master_that_is_not_monitored_cannot_be_explained() =>
        Assert.Equal(new Answer.Refused("ERR No such master with that name"), World.Settled().Sentinels[0].Ask(id => new ExplanationRequested(id, "nosuch")));

    private static World OfOneHistory()
    {
        World world = World.With();
        foreach (FakeNode node in world.Nodes)
            (node.History, node.BeginsHistories) = ("h", true);
        world.Settle();
        return world;
    }

    private static Dictionary<string, string> Explain(FakeSentinel sentinel) =>
        new(Assert.IsType<Answer.Fields>(sentinel.Ask(id => new ExplanationRequested(id, World.Master))).Items);    // throws where a name comes twice
}
