using Sentinel.Core.Tests.Cluster;

namespace Sentinel.Core.Tests;

/// <summary>A Sentinel that cannot save its file shows it to whoever asks, and tells it without filling the log.</summary>
public class SaveTroubleTests
{
    private const string Full = "No space left on device";
    private const string Warning = "WARNING: Sentinel was not able to save the new configuration on disk!!!: ";
    private const string Obstacle = $"this Sentinel could not save its configuration file ({Full}), and gives no vote and leads no failover until it can";

    [Fact]
    public void One_that_could_not_save_explains_that_it_would_lead_no_failover()
    {
        World world = Broken(out FakeSentinel sentinel);
        Dictionary<string, string> told = Explain(sentinel);
        Assert.Equal(("no", Obstacle), (told["failover-possible"], told["waiting-for"]));
        Assert.Equal($"the master is up; if it died now, it would not be replaced by this Sentinel: {Obstacle}", told["verdict"]);
        Assert.Equal($"this sentinel: it could not save its configuration file, and gives no vote and leads no failover until it can: {Full}", told["warning 1"]);
        sentinel.DiskError = null;
        world.Run(seconds: 2);
        told = Explain(sentinel);
        Assert.Equal(("yes", "nothing"), (told["failover-possible"], told["waiting-for"]));
        Assert.DoesNotContain("warning 1", told.Keys);
    }

    [Fact]
    public void One_that_could_not_save_names_it_where_the_master_is_down_unless_another_one_leads()
    {
        World world = Broken(out FakeSentinel sentinel);
        foreach (FakeSentinel other in world.Sentinels.Skip(1))
            other.CutOff(world.MasterNode.Address);
        foreach (FakeSentinel other in world.Sentinels.Skip(1))
            other.DiskError = Full;
        world.MasterNode.Kill();
        world.RunUntil(() => sentinel.View.IsObjectivelyDown && sentinel.View.Failover is FailoverStep.None, "down");
        Assert.Contains(Explain(sentinel)["waiting-for"], world.Sentinels.Skip(1).Select(other => $"Sentinel {other.Id}, which leads in epoch 1").Append(Obstacle));
        Assert.Equal("no", Explain(sentinel)["failover-possible"]);
    }

    [Fact]
    public void What_could_not_be_saved_is_a_finding_of_every_master_at_once_and_gone_with_the_next_save()
    {
        World world = Broken(out FakeSentinel sentinel);
        Finding finding = Assert.Single(sentinel.View.Findings);
        Assert.Equal((FindingKind.Saves, "this sentinel"), (finding.Kind, finding.About));
        Assert.Equal(Full, sentinel.Whole.SaveError);
        sentinel.DiskError = null;
        world.Run(seconds: 2);
        Assert.Empty(sentinel.View.Findings);
        Assert.Null(sentinel.Whole.SaveError);
    }

    [Fact]
    public void An_ordered_failover_is_refused_while_the_last_save_failed_and_nothing_is_begun()
    {
        World world = Broken(out FakeSentinel sentinel);
        Epoch epoch = sentinel.Whole.CurrentEpoch;
        int events = sentinel.Events.Count;
        var refused = new Answer.Refused($"ERR Failed to save config file: {Full}. No failover is begun until it can be saved");
        Assert.Equal(refused, sentinel.Ask(id => new FailoverRequested(id, World.Master)));
        Assert.Equal(refused, sentinel.Ask(id => new FailoverRequested(id, World.Master) { Options = new FailoverOptions { Mode = FailoverMode.Forced } }));
        var plan = Assert.IsType<Answer.Words>(sentinel.Ask(id => new FailoverRequested(id, World.Master) { Options = new FailoverOptions { IsDryRun = true } }));
        Assert.Equal($"the order would be refused: {refused.Error}", plan.Items[^1]);
        world.Run(seconds: 1);
        Assert.Equal((epoch, FailoverStep.None, events), (sentinel.Whole.CurrentEpoch, sentinel.View.Failover, sentinel.Events.Count));
        sentinel.DiskError = null;
        world.Run(seconds: 2);
        Assert.IsType<Answer.Ok>(sentinel.Ask(id => new FailoverRequested(id, World.Master)));
        world.RunUntil(() => world.Count("+switch-master") == 3, "all switch");
    }

    [Fact]
    public void A_first_save_that_failed_before_the_core_asked_for_any_is_shown_too()
    {
        World world = World.Settled();
        FakeSentinel sentinel = world.Sentinels[0];
        sentinel.Kill();
        sentinel.DiskError = Full;
        sentinel.Restart();
        sentinel.Input(new StateNotSaved(default, Full));
        Assert.Equal((Full, "no"), (sentinel.Whole.SaveError, Explain(sentinel)["failover-possible"]));
    }

    [Fact]
    public void An_error_of_many_lines_is_shown_as_its_first_one()
    {
        World world = World.Settled();
        world.Sentinels[0].DiskError = $"System.Exception: {new string('x', 500)}\r\n   at Somewhere()";
        world.Sentinels[0].Ask(id => new FlushRequested(id));
        string shown = Assert.IsType<string>(world.Sentinels[0].Whole.SaveError);
        Assert.Equal($"System.Exception: {new string('x', 500)}"[..200], shown);
    }

    [Fact]
    public void Saves_that_go_on_to_fail_are_told_at_once_with_the_cure_then_ever_more_rarely_and_their_end_once()
    {
        World world = Broken(out FakeSentinel sentinel);
        string first = Assert.Single(Warnings(sentinel));
        Assert.Equal(
            $"{Warning}{Full}. The folder of the file must be writable and have space left, and must not hold the file as a mount of its own. "
            + "Until it can be saved this Sentinel watches and answers, but gives no vote and leads no failover; it goes on trying",
            first);
        int[] lines = [.. new[] { 5, 10, 60, 600, 3600, 3600 }.Select(seconds =>
        {
            world.Run(seconds);
            return Warnings(sentinel).Length;
        })];
        Assert.Equal([1, 2, 3, 4, 5, 6], lines);
        Assert.Matches($"^{Warning}{Full} \\(for 1[01] s now, [0-9]+ times in a row\\)$", Warnings(sentinel)[1]);
        sentinel.DiskError = null;
        world.Run(seconds: 20);
        Assert.Single(sentinel.Log, line => line.StartsWith("Sentinel is able to save its configuration again: it was not for ", StringComparison.Ordinal));
        sentinel.DiskError = Full;
        sentinel.Ask(id => new FlushRequested(id));
        Assert.Equal((7, first), (Warnings(sentinel).Length, Warnings(sentinel)[^1]));
    }

    [Fact]
    public void Other_words_of_the_system_are_told_at_once_each_once()
    {
        World world = Broken(out FakeSentinel sentinel);
        sentinel.DiskError = "Read-only file system";
        world.Run(seconds: 2);
        Assert.Equal(2, Warnings(sentinel).Length);
        Assert.StartsWith($"{Warning}Read-only file system. The folder of the file must ", Warnings(sentinel)[1], StringComparison.Ordinal);
        for (int i = 0; i < 3; i++)
        {
            sentinel.DiskError = i % 2 == 0 ? Full : "Read-only file system";
            world.Run(seconds: 1);
        }
        Assert.Equal(2, Warnings(sentinel).Length);
    }

    [Fact]
    public void A_save_that_ends_well_after_none_failed_says_nothing_of_failures()
    {
        World world = World.Settled();
        Assert.IsType<Answer.Ok>(world.Sentinels[0].Ask(id => new FlushRequested(id)));
        Assert.DoesNotContain(world.Sentinels[0].Log, line => line.Contains("able to save", StringComparison.Ordinal));
    }

    /// <summary>A healthy group of which the first Sentinel has just failed to save.</summary>
    private static World Broken(out FakeSentinel sentinel)
    {
        World world = World.With();
        foreach (FakeNode node in world.Nodes)
            (node.History, node.BeginsHistories) = ("h", true);
        world.Settle();
        sentinel = world.Sentinels[0];
        sentinel.DiskError = Full;
        Assert.IsType<Answer.Refused>(sentinel.Ask(id => new FlushRequested(id)));
        return world;
    }

    private static string[] Warnings(FakeSentinel sentinel) => [.. sentinel.Log.Where(line => line.StartsWith(Warning, StringComparison.Ordinal))];

    private static Dictionary<string, string> Explain(FakeSentinel sentinel) =>
        new(Assert.IsType<Answer.Fields>(sentinel.Ask(id => new ExplanationRequested(id, World.Master))).Items);
}
