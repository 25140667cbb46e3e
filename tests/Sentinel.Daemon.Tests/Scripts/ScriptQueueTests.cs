using System.Collections.Immutable;
using Sentinel.Core;
using Sentinel.Daemon.Scripts;

namespace Sentinel.Daemon.Tests.Scripts;

/// <summary>When scripts run, and what follows from their ends.</summary>
public class ScriptQueueTests
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan MaxRuntime = TimeSpan.FromSeconds(60);

    private readonly ScriptQueue _queue = new();
    private Instant _now = Instant.At(TimeSpan.FromHours(1));

    [Fact]
    public void Sixteen_run_at_a_time_oldest_first_and_the_end_of_one_lets_the_next_start()
    {
        ScriptJob[] jobs = [.. Enumerable.Range(0, 20).Select(i => Add($"{i}"))];
        Assert.Equal(_now, _queue.WakeAt(MaxRuntime));
        Assert.Equal(jobs[..16], StartAll());
        Assert.Equal((16, 20), (_queue.Running, _queue.Count));
        Assert.Null(_queue.Start(_now));
        Assert.False(_queue.Ended(jobs[3], 0, 0, RetryDelay, _now));
        Assert.Equal([jobs[16]], StartAll());
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(0, 9)]
    [InlineData(0, 15)]
    public void Exit_1_and_signals_are_tried_ten_times_with_pauses_that_double(int exitCode, int signal)
    {
        ScriptJob job = Add("job");
        for (int tries = 1; tries <= 9; tries++)
        {
            Assert.Same(job, _queue.Start(_now));
            _queue.Started(job, 100 + tries);
            Assert.False(_queue.Ended(job, exitCode, signal, RetryDelay, _now));
            Instant next = _now + TimeSpan.FromSeconds(30 * Math.Pow(2, tries - 1));
            Assert.Equal(next, _queue.WakeAt(MaxRuntime));
            _now = next - TimeSpan.FromTicks(1);
            Assert.Null(_queue.Start(_now));
            _now = next;
        }
        Assert.Same(job, _queue.Start(_now));
        Assert.Equal(10, job.Tries);
        Assert.True(_queue.Ended(job, exitCode, signal, RetryDelay, _now));
        Assert.Equal(0, _queue.Count);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(2, true)]
    [InlineData(137, true)]
    [InlineData(255, true)]
    public void Exit_0_is_success_and_2_or_more_is_final(int exitCode, bool hasFailed)
    {
        ScriptJob job = Add("job");
        _queue.Start(_now);
        Assert.Equal(hasFailed, _queue.Ended(job, exitCode, 0, RetryDelay, _now));
        Assert.Equal((0, 0), (_queue.Running, _queue.Count));
        Assert.Equal(Instant.Never, _queue.WakeAt(MaxRuntime));
    }

    [Fact]
    public void Beyond_256_the_oldest_that_does_not_run_is_dropped()
    {
        ScriptJob[] jobs = [.. Enumerable.Range(0, 256).Select(i => Add($"{i}"))];
        Assert.Equal(16, StartAll().Count);
        var one = new ScriptJob("new", [], _now);
        Assert.Same(jobs[16], _queue.Add(one));
        Assert.Equal(256, _queue.Count);
        Assert.Same(jobs[17], _queue.Add(new ScriptJob("newer", [], _now)));
    }

    [Fact]
    public void A_script_that_runs_too_long_is_named_once_per_run()
    {
        ScriptJob job = Add("job");
        _queue.Start(_now);
        _queue.Started(job, 7);
        Instant late = _now + MaxRuntime + TimeSpan.FromTicks(1);
        Assert.Equal(late, _queue.WakeAt(MaxRuntime));
        Assert.Null(_queue.Overdue(MaxRuntime, _now + MaxRuntime));
        Assert.Same(job, _queue.Overdue(MaxRuntime, late));
        Assert.Null(_queue.Overdue(MaxRuntime, late));
        Assert.Equal(Instant.Never, _queue.WakeAt(MaxRuntime));
        _queue.Ended(job, 0, 9, RetryDelay, late);
        Instant again = late + RetryDelay;
        Assert.Same(job, _queue.Start(again));
        _queue.Started(job, 8);
        Assert.Same(job, _queue.Overdue(MaxRuntime, again + MaxRuntime + TimeSpan.FromTicks(1)));
    }

    [Fact]
    public void When_no_process_can_be_had_all_wait_longer_each_time_and_no_try_is_counted()
    {
        ScriptJob job = Add("job");
        Add("other");
        foreach (int seconds in new[] { 1, 2, 4, 8, 16, 30, 30 })
        {
            Assert.Same(job, _queue.Start(_now));
            _queue.CouldNotStart(job, _now);
            Assert.Equal((0, 2, 0), (_queue.Running, _queue.Count, job.Tries));
            Assert.Null(_queue.Start(_now));
            Assert.Equal(_now + TimeSpan.FromSeconds(seconds), _queue.WakeAt(MaxRuntime));
            _now += TimeSpan.FromSeconds(seconds);
        }
        _queue.Started(_queue.Start(_now)!, 9);
        ScriptJob other = _queue.Start(_now)!;
        _queue.CouldNotStart(other, _now);
        Assert.Equal(_now + TimeSpan.FromSeconds(1), _queue.WakeAt(MaxRuntime));
    }

    [Fact]
    public void What_is_pending_is_shown_with_the_time_it_runs_or_waits()
    {
        ScriptJob first = Add("first", "a", "b c");
        Add("second");
        _queue.Start(_now);
        _queue.Started(first, 77);
        _now += TimeSpan.FromMilliseconds(1500);
        ImmutableArray<ScriptView> views = _queue.View(_now);
        Assert.Equal(["first", "a", "b c"], views[0].Words.AsEnumerable());
        Assert.Equal((true, 77, 1500L, 1), (views[0].IsRunning, views[0].ProcessId, views[0].TimeMs, views[0].Tries));
        Assert.Equal((false, 0, 0L, 0), (views[1].IsRunning, views[1].ProcessId, views[1].TimeMs, views[1].Tries));
        _queue.Ended(first, 1, 0, RetryDelay, _now);
        _now += TimeSpan.FromSeconds(10);
        views = _queue.View(_now);
        Assert.Equal((false, 0, 20_000L, 1), (views[0].IsRunning, views[0].ProcessId, views[0].TimeMs, views[0].Tries));
    }

    private ScriptJob Add(string path, params ImmutableArray<string> arguments)
    {
        var job = new ScriptJob(path, arguments, _now);
        Assert.Null(_queue.Add(job));
        return job;
    }

    private List<ScriptJob> StartAll()
    {
        List<ScriptJob> started = [];
        while (_queue.Start(_now) is { } job)
            started.Add(job);
        return started;
    }
}
