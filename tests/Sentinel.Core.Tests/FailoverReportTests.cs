using Sentinel.Core.Tests.Cluster;

namespace Sentinel.Core.Tests;

/// <summary>Who led a failover tells what it cost: <c>+failover-report</c>, once for each.</summary>
public class FailoverReportTests
{
    [Fact]
    public void A_dead_master_s_bytes_that_the_new_one_lacks_are_counted_and_the_time_without_a_master_is_told_by_its_parts()
    {
        World world = OfOneHistory(downAfterMs: 1000);
        (world.MasterNode.Offset, world.Nodes[1].Offset, world.Nodes[2].Offset) = (5000, 4200, 4100);
        world.Run(seconds: 11);    // each INFO was read
        Instant died = world.Now;
        world.MasterNode.Kill();
        world.RunUntil(() => world.Count("+failover-report") > 0, "+failover-report");
        (FakeSentinel leader, FailoverReport report) = Single(world);
        Assert.Equal(FailoverCause.Fault, report.Cause);
        Assert.Equal((world.Nodes[0].Address, world.Nodes[1].Address), (report.From, report.To));
        Assert.Equal((5000ul, 4200ul, 800ul), (report.MasterOffset, report.PromotedOffset, report.LostBytes));
        Assert.InRange(report.MasterOffsetAge!.Value, world.Now - died, world.Now - died + TimeSpan.FromSeconds(11));
        // The last answer may have come up to one PING before it died.
        Assert.InRange(report.WithoutMaster, world.Now - died - TimeSpan.FromMilliseconds(10), world.Now - died + TimeSpan.FromMilliseconds(250));
        Assert.Equal(report.WithoutMaster, report.Phases!.Detection + report.Phases.Election + report.Phases.Promotion);
        Assert.InRange(report.Phases.Detection, TimeSpan.FromMilliseconds(1000), TimeSpan.FromMilliseconds(1001));
        Assert.True(report.Phases.Promotion > TimeSpan.Zero);
        string[] told = [.. leader.Events.Select(e => e.Name).Where(name => name is "+switch-master" or "+failover-report" or "+failover-end")];
        Assert.Equal(["+switch-master", "+failover-report"], told);
        SentinelEvent happened = leader.Events.Single(e => e.Name == "+failover-report");
        Assert.StartsWith("master mymaster 10.0.0.1 7001 from 10.0.0.1 7000 cause fault lost-bytes 800 master-offset 5000 master-offset-age-ms ", happened.Payload, StringComparison.Ordinal);
        Assert.StartsWith("at least 800 bytes of the former master are lost; there was no master for ", happened.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void What_another_replica_has_the_master_had_though_it_did_not_tell()
    {
        World world = OfOneHistory(downAfterMs: 1000);
        world.Nodes[1].Priority = 10;
        world.Run(seconds: 11);
        world.MasterNode.Kill();
        (world.Nodes[1].Offset, world.Nodes[2].Offset) = (1500, 1700);
        world.RunUntil(() => world.Count("+failover-report") > 0, "+failover-report");
        FailoverReport report = Single(world).Report;
        Assert.Equal(world.Nodes[1].Address, report.To);
        Assert.Equal((1700ul, 1500ul, 200ul), (report.MasterOffset, report.PromotedOffset, report.LostBytes));
    }

    [Fact]
    public void A_new_master_that_had_more_than_the_former_one_told_has_lost_nothing_and_no_less_than_nothing()
    {
        World world = OfOneHistory(downAfterMs: 1000);
        world.MasterNode.Kill();
        (world.Nodes[1].Offset, world.Nodes[2].Offset) = (9000, 9000);
        world.RunUntil(() => world.Count("+failover-report") > 0, "+failover-report");
        FailoverReport report = Single(world).Report;
        Assert.Equal((9000ul, 0ul), (report.PromotedOffset, report.LostBytes));
        Assert.StartsWith("nothing is known to be lost", report.Sentence(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_new_master_took_itself_is_not_counted_as_the_former_ones()
    {
        World world = OfOneHistory(downAfterMs: 1000);
        (world.MasterNode.Offset, world.Nodes[1].Offset, world.Nodes[2].Offset) = (5000, 4200, 4100);
        world.Run(seconds: 11);
        world.MasterNode.Kill();
        world.RunUntil(() => world.Nodes[1].Master is null, "it is told to be the master");
        world.Nodes[1].Offset = 6000;    // clients were faster than our next INFO
        foreach (FakeSentinel sentinel in world.Sentinels)
            Assert.Equal(0, sentinel.Events.Count(e => e.Name == "+failover-report"));
        world.RunUntil(() => world.Count("+failover-report") > 0, "+failover-report");
        Assert.Equal((4200ul, 800ul), (Single(world).Report.PromotedOffset, Single(world).Report.LostBytes));
    }

    [Fact]
    public void Data_of_which_it_is_not_known_whether_they_go_on_from_the_masters_give_no_number()
    {
        World world = World.Settled();    // nodes that do not tell their history
        world.MasterNode.Kill();
        world.RunUntil(() => world.Count("+failover-report") > 0, "+failover-report");
        FailoverReport report = Single(world).Report;
        Assert.Equal((null, null), (report.MasterOffset, report.LostBytes));
        Assert.Contains(" lost-bytes unknown master-offset unknown ", $"{report}", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_planned_switch_lost_nothing_and_names_the_time_in_which_writes_waited(bool handsOver)
    {
        World world = OfOneHistory(downAfterMs: 5000);
        if (!handsOver)
            world.MasterNode.Refused["FAILOVER"] = "ERR unknown command 'FAILOVER'";
        (world.MasterNode.Offset, world.Nodes[1].Offset, world.Nodes[2].Offset) = (5000, 4990, 4990);
        Order(world, new FailoverOptions { Mode = FailoverMode.CoordinatedOnly });
        world.RunUntil(() => world.MasterNode.WritesHeldUntil > world.Now, "writes wait");
        Instant since = world.Now;
        world.Run(seconds: 0.2);
        (world.Nodes[1].Offset, world.Nodes[2].Offset) = (5000, 5000);
        world.RunUntil(() => world.Count("+failover-report") > 0, "+failover-report");
        FailoverReport report = Single(world).Report;
        Assert.Equal(FailoverCause.Planned, report.Cause);
        Assert.Equal((5000ul, 5000ul, 0ul), (report.MasterOffset, report.PromotedOffset, report.LostBytes));
        // The order takes its way to the master, and the new configuration to the disk, before it is told.
        Assert.InRange(report.WithoutMaster, world.Now - since - TimeSpan.FromMilliseconds(5), world.Now - since + TimeSpan.FromMilliseconds(2));
        Assert.Null(report.Phases);
        Assert.StartsWith("nothing is lost; there was no master for ", report.Sentence(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_ordered_failover_in_which_the_master_takes_no_part_is_reported_as_forced_and_the_master_was_one_all_the_time()
    {
        World world = OfOneHistory(downAfterMs: 5000);
        (world.MasterNode.Offset, world.Nodes[1].Offset, world.Nodes[2].Offset) = (5000, 4200, 4100);
        world.Run(seconds: 11);
        Order(world, new FailoverOptions { Mode = FailoverMode.Forced });
        world.RunUntil(() => world.Count("+failover-report") > 0, "+failover-report");
        FailoverReport report = Single(world).Report;
        Assert.Equal((FailoverCause.Forced, 800ul, TimeSpan.Zero), (report.Cause, report.LostBytes, report.WithoutMaster));
    }

    [Fact]
    public void Each_failover_has_one_report_of_whoever_led_it()
    {
        World world = OfOneHistory(downAfterMs: 1000);
        world.MasterNode.Kill();
        world.RunUntil(() => world.Count("+failover-end") == 1, "the end");
        FakeNode second = world.Node(world.Sentinels[0].View.Address);
        world.MasterNode.Restart(asReplicaOf: second.Address);
        world.Run(seconds: 15);
        second.Kill();
        world.RunUntil(() => world.Count("+failover-end") == 2, "the second end");
        world.Run(seconds: 30);
        Assert.Equal(2, world.Count("+failover-report"));
        foreach (FakeSentinel sentinel in world.Sentinels)
            Assert.Equal(sentinel.Events.Count(e => e.Name == "+promoted-slave"), sentinel.Events.Count(e => e.Name == "+failover-report"));
    }

    private static World OfOneHistory(double downAfterMs)
    {
        World world = World.With(downAfterMs: downAfterMs);
        foreach (FakeNode node in world.Nodes)
            (node.History, node.BeginsHistories) = ("h", true);
        world.Settle();
        return world;
    }

    private static (FakeSentinel Leader, FailoverReport Report) Single(World world)
    {
        (FakeSentinel leader, SentinelEvent happened) = Assert.Single(world.Sentinels.SelectMany(s => s.Events.Where(e => e.Name == "+failover-report").Select(e => (s, e))));
        return (leader, happened.Report!);
    }

    private static void Order(World world, FailoverOptions order) =>
        Assert.IsType<Answer.Ok>(world.Sentinels[0].Ask(id => new FailoverRequested(id, World.Master) { Options = order }));
}
