using System.Net.NetworkInformation;
using Sentinel.Daemon.CommandLine;
using Sentinel.Daemon.Tests.Lab;

namespace Sentinel.Daemon.Tests.CommandLine;

/// <summary>How the program is called, and what it answers when it does not start.</summary>
public sealed class InvocationTests
{
    [Theory]
    [InlineData("sentinel", false, false)]
    [InlineData("redis-sentinel", true, false)]
    [InlineData("valkey-sentinel", true, false)]
    [InlineData("my-redis-sentinel-7", true, false)]
    [InlineData("redis-server", true, true)]
    [InlineData("valkey-server", true, true)]
    [InlineData("dotnet", false, false)]
    public void The_name_says_what_is_expected_of_it(string name, bool isForeign, bool isServer) =>
        Assert.Equal((isForeign, isServer), (new ProgramName(name).IsForeign, new ProgramName(name).IsServer));

    [Theory]
    [InlineData("redis-sentinel", @"^Redis server v=\d+\.\d+\.\d+ sha=[0-9a-f]{8}:\d malloc=\S+ bits=64 build=[0-9a-f]+ sentinel=\S+$")]
    [InlineData("valkey-sentinel", @"^Valkey server v=\d+\.\d+\.\d+ sha=")]
    public async Task A_link_with_a_known_name_answers_the_version_as_that_program_does(string name, string version)
    {
        await using var folder = new Daemon();
        await using var daemon = new Daemon { Program = Link(folder, name) };
        Assert.Equal(0, await daemon.RunAsync("--version"));
        Assert.Matches(version, Assert.Single(daemon.Output));
        Assert.Empty(daemon.Errors);
    }

    [Theory]
    [InlineData("redis-sentinel")]
    [InlineData("redis-server", "--sentinel")]
    [InlineData("valkey-server", "--sentinel")]
    public async Task A_link_with_a_known_name_runs(string name, params string[] more)
    {
        await using var folder = new Daemon();
        await using var daemon = new Daemon { Program = Link(folder, name) };
        daemon.Start([daemon.Configure(), .. more, "--maxclients", "77"]);
        await daemon.AnswersAsync();
        await Eventually.SoAsync("the option is in the file", () => File.ReadAllLines(daemon.File("s.conf")).Contains("maxclients 77"));
    }

    [Fact]
    public async Task What_ps_shows_is_who_listens_where_and_no_password()
    {
        await using var daemon = new Daemon();
        daemon.Start(daemon.Configure(), "--requirepass", "topsecret");
        await daemon.AnswersAsync("AUTH", "topsecret");
        await Eventually.SoAsync("its title is shown", () => CommandLineOf(daemon.Id) == $"sentinel 127.0.0.1:{daemon.Port} [sentinel]");
    }

    [Fact]
    public async Task Where_the_operator_does_not_want_it_the_title_stays()
    {
        await using var daemon = new Daemon();
        daemon.Start(daemon.Configure(), "--set-proc-title", "no");
        await daemon.AnswersAsync();
        await daemon.SaysAsync("Sentinel ID is");
        Assert.EndsWith("--set-proc-title no", CommandLineOf(daemon.Id), StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_runs_with_its_standard_output_closed()
    {
        await using var daemon = new Daemon { Program = "/bin/sh" };
        daemon.Start("-c", $"exec '{Daemon.Executable}' '{daemon.Configure()}' >&-");
        await daemon.AnswersAsync();
    }

    [Fact]
    public async Task A_second_one_on_the_same_file_is_refused_as_long_as_the_first_one_runs()
    {
        await using var first = new Daemon();
        string file = first.Configure("sentinel monitor mymaster 127.0.0.1 1 2\n");
        first.Start(file);
        await first.AnswersAsync();
        await RefusedAsync();
        // Each save puts another file in its place.
        Assert.Equal("OK", (await RespConnection.AskAsync(first.Port, "SENTINEL", "SET", "mymaster", "down-after-milliseconds", "7777")).Text());
        string saved = await File.ReadAllTextAsync(file);
        Assert.Contains("7777", saved, StringComparison.Ordinal);
        await RefusedAsync();
        Assert.Equal(saved, await File.ReadAllTextAsync(file));
        first.Signal(Daemon.Kill);
        await first.ExitCodeAsync();
        await using var next = new Daemon();
        next.Start(file, "--port", $"{next.Port}");
        await next.AnswersAsync();

        async Task RefusedAsync()
        {
            await using var second = new Daemon();
            Assert.Equal(1, await second.RunAsync(file, "--port", $"{second.Port}"));
            Assert.Contains(second.Output, line => line.Contains("is the file of another Sentinel that runs", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task One_that_cannot_save_at_its_start_says_so_and_answers_all_the_same()
    {
        await using var daemon = new Daemon();
        // No file beside it can have a longer name, as that of the temporary one is.
        string file = daemon.File(new string('c', 250));
        File.Move(daemon.Configure("sentinel monitor mymaster 127.0.0.1 1 2"), file);
        daemon.Start(file);
        await daemon.AnswersAsync();
        await daemon.SaysAsync("gives no vote and leads no failover");
        await Eventually.SoAsync("it tries again", () => daemon.Output.Count(line => line.Contains("was not able to save", StringComparison.Ordinal)) > 1);
        Assert.Equal("1", (await RespConnection.AskAsync(daemon.Port, "SENTINEL", "GET-MASTER-ADDR-BY-NAME", "mymaster")).Items[1].Text());
    }

    [Fact]
    public async Task Called_as_a_server_it_says_that_it_is_none()
    {
        await using var folder = new Daemon();
        await using var daemon = new Daemon { Program = Link(folder, "redis-server") };
        Assert.Equal(1, await daemon.RunAsync(daemon.Configure()));
        Assert.Contains("add --sentinel", Assert.Single(daemon.Errors), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-h")]
    [InlineData("--help")]
    [InlineData("help")]
    [InlineData("help", "check")]
    [InlineData("check", "--help")]
    [InlineData("check", "s.conf", "-h")]
    public async Task Help_is_told_on_standard_output_with_0(params string[] arguments)
    {
        await using var daemon = new Daemon();
        Assert.Equal(0, await daemon.RunAsync(arguments));
        Assert.StartsWith("Usage: ", daemon.Output[0]);
        Assert.Contains(daemon.Output, line => line.Contains("check /path/to/sentinel.conf", StringComparison.Ordinal));
        Assert.Empty(daemon.Errors);
    }

    [Theory]
    [InlineData("redis-sentinel", "--help")]
    [InlineData("valkey-sentinel", "-h")]
    [InlineData("redis-server", "--help")]
    public async Task A_link_with_a_known_name_tells_help_as_that_program_does(string name, string argument)
    {
        await using var folder = new Daemon();
        await using var daemon = new Daemon { Program = Link(folder, name) };
        Assert.Equal(1, await daemon.RunAsync(argument));
        Assert.StartsWith($"Usage: {name} ", daemon.Errors[0]);
        Assert.Empty(daemon.Output);
    }

    [Fact]
    public async Task A_file_of_the_name_help_is_a_configuration()
    {
        await using var daemon = new Daemon();
        File.Move(daemon.Configure(), daemon.File("help"));
        daemon.Start("help");
        await daemon.AnswersAsync();
    }

    [Theory]
    [InlineData("--test-memory", "4096")]
    [InlineData("--check-system")]
    public async Task What_is_not_offered_is_told_on_standard_error_with_1(params string[] arguments)
    {
        await using var daemon = new Daemon();
        Assert.Equal(1, await daemon.RunAsync(arguments));
        Assert.NotEmpty(daemon.Errors);
        Assert.Empty(daemon.Output);
    }

    [Theory]
    [InlineData("first")]
    [InlineData("last")]
    public async Task A_lone_dash_reads_standard_input(string place)
    {
        await using var daemon = new Daemon();
        string file = daemon.Configure();
        string[] arguments = place == "first" ? ["-", "--port", "1"] : [file, "-"];
        daemon.StartWith("foo bar\n", arguments);
        Assert.Equal(1, await daemon.ExitCodeAsync());
        Assert.Contains(">>> 'foo bar'", daemon.Errors);
        // after the two lines of the file
        Assert.Contains($"Reading the configuration file, at line {(place == "first" ? 1 : 3)}", daemon.Errors);
        Assert.StartsWith("Hint: standard input: there is no directive 'foo'", daemon.Errors[^1]);
    }

    [Theory]
    [InlineData("user bob on >x\nuser al on +nonsense\n", "Error loading ACL rule '+nonsense' for the user named 'al': Unknown command or category name in ACL", ":4: a Sentinel has no command or category of the name in '+nonsense'")]
    [InlineData("user bob on +@nonsense\n", "Error loading ACL rule '+@nonsense' for the user named 'bob': Unknown command or category name in ACL", ":3: a Sentinel has no")]
    [InlineData("aclfile /nope/users.acl\n", "Aborting Redis startup because of ACL errors: Error loading ACLs, opening file '/nope/users.acl': No such file or directory", "Hint: /nope/users.acl: create the file")]
    [InlineData("user bob on\naclfile /nope/users.acl\n", "Configuring Redis with users defined in redis.conf", ":3: move the 'user' lines to '/nope/users.acl'")]
    public async Task Users_that_cannot_be_end_it_with_1_and_are_found_beforehand_by_check(string lines, string words, string hint)
    {
        await using var daemon = new Daemon();
        string file = daemon.Configure(lines);
        Assert.Equal(1, await daemon.RunAsync(file));
        Assert.Contains(daemon.Output, line => line.Contains($" # {words}", StringComparison.Ordinal));
        Assert.Contains(" # Hint: ", daemon.Output[^1], StringComparison.Ordinal);
        Assert.Contains(hint, daemon.Output[^1], StringComparison.Ordinal);

        await using var check = new Daemon();
        Assert.Equal(1, await check.RunAsync("check", file));
        Assert.Contains(check.Output, line => line.Contains($": problem: {words}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_empty_configuration_starts_and_says_that_it_watches_nothing()
    {
        await using var daemon = new Daemon();
        daemon.Start(daemon.Configure());
        await daemon.SaysAsync("* Watches nothing: no master is monitored; add a line 'sentinel monitor <name> <host> <port> <quorum>'");
    }

    [Fact]
    public async Task A_number_that_is_cut_is_warned_of_with_its_line()
    {
        await using var daemon = new Daemon();
        string file = daemon.Configure("sentinel monitor m 127.0.0.1 1 2\nsentinel down-after-milliseconds m 1s\n");
        daemon.Start(file);
        await daemon.SaysAsync($"# {file}:4: '1s' is no whole number; read as 1 ms; write 'sentinel down-after-milliseconds <name> <milliseconds>'");
        await daemon.AnswersAsync();
        Assert.DoesNotContain(daemon.Output, line => line.Contains("Watches nothing", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_a_file_it_says_that_it_needs_one()
    {
        await using var daemon = new Daemon();
        Assert.Equal(1, await daemon.RunAsync("--port", "1"));
        Assert.EndsWith("# Sentinel needs config file on disk to save state. Exiting...", daemon.Output[0]);
    }

    [Fact]
    public async Task A_file_that_is_not_there_is_named_with_its_whole_path()
    {
        await using var daemon = new Daemon();
        Assert.Equal(1, await daemon.RunAsync("none.conf"));
        Assert.EndsWith($"# Fatal error, can't open config file '{daemon.File("none.conf")}': No such file or directory", daemon.Output[0]);
    }

    [Fact]
    public async Task A_log_that_cannot_be_opened_is_a_mistake_of_no_line()
    {
        await using var daemon = new Daemon();
        Assert.Equal(1, await daemon.RunAsync(daemon.Configure("logfile /nowhere/s.log\n")));
        Assert.StartsWith("*** FATAL CONFIG FILE ERROR (", daemon.Errors[1]);
        Assert.Equal("Can't open the log file: No such file or directory", daemon.Errors[2]);
    }

    [Theory]
    [InlineData("--port", "0")]
    [InlineData("--bind", "-203.0.113.7")]
    public async Task Where_there_is_nothing_to_listen_on_it_ends_with_1_and_serves_nothing_else(params string[] arguments)
    {
        await using var daemon = new Daemon();
        Assert.Equal(1, await daemon.RunAsync([daemon.Configure(), .. arguments]));
        Assert.EndsWith("# Configured to not listen anywhere, exiting.", daemon.Output[^2]);
        Assert.Contains($"# Hint: {daemon.File("s.conf")}: set a 'port'", daemon.Output[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_of_another_machine_ends_it_with_1_and_is_named()
    {
        await using var daemon = new Daemon();
        Assert.Equal(1, await daemon.RunAsync(daemon.Configure(), "--bind", "203.0.113.7"));
        Assert.EndsWith($"Could not create server TCP listening socket 203.0.113.7:{daemon.Port}: bind: Cannot assign requested address", daemon.Output[^3]);
        Assert.EndsWith($"Failed listening on port {daemon.Port} (tcp), aborting.", daemon.Output[^2]);
        Assert.Contains($"# Hint: {daemon.File("s.conf")}: it is no address of this machine; name one in 'bind'", daemon.Output[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Variables_of_web_servers_open_no_port()
    {
        await using var daemon = new Daemon();
        int[] ports = [Ports.Take(), Ports.Take(), Ports.Take(), Ports.Take()];
        daemon.Environment["ASPNETCORE_HTTP_PORTS"] = $"{ports[0]}";
        daemon.Environment["ASPNETCORE_URLS"] = $"http://127.0.0.1:{ports[1]}";
        daemon.Environment["DOTNET_URLS"] = $"http://127.0.0.1:{ports[2]}";
        daemon.Environment["URLS"] = $"http://127.0.0.1:{ports[3]}";
        await File.WriteAllTextAsync(daemon.File("appsettings.json"), $$"""{ "Urls": "http://127.0.0.1:{{ports[0]}}" }""");
        daemon.Start(daemon.Configure());
        await daemon.AnswersAsync();
        int[] open = [.. IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Select(end => end.Port)];
        Assert.Contains(daemon.Port, open);
        Assert.DoesNotContain(open, port => ports.Contains(port));
    }

    private static string Link(Daemon folder, string name)
    {
        File.CreateSymbolicLink(folder.File(name), Daemon.Executable);
        return folder.File(name);
    }

    private static string CommandLineOf(int process) => File.ReadAllText($"/proc/{process}/cmdline").TrimEnd('\0').Replace('\0', ' ');
}
