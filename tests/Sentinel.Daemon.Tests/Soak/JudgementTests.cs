using Sentinel.Benchmarks.Soak;

namespace Sentinel.Daemon.Tests.Soak;

/// <summary>What a soak takes for wrong, and what it does not.</summary>
public class JudgementTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    private readonly List<Fault> _faults = [];
    private readonly List<LogEntry> _log = [];
    private readonly List<Silence> _silences = [];

    [Fact]
    public void A_master_that_is_replaced_after_a_fault_is_no_finding()
    {
        _faults.Add(Fault("a", FaultKind.MasterKilled, from: 10, to: 20));
        Switch("a", at: 11);
        Assert.Empty(Judged().Needless);
        Assert.Empty(Judged().Unreachable);
    }

    [Theory]
    [InlineData("a", FaultKind.MasterKilled, 9.9)]         // before the fault
    [InlineData("a", FaultKind.MasterKilled, 20.1)]        // after all was well again
    [InlineData("b", FaultKind.MasterKilled, 11)]          // the fault of another group
    [InlineData("a", FaultKind.ReplicaKilled, 11)]         // a fault that replaces nobody
    [InlineData(null, FaultKind.SentinelKilled, 11)]
    public void A_master_that_is_replaced_without_a_fault_of_its_own_is_a_needless_failover(string? group, object kind, double at)
    {
        _faults.Add(Fault(group, (FaultKind)kind, from: 10, to: 20));
        Switch("a", at);
        Assert.Equal("a", Assert.Single(Judged().Needless).Group);
    }

    [Fact]
    public void One_fault_explains_one_failover()
    {
        _faults.Add(Fault("a", FaultKind.PlannedSwitch, from: 10, to: 20));
        Switch("a", at: 11);
        _log.Add(new LogEntry("s1", At(15), IsWarning: true, "+switch-master a 127.0.0.1 7002 127.0.0.1 7001"));
        Assert.Equal("7002", Assert.Single(Judged().Needless).From);
    }

    [Fact]
    public void A_switch_that_several_sentinels_tell_is_one_and_one_that_is_told_again_another()
    {
        Switch("a", at: 11, "s1", "s2", "s3");
        Assert.Single(Move.In(_log));
        Switch("a", at: 14, "s2");
        Assert.Equal([At(11), At(14)], Move.In(_log).Select(move => move.At));
    }

    [Fact]
    public void A_master_that_did_not_answer_its_application_either_was_not_replaced_needlessly()
    {
        _silences.Add(new Silence("b", At(9), At(12)));
        _silences.Add(new Silence("a", At(10.6), At(11)));    // too short to matter
        Switch("a", at: 11);
        Assert.Single(Judged().Needless);
        _silences.Add(new Silence("a", At(10.4), At(11)));
        Assert.Empty(Judged().Needless);
        Assert.Single(Judged().Unreachable);
    }

    [Theory]
    [InlineData("a", FaultKind.ReplicaKilled, "+sdown slave 127.0.0.1:7001 127.0.0.1 7001 @ a 127.0.0.1 7002", true)]
    [InlineData("a", FaultKind.ReplicaKilled, "node 127.0.0.1:7002 refuses", true)]
    [InlineData("a", FaultKind.ReplicaKilled, "+sdown slave 127.0.0.1:7011 127.0.0.1 7011 @ b 127.0.0.1 7012", false)]
    [InlineData("a", FaultKind.ReplicaKilled, "WARNING: Sentinel was not able to save the new configuration on disk!!!: No space left on device", false)]
    [InlineData(null, FaultKind.SentinelKilled, "+sdown sentinel 5e 127.0.0.1 7099 @ a 127.0.0.1 7002", true)]
    [InlineData(null, FaultKind.SentinelKilled, "+sdown master a 127.0.0.1 7002", false)]
    public void A_warning_is_explained_by_a_fault_of_whom_it_names(string? group, object kind, string message, bool isExplained)
    {
        _faults.Add(Fault(group, (FaultKind)kind, from: 10, to: 20));
        _log.Add(new LogEntry("s1", At(21), IsWarning: true, message));
        Assert.Equal(isExplained, Judged().Unexplained.Count == 0);
    }

    [Fact]
    public void A_warning_long_after_a_fault_is_not_explained_by_it()
    {
        _faults.Add(Fault("a", FaultKind.MasterKilled, from: 10, to: 20));
        _log.Add(new LogEntry("s1", At(36), IsWarning: true, "+sdown master a 127.0.0.1 7002"));
        Assert.Single(Judged().Unexplained);
    }

    [Fact]
    public void A_line_without_a_form_is_a_warning_of_the_moment_of_the_line_before_it()
    {
        LogEntry first = LogEntry.Parse("s1", "77:X 21 Nov 2026 05:29:08.123 * +reboot master a 127.0.0.1 7001", default);
        Assert.False(first.IsWarning);
        Assert.Equal("+reboot master a 127.0.0.1 7001", first.Message);
        Assert.Equal(123, first.At.Millisecond);
        LogEntry second = LogEntry.Parse("s1", "   at Sentinel.Daemon.Program.Main()", first.At);
        Assert.True(second.IsWarning);
        Assert.Equal(first.At, second.At);
    }

    [Fact]
    public void A_process_that_uses_more_at_last_than_when_it_was_warm_grows()
    {
        Assert.Empty(LifeWith(minute => 40 + Math.Min(minute, 10)).Growths());            // only while it warms up
        Assert.Empty(LifeWith(minute => minute % 1 < 0.5 ? 50 : 70).Growths());              // to and fro
        Assert.Empty(LifeWith(minute => 100 - minute).Growths());                         // less and less
        Assert.Contains("memory", Assert.Single(LifeWith(minute => 50 + 0.1 * minute).Growths()), StringComparison.Ordinal);
    }

    [Fact]
    public void A_process_that_lived_for_two_minutes_is_not_judged()
    {
        Life life = LifeWith(minute => 50 + 10 * minute, minutes: 2);
        Assert.False(life.IsLongEnough);
        Assert.Empty(life.Growths());
    }

    [Fact]
    public void Handles_and_threads_are_judged_as_memory_is()
    {
        var life = new Life("s");
        for (int i = 0; i <= 360; i++)
            life.Add(new Sample(TimeSpan.FromSeconds(10 * i), 50 << 20, 60 + i / 20, 20 + i / 40));
        Assert.Equal(2, life.Growths().Count());
    }

    private static DateTimeOffset At(double seconds) => Noon + TimeSpan.FromSeconds(seconds);

    private static Fault Fault(string? group, FaultKind kind, double from, double to) => new(group, kind, "node", At(from)) { OverAt = At(to) };

    private static Life LifeWith(Func<double, double> megabytes, int minutes = 60)
    {
        var life = new Life("s");
        for (int i = 0; i <= minutes * 6; i++)
            life.Add(new Sample(TimeSpan.FromSeconds(10 * i), (long)(megabytes(i / 6.0) * (1 << 20)), 60, 20));
        return life;
    }

    private void Switch(string group, double at, params string[] sentinels) =>
        _log.AddRange((sentinels.Length == 0 ? ["s1"] : sentinels).Select((sentinel, i) =>
            new LogEntry(sentinel, At(at + i * 0.01), IsWarning: true, $"+switch-master {group} 127.0.0.1 7001 127.0.0.1 7002")));

    private Judgement Judged() => new(
        _faults, Move.In(_log), _silences, [.. _log.Where(line => !line.Message.StartsWith("+switch-master", StringComparison.Ordinal))],
        new Dictionary<string, string> { ["7001"] = "a", ["7002"] = "a", ["7011"] = "b", ["7012"] = "b" }, ["7099"], TimeSpan.FromSeconds(1));
}
