using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net.Sockets;
using Sentinel.Core;
using Sentinel.Daemon.Configuration;
using Sentinel.Daemon.Logging;
using Sentinel.Daemon.Scripts;
using Sentinel.Daemon.Tests.Configuration;
using Sentinel.Daemon.Tests.Lab;

namespace Sentinel.Daemon.Tests.Scripts;

/// <summary>Real scripts, run by the real runner.</summary>
public sealed class ScriptRunnerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ConcurrentQueue<Input> _facts = new();
    private readonly RedisLog _log;
    private readonly ScriptRunner _runner;
    private Timing _timing = new() { ScriptRetryDelay = TimeSpan.FromMilliseconds(1) };

    public ScriptRunnerTests()
    {
        _log = new RedisLog(LogThreshold.Debug, _folder.File("log"), TimeProvider.System);
        _runner = new ScriptRunner(_facts.Enqueue, _log, new MonotonicClock(TimeProvider.System), () => _timing);
    }

    public void Dispose()
    {
        _runner.Dispose();
        _log.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Arguments_arrive_as_they_are_without_a_shell_in_between()
    {
        string script = Script("args.sh", $"printf '%s\\n' \"$#\" \"$@\" > {Out}.tmp; mv {Out}.tmp {Out}");
        _runner.Run(new RunScript(script, ["+sdown", "master m 127.0.0.1 1 $(touch /tmp/owned) `id` \"'; *", "", "ä"]));
        Assert.Equal(["4", "+sdown", "master m 127.0.0.1 1 $(touch /tmp/owned) `id` \"'; *", "", "ä"], await WrittenAsync());
        await FactsAsync(2, facts => facts is [ScriptStarted, ScriptEnded { ExitCode: 0, Signal: 0 }]);
    }

    [Fact]
    public async Task It_has_no_descriptors_but_the_first_three()
    {
        using FileStream file = File.Create(_folder.File("open"));
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        _runner.Run(new RunScript("/bin/ls", ["/proc/self/fd"]));
        await FactsAsync(2, facts => facts is [ScriptStarted, ScriptEnded { ExitCode: 0 }]);
        await LogsAsync("]: 3");
        string[] lines = [.. File.ReadLines(_folder.File("log")).Select(line => line[(line.LastIndexOf(' ') + 1)..])];
        Assert.Equal(["0", "1", "2", "3"], lines);    // the last one is the folder that it lists
    }

    [Fact]
    public async Task Its_standard_input_is_empty()
    {
        string script = Script("input.sh", $"cat > {Out}.tmp; readlink /proc/$$/fd/0 >> {Out}.tmp; mv {Out}.tmp {Out}");
        _runner.Run(new RunScript(script, []));
        Assert.Equal(["/dev/null"], await WrittenAsync());
    }

    [Fact]
    public async Task It_leads_a_group_of_its_own_with_all_signals_as_by_default()
    {
        string script = Script("group.sh", $"{{ cut -d' ' -f1,5 /proc/$$/stat; grep -E 'Sig(Blk|Ign)' /proc/self/status; }} > {Out}.tmp; mv {Out}.tmp {Out}");
        _runner.Run(new RunScript(script, []));
        string[] lines = await WrittenAsync();
        string[] ids = lines[0].Split(' ');
        Assert.Equal(ids[0], ids[1]);
        Assert.Equal("SigBlk:\t0000000000000000", lines[1]);
        Assert.Equal("SigIgn:\t0000000000000000", lines[2]);
    }

    [Fact]
    public async Task It_works_where_we_work_and_has_our_environment()
    {
        string script = Script("env.sh", $"{{ pwd; echo \"$PATH\"; env | grep -c -E '^(NOTIFY_SOCKET|WATCHDOG_)'; }} > {Out}.tmp; mv {Out}.tmp {Out}");
        _runner.Run(new RunScript(script, []));
        Assert.Equal([Environment.CurrentDirectory, Environment.GetEnvironmentVariable("PATH")!, "0"], await WrittenAsync());
    }

    [Fact]
    public async Task What_it_writes_on_either_output_is_logged_with_its_name_and_process()
    {
        _runner.Run(new RunScript(Script("talk.sh", "echo hello; echo trouble >&2; printf unended"), []));
        ScriptStarted started = (await FactsAsync(2, facts => facts is [ScriptStarted, ScriptEnded])).OfType<ScriptStarted>().Single();
        await LogsAsync($" * talk.sh[{started.ProcessId}]: hello", $" * talk.sh[{started.ProcessId}]: trouble", $" * talk.sh[{started.ProcessId}]: unended");
    }

    [Fact]
    public async Task One_that_writes_without_end_is_not_held_up_and_fills_no_log()
    {
        _runner.Run(new RunScript(Script("flood.sh", "yes | head -c 20000000; echo done >&2; exit 0"), []));
        await FactsAsync(2, facts => facts is [ScriptStarted, ScriptEnded { ExitCode: 0, Signal: 0 }]);
        await LogsAsync("(no more of this run is logged)");
        Assert.InRange(File.ReadLines(_folder.File("log")).Count(), 1, ScriptOutput.LinesMax + 5);
    }

    [Fact]
    public async Task An_exit_code_of_137_is_no_signal_and_a_signal_is_no_exit_code()
    {
        string exits = Script("exits.sh", "exit 137");
        _runner.Run(new RunScript(exits, []));
        Assert.Equal([new ScriptEnded(0, 137, 0), new ScriptFailed(exits, 0, 137)], (await FactsAsync(3, facts => facts.Length == 3)).Skip(1).Select(WithoutProcess));
        _facts.Clear();
        string dies = Script("dies.sh", "kill -9 $$");
        _runner.Run(new RunScript(dies, []));
        Input[] all = await FactsAsync(21, facts => facts.Length == 21);
        Assert.Equal(10, all.Select(WithoutProcess).Count(fact => fact is ScriptEnded { ExitCode: 0, Signal: 9 }));
        Assert.Equal(new ScriptFailed(dies, 9, 0), all[^1]);
    }

    [Fact]
    public async Task Exit_1_is_run_again_until_it_succeeds()
    {
        string script = Script("third.sh", $"echo run >> {_folder.File("runs")}; [ $(wc -l < {_folder.File("runs")}) -eq 3 ] || exit 1");
        _runner.Run(new RunScript(script, ["x"]));
        Input[] facts = await FactsAsync(6, facts => facts.Length == 6);
        Assert.Equal([1, 1, 0], facts.OfType<ScriptEnded>().Select(end => end.ExitCode));
        Assert.DoesNotContain(facts, fact => fact is ScriptFailed);
        Assert.Equal((0, 0), _runner.Counts);
    }

    [Theory]
    [InlineData("missing.sh", "No such file or directory")]
    [InlineData("dir", "Permission denied")]
    [InlineData("noshebang", "Exec format error")]
    public async Task What_cannot_be_run_counts_as_exit_2(string name, string why)
    {
        Directory.CreateDirectory(_folder.File("dir"));
        ScriptFiles.Write(_folder.Path, "noshebang", "echo hello", firstLine: "# no interpreter is named");
        _runner.Run(new RunScript(_folder.File(name), []));
        Assert.Equal([new ScriptFailed(_folder.File(name), 0, 2)], await FactsAsync(1, facts => facts.Length == 1));
        await LogsAsync($"{name} cannot be run: {why}");
        Assert.Equal((0, 0), _runner.Counts);
    }

    [Fact]
    public async Task One_that_takes_too_long_is_killed_with_all_that_it_started_and_then_run_again()
    {
        _timing = new Timing { ScriptMaxRuntime = TimeSpan.FromMilliseconds(300) };
        string script = Script("slow.sh", $"sleep 1000 & echo $! > {Out}.tmp; mv {Out}.tmp {Out}; wait");
        _runner.Run(new RunScript(script, []));
        int started = int.Parse((await WrittenAsync())[0]);
        Input[] facts = await FactsAsync(3, facts => facts.Length == 3);
        int process = facts.OfType<ScriptStarted>().Single().ProcessId;
        Assert.Equal([new ScriptStarted(process), new ScriptTimedOut(script, process), new ScriptEnded(process, 0, 9)], facts);
        // An orphan that nobody lets go stays as a zombie, in containers without an init.
        await Eventually.SoAsync("what it started is dead too", () =>
            !File.Exists($"/proc/{started}/stat") || File.ReadAllText($"/proc/{started}/stat").Contains(") Z ", StringComparison.Ordinal));
        ScriptView waiting = Assert.Single(_runner.View());
        Assert.False(waiting.IsRunning);
        Assert.Equal(1, waiting.Tries);
    }

    [Fact]
    public async Task A_shorter_bound_holds_for_what_runs_already()
    {
        _runner.Run(new RunScript(Script("slow.sh", "sleep 1000"), []));
        await FactsAsync(1, facts => facts is [ScriptStarted]);
        _timing = new Timing { ScriptMaxRuntime = TimeSpan.FromMilliseconds(1) };
        await FactsAsync(3, facts => facts is [ScriptStarted, ScriptTimedOut, ScriptEnded { ExitCode: 0, Signal: 9 }]);
    }

    [Fact]
    public async Task What_a_script_left_running_may_go_on_to_write()
    {
        string script = Script("leaves.sh", $"(while [ ! -e {_folder.File("go")} ]; do sleep 0.05; done; echo later; echo alive > {Out}.tmp; mv {Out}.tmp {Out}) & exit 0");
        _runner.Run(new RunScript(script, []));
        await FactsAsync(2, facts => facts is [ScriptStarted, ScriptEnded { ExitCode: 0 }]);
        File.WriteAllText(_folder.File("go"), "");
        Assert.Equal(["alive"], await WrittenAsync());
        await LogsAsync("]: later");
    }

    [Fact]
    public async Task One_that_runs_when_we_end_is_left_to_finish_even_if_it_writes()
    {
        string script = Script("outlives.sh", $"while [ ! -e {_folder.File("go")} ]; do sleep 0.05; done; echo more; echo and more >&2; echo alive > {Out}.tmp; mv {Out}.tmp {Out}");
        _runner.Run(new RunScript(script, []));
        await FactsAsync(1, facts => facts is [ScriptStarted]);
        await _runner.StopAsync(CancellationToken.None);
        _runner.Run(new RunScript(script, ["not any more"]));
        _runner.Dispose();
        File.WriteAllText(_folder.File("go"), "");
        Assert.Equal(["alive"], await WrittenAsync());
        Assert.Single(_facts);
        await LogsAsync("1 scripts are left to finish, and 0 that wait are not run");
    }

    [Fact]
    public async Task No_more_than_sixteen_run_at_a_time_and_the_oldest_that_wait_are_dropped()
    {
        string script = Script("many.sh", $"while [ ! -e {_folder.File("go")} ]; do sleep 0.05; done");
        _runner.Run(new RunScript(script, ["0"]));
        await Eventually.SoAsync("the first runs", () => _runner.Counts.Running == 1);
        for (int i = 1; i < 300; i++)
            _runner.Run(new RunScript(script, [$"{i}"]));
        await Eventually.SoAsync("sixteen run", () => _runner.Counts == (16, 256));
        ImmutableArray<ScriptView> views = _runner.View();
        Assert.Equal(256, views.Length);
        Assert.Equal("299", views[^1].Words[1]);
        Assert.Equal(16, views.Count(view => view.IsRunning));
        await LogsAsync("256 scripts wait already");
        File.WriteAllText(_folder.File("go"), "");
        await Eventually.SoAsync("all are done", () => _runner.Counts == (0, 0));
        Assert.Equal(256, _facts.Count(fact => fact is ScriptEnded { ExitCode: 0, Signal: 0 }));
        Assert.Single(File.ReadLines(_folder.File("log")), line => line.Contains("256 scripts wait already", StringComparison.Ordinal));
    }

    private string Out => _folder.File("out");

    private string Script(string name, string text) => ScriptFiles.Write(_folder.Path, name, text);

    private async Task<string[]> WrittenAsync()
    {
        await Eventually.SoAsync("the script has written its file", () => File.Exists(Out));
        return File.ReadAllLines(Out);
    }

    private async Task<Input[]> FactsAsync(int about, Func<Input[], bool> areThere)
    {
        await Eventually.UndisputedAsync($"about {about} facts are told", () => Task.FromResult(areThere([.. _facts]) ? null : string.Join(", ", _facts)));
        return [.. _facts];
    }

    private static Input WithoutProcess(Input fact) => fact is ScriptEnded end ? end with { ProcessId = 0 } : fact;

    private async Task LogsAsync(params string[] parts)
    {
        foreach (string part in parts)
            await Eventually.SoAsync($"the log says '{part}'", () => File.Exists(_folder.File("log")) && File.ReadAllText(_folder.File("log")).Contains(part, StringComparison.Ordinal));
    }
}
