using System.Collections.Immutable;
using Sentinel.Core.Tests.Cluster;

namespace Sentinel.Core.Tests;

/// <summary>What a failover will need is looked at while all is well.</summary>
public class PreflightTests
{
    private const string Denied = "NOPERM this user has no permissions to run the command";

    /// <summary>Longer than it takes until something that is wrong is told.</summary>
    private const double Enough = 40;

    [Fact]
    public void Where_all_is_well_nothing_is_found()
    {
        World world = World.Settled();
        world.Run(seconds: 300);
        Assert.Equal(0, world.Count("+preflight-warning"));
        Assert.All(world.Sentinels, sentinel => Assert.Empty(Found(world, sentinel: world.Sentinels.IndexOf(sentinel))));
    }

    [Theory]
    [InlineData("CONFIG REWRITE")]
    [InlineData("CLIENT KILL")]
    [InlineData("MULTI")]
    [InlineData("EXEC")]
    public void A_replica_that_denies_a_word_of_a_promotion_is_told_and_not_chosen_while_another_one_is_fit(string command)
    {
        World world = World.Settled();
        FakeNode better = world.Nodes[1], other = world.Nodes[2];
        (better.Priority, better.Refused[command]) = (1, Denied);
        Reconnect(world, better);
        world.Run(Enough);
        Finding finding = Assert.Single(Found(world));
        Assert.Equal((FindingKind.Rights, $"replica {better.Address}"), (finding.Kind, finding.About));
        Assert.Contains($"the user 'default' may not use {command}", finding.Text, StringComparison.Ordinal);
        Assert.Equal(3, world.Count("+preflight-warning"));

        world.MasterNode.Kill();
        world.RunUntil(() => world.Count("+switch-master") == 3, "switched");
        Assert.Null(other.Master);
        Assert.Equal(0, world.Count("-promotion-failed"));
    }

    [Fact]
    public void Who_knows_only_the_old_word_of_the_two_refuses_nothing()
    {
        World world = World.Settled();
        foreach (FakeNode node in world.Nodes)
            node.KnowsOnlySlaveOf = true;
        Reconnect(world, world.Nodes[1]);
        world.Run(Enough);
        Assert.Empty(Found(world));
    }

    [Fact]
    public void A_replica_that_takes_neither_word_is_told_and_tried_all_the_same_where_nobody_else_is_fit()
    {
        World world = World.Settled(replicas: 1);
        FakeNode replica = world.Nodes[1];
        (replica.Refused["REPLICAOF"], replica.Refused["SLAVEOF"]) = (Denied, "ERR unknown command 'SLAVEOF', with args beginning with: ");
        Reconnect(world, replica);
        world.Run(Enough);
        Assert.StartsWith("it does not know SLAVEOF and the user 'default' may not use REPLICAOF: ", Assert.Single(Found(world)).Text, StringComparison.Ordinal);

        world.MasterNode.Kill();
        replica.Refused.Clear();    // and nobody was told that it takes them by now
        world.RunUntil(() => world.Count("+switch-master") == 3, "switched");
        Assert.Null(replica.Master);
        world.MasterNode.Restart(asReplicaOf: replica.Address);
        world.Run(Enough);
        // The one that promoted it knows at once, the others when they ask again.
        Assert.Contains(world.Sentinels, sentinel => sentinel.View.Findings.IsEmpty);
    }

    [Fact]
    public void A_denial_is_asked_for_again_once_an_hour_and_not_sooner_and_is_over_then()
    {
        World world = World.Settled(sentinels: 1, quorum: 1);
        FakeNode replica = world.Nodes[1];
        replica.Refused["CONFIG REWRITE"] = Denied;
        Reconnect(world, replica);
        world.Run(Enough);
        Assert.Single(Found(world));
        int asked = replica.Asked.Count(name => name == nameof(Request.ProbeRewrite));
        replica.Refused.Clear();
        world.Run(seconds: 3400);
        Assert.Equal(asked, replica.Asked.Count(name => name == nameof(Request.ProbeRewrite)));
        Assert.Single(Found(world));
        world.Run(seconds: 300);
        Assert.Empty(Found(world));
        Assert.Equal(1, world.Count("-preflight-warning"));
    }

    [Fact]
    public void Settings_that_are_denied_are_not_asked_for_each_minute_and_are_no_finding()
    {
        World world = World.Settled(sentinels: 1, quorum: 1);
        foreach (FakeNode node in world.Nodes)
            node.Refused["CONFIG GET"] = Denied;
        Reconnect(world, world.Nodes[1]);
        int before = world.Nodes[1].Asked.Count(name => name == nameof(Request.AskSettings));
        world.Run(seconds: 600);
        Assert.Equal(before + 1, world.Nodes[1].Asked.Count(name => name == nameof(Request.AskSettings)));
        Assert.Empty(Found(world));
    }

    [Fact]
    public void A_node_without_a_configuration_file_is_told_until_it_has_one()
    {
        World world = World.Settled();
        world.Nodes[2].MoreInfo = "config_file:\r\n";
        AssertComesAndGoes(world, FindingKind.ConfigurationFile, world.Nodes[2], "without a configuration file", () => world.Nodes[2].MoreInfo = "config_file:/etc/redis.conf\r\n");
    }

    [Fact]
    public void A_replica_with_another_clock_than_the_master_is_told_until_they_agree()
    {
        World world = World.Settled();
        Instant start = world.Now;
        SetClocks(world, [0, 90, 2]);
        world.Run(10.5);
        SetClocks(world, [10.5, 100.5, 12.5]);
        world.Run(10);
        SetClocks(world, [20.5, 110.5, 22.5]);
        world.Run(10);
        SetClocks(world, [30.5, 120.5, 32.5]);
        world.Run(10);
        Finding finding = Assert.Single(Found(world), finding => finding.Kind == FindingKind.Clock);
        Assert.Equal($"replica {world.Nodes[1].Address}", finding.About);
        Assert.Contains("s ahead of that of the master: as the master it would let keys expire so much sooner", finding.Text, StringComparison.Ordinal);
        SetClocks(world, [40.5, 42.5, 42.5]);
        world.Run(20);
        Assert.DoesNotContain(Found(world), finding => finding.Kind == FindingKind.Clock);
    }

    [Fact]
    public void A_node_of_an_older_version_than_one_that_may_be_its_master_is_told_until_it_is_upgraded()
    {
        World world = World.Settled();
        string[] versions = ["redis_version:7.0.15\r\n", "redis_version:7.0.1\r\n", "redis_version:6.2.14\r\n"];
        for (int i = 0; i < 3; i++)
            world.Nodes[i].MoreInfo = versions[i];
        AssertComesAndGoes(world, FindingKind.Version, world.Nodes[2], "it is Redis 6.2.14, and 10.0.0.1:7000 is Redis 7.0.15", () => world.Nodes[2].MoreInfo = versions[0]);
    }

    [Fact]
    public void Valkey_is_not_compared_with_the_redis_that_it_says_it_is_like()
    {
        World world = World.Settled();
        world.Nodes[0].MoreInfo = "redis_version:7.2.4\r\nserver_name:valkey\r\nvalkey_version:8.1.1\r\n";
        world.Nodes[1].MoreInfo = "redis_version:7.0.15\r\n";
        world.Nodes[2].MoreInfo = "redis_version:7.2.4\r\nserver_name:valkey\r\nvalkey_version:8.1.0\r\n";
        world.Run(Enough);
        Assert.Empty(Found(world));
    }

    [Fact]
    public void A_backlog_that_holds_less_than_a_failure_takes_is_told_until_little_is_written()
    {
        World world = World.Settled(downAfterMs: 5000);
        foreach (FakeNode node in world.Nodes)
            node.MoreInfo = $"repl_backlog_active:1\r\nrepl_backlog_size:{(node == world.Nodes[2] ? 1_000_000 : 100_000_000)}\r\n";
        bool writes = true;
        void Write()
        {
            if (writes)
            {
                foreach (FakeNode node in world.Nodes)
                    node.Offset += 100_000;
            }
            world.After(TimeSpan.FromMilliseconds(500), Write);
        }
        Write();
        world.Run(Enough);
        // 200 kB/s for 5 + 5 s are 2 MB.
        Finding finding = Assert.Single(Found(world));
        Assert.Equal((FindingKind.Backlog, $"replica {world.Nodes[2].Address}"), (finding.Kind, finding.About));
        Assert.Matches(@"of 1000000 bytes holds (4\.\d|5) s of what is written at the most \((19|20|21)\d{4} bytes/s\): .* \(10 s\), has to copy all data; repl-backlog-size (29|30|31)\d{5} would do", finding.Text);
        writes = false;
        world.Run(seconds: 600);
        Assert.Single(Found(world));    // what it was at the most is not forgotten in minutes
        world.Run(seconds: 900);
        Assert.Empty(Found(world));
    }

    [Fact]
    public void A_replica_in_step_that_keeps_no_backlog_is_told()
    {
        World world = World.Settled();
        world.Nodes[1].MoreInfo = "repl_backlog_active:0\r\nrepl_backlog_size:1048576\r\n";
        world.Nodes[0].MoreInfo = "repl_backlog_active:0\r\nrepl_backlog_size:1048576\r\n";
        AssertComesAndGoes(world, FindingKind.Backlog, world.Nodes[1], "keeps no replication backlog", () => world.Nodes[1].MoreInfo = "repl_backlog_active:1\r\nrepl_backlog_size:1048576\r\n");
    }

    [Fact]
    public void A_master_without_the_password_that_its_replicas_have_is_told_until_it_has_one_and_no_password_is_shown()
    {
        World world = World.Settled();
        foreach (FakeNode node in world.Nodes)
            node.Settings["masterauth"] = node == world.MasterNode ? "" : "s3cret";
        AssertComesAndGoes(world, FindingKind.MasterAuth, world.MasterNode, "it has no masterauth", () => world.MasterNode.Settings["masterauth"] = "s3cret", "master");
        Assert.DoesNotContain("s3cret", string.Join('\n', world.Sentinels.SelectMany(sentinel => sentinel.Events).Select(e => e.Payload)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_master_that_would_log_in_as_somebody_else_than_its_replicas_is_told()
    {
        World world = World.Settled();
        foreach (FakeNode node in world.Nodes)
            (node.Settings["masterauth"], node.Settings["masteruser"]) = ("x", node == world.MasterNode ? "" : "repl");
        AssertComesAndGoes(world, FindingKind.MasterAuth, world.MasterNode, "its masteruser is '', and that of 10.0.0.1:7001 is 'repl'", () => world.MasterNode.Settings["masteruser"] = "repl", "master");
    }

    [Fact]
    public void A_replica_that_is_set_up_for_TLS_other_than_the_master_is_told()
    {
        World world = World.Settled();
        foreach (FakeNode node in world.Nodes)
            node.Settings["tls-replication"] = node == world.Nodes[2] ? "no" : "yes";
        AssertComesAndGoes(world, FindingKind.Tls, world.Nodes[2], "its tls-replication is no, and that of the master yes", () => world.Nodes[2].Settings["tls-replication"] = "yes");
    }

    [Fact]
    public void A_replica_that_would_take_no_writes_for_want_of_replicas_is_told()
    {
        World world = World.Settled(replicas: 1);
        world.Nodes[1].Settings["min-replicas-to-write"] = "1";
        AssertComesAndGoes(world, FindingKind.MinReplicas, world.Nodes[1], "its min-replicas-to-write is 1", () => world.Nodes[1].Settings["min-replicas-to-write"] = "0");
    }

    [Fact]
    public void A_replica_that_is_attached_and_does_not_answer_us_is_told_until_it_does()
    {
        World world = World.Settled();
        world.Nodes[2].Refused["PING"] = "ERR max number of clients reached";
        AssertComesAndGoes(world, FindingKind.Unreachable, world.Nodes[2], "it is attached to the master, but does not answer us", () => world.Nodes[2].Refused.Clear());
    }

    [Fact]
    public void A_node_that_refuses_hellos_is_told()
    {
        World world = World.Settled();
        HelloRefusal(world, refuses: true);
        AssertComesAndGoes(world, FindingKind.Hellos, world.MasterNode, "it refuses hellos", () => HelloRefusal(world, refuses: false), "master");
    }

    [Fact]
    public void That_no_replica_could_be_promoted_is_told_with_the_reasons_until_one_can()
    {
        World world = World.Settled();
        world.Nodes[1].Priority = world.Nodes[2].Priority = 0;
        AssertComesAndGoes(world, FindingKind.Candidates, world.MasterNode, "10.0.0.1:7001: its priority is 0; 10.0.0.1:7002: its priority is 0", () => world.Nodes[2].Priority = 100, "master");
    }

    [Fact]
    public void That_too_few_sentinels_can_be_reached_is_told_until_enough_are_back()
    {
        World world = World.Settled();
        world.Sentinels[1].Kill();
        world.Run(Enough);
        Assert.Empty(Found(world));
        world.Sentinels[2].Kill();
        world.Run(Enough);
        Assert.Equal((FindingKind.Votes, "no failover could be agreed on: 1 of 3 Sentinels can be reached from here, and 2 are needed"), (Assert.Single(Found(world)).Kind, Found(world)[0].Text));
        world.Sentinels[1].Start();
        world.Run(Enough);
        Assert.Empty(Found(world));
    }

    [Fact]
    public void Nobody_is_asked_and_nothing_is_told_while_the_master_is_down()
    {
        World world = World.Settled(sentinels: 3, quorum: 3);
        world.Sentinels[2].Kill();    // nobody can fail it over
        world.Run(Enough);
        world.MasterNode.Freeze();
        world.Run(seconds: 5);
        int told = world.Count("+preflight-warning");
        int asked = Asked(world);
        world.Nodes[1].Priority = world.Nodes[2].Priority = 0;
        world.Run(seconds: 200);
        Assert.Equal(asked, Asked(world));
        Assert.Equal(told, world.Count("+preflight-warning"));
    }

    [Fact]
    public void Nothing_of_it_is_done_where_it_is_off_and_what_was_found_is_over_when_it_is_turned_off()
    {
        World world = World.Settled();
        world.Nodes[2].MoreInfo = "config_file:\r\n";
        world.Run(Enough);
        Assert.Single(Found(world));
        foreach (FakeSentinel sentinel in world.Sentinels)
            Assert.IsType<Answer.Ok>(sentinel.Ask(id => new SetRequested(id, World.Master, [new MasterChange("preflight-period-seconds", "0", options => options with { PreflightPeriod = TimeSpan.Zero })])));
        world.Run(seconds: 1);
        Assert.Empty(Found(world));
        Assert.Equal(3, world.Count("-preflight-warning"));
        int asked = Asked(world);
        world.Run(seconds: 300);
        Assert.Equal(asked, Asked(world));
    }

    [Fact]
    public void What_a_failed_CONFIG_REWRITE_left_behind_is_told_of_the_new_master()
    {
        World world = World.Settled();
        foreach (FakeNode node in world.Nodes)
            node.RewriteError = "ERR Rewriting config file: Permission denied";
        world.MasterNode.Kill();
        world.RunUntil(() => world.Count("+switch-master") == 3, "switched");
        world.Run(Enough);
        FakeSentinel leader = world.Sentinels.Single(sentinel => sentinel.Events.Any(e => e.Name == "+promoted-slave"));
        Assert.Contains(leader.View.Findings, finding => finding.Kind == FindingKind.ConfigurationFile && finding.Text.Contains("Permission denied", StringComparison.Ordinal));
    }

    private static int Asked(World world) => world.Nodes.Sum(node => node.Asked.Count(name => name is nameof(Request.AskSettings) or nameof(Request.ProbeOrders) or nameof(Request.ProbeTransaction) or nameof(Request.ProbeRewrite)));

    private static ImmutableArray<Finding> Found(World world, int sentinel = 0) => world.Sentinels[sentinel].View.Findings;

    /// <summary>Rights are asked for once for each connection.</summary>
    private static void Reconnect(World world, FakeNode node)
    {
        node.Kill();
        node.Restart(asReplicaOf: world.MasterNode.Address);
        world.Run(seconds: 3);
    }

    private static void HelloRefusal(World world, bool refuses) => world.MasterNode.HelloRefusal = refuses ? "NOPERM this user has no permissions to access one of the channels used as arguments" : null;

    private static void SetClocks(World world, double[] seconds)
    {
        for (int i = 0; i < seconds.Length; i++)
            world.Nodes[i].MoreInfo = $"server_time_usec:{(long)((1_700_000_000 + seconds[i]) * 1_000_000)}\r\n";
    }

    private static void AssertComesAndGoes(World world, FindingKind kind, FakeNode node, string text, Action cure, string part = "replica")
    {
        world.Run(seconds: 90);
        Finding finding = Assert.Single(Found(world));
        Assert.Equal((kind, $"{part} {node.Address}"), (finding.Kind, finding.About));
        Assert.Contains(text, finding.Text, StringComparison.Ordinal);
        Assert.Equal(world.Sentinels.Count, world.Count("+preflight-warning"));
        SentinelEvent told = world.Sentinels[0].Events.Single(e => e.Name == "+preflight-warning");
        Assert.EndsWith($" #{finding.Text}", told.Payload, StringComparison.Ordinal);
        Assert.Equal(node.Address, told.InstanceAddress);

        cure();
        world.Run(seconds: 90);
        Assert.Empty(Found(world));
        Assert.Equal(world.Sentinels.Count, world.Count("-preflight-warning"));
        Assert.Equal(world.Sentinels.Count, world.Count("+preflight-warning"));
    }
}
