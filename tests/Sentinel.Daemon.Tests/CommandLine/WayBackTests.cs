using System.Diagnostics;
using System.Text.RegularExpressions;
using Sentinel.Daemon.CommandLine;
using Sentinel.Daemon.Configuration;
using Sentinel.Daemon.Tests.Acl;
using Sentinel.Daemon.Tests.Commands;
using Sentinel.Daemon.Tests.Configuration;

namespace Sentinel.Daemon.Tests.CommandLine;

/// <summary>The way back to redis-sentinel, which is asked: the one that is installed here (7.0.15).</summary>
public sealed class WayBackTests(OriginalSentinel original) : IClassFixture<OriginalSentinel>, IDisposable
{
    /// <summary>Its directives take any value here as long as they have no effect, so that one of these is right for each.</summary>
    private static readonly string[] Values = ["1", "yes", "logfmt", "iso8601"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void After_it_redis_sentinel_starts_on_a_file_that_had_all_that_only_we_know_and_keeps_the_rest()
    {
        int port = RealSentinel.FreePort();
        string[] ours =
        [
            .. Regex.Matches(ExampleFileTests.Uncommented, "^sentinel .*$", RegexOptions.Multiline).Select(line => line.Value)
                .Where(line => StatementKind.Of([.. line.Split(' ')]) is { IsOurOwn: true } || line.Contains("webhook", StringComparison.Ordinal) || line.StartsWith("sentinel pause", StringComparison.Ordinal)),
            .. GenericDirectives.AllNames.Where(IsOurs).SelectMany(Lines),
            "\tSENTINEL  Webhook ops2 http://host/",
        ];
        string[] kept =
        [
            $"port {port}", "bind 127.0.0.1", $"dir {_folder.Path}", "loglevel notice", "sentinel monitor mymaster 127.0.0.1 1 2", "sentinel parallel-syncs mymaster 1", "# sentinel webhook is a comment",
        ];
        string[] changed =
        [
            "loglevel nothing",
            "sentinel primary-reboot-down-after-period mymaster 5",
            "user a on nopass ~* +ping +sentinel|forget -sentinel|explain +sentinel|masters (+client|setinfo ~x) (~y +sentinel|pause) +info",
        ];
        string file = _folder.Write("s.conf", string.Join('\n', [.. kept, .. ours, .. changed, ""]));
        Assert.NotEmpty(RealSentinel.Refusal(file));

        WayBack back = WayBack.Of(Examine(file))!;
        Assert.Equal(kept.Length + 1, back.First.Number);
        using (Process shell = Process.Start("sh", ["-c", back.Command]))
        {
            shell.WaitForExit();
            Assert.Equal(0, shell.ExitCode);
        }
        Assert.Equal(
            [.. kept, "sentinel master-reboot-down-after-period mymaster 5", "user a on nopass ~* +ping +sentinel|masters (~x) (~y) +info"],
            File.ReadAllLines(file));
        Assert.Null(WayBack.Of(Examine(file)));
        using RealSentinel theirs = RealSentinel.Start(file, port);
        Assert.Equal(1, theirs.PortOf("mymaster"));
    }

    [Fact]
    public void It_takes_away_each_directive_that_redis_sentinel_does_not_know_and_no_other()
    {
        string[] wrong = [.. GenericDirectives.AllNames.Except(["user", "loadmodule", "rename-command", "include", "sentinel"]).Where(name =>
        {
            string file = _folder.Write("theirs.conf", $"{name} 1\nport x\n");
            bool isUnknown = RealSentinel.Refusal(file).Contains($">>> '{name} 1'\nBad directive or wrong number of arguments", StringComparison.Ordinal);
            return isUnknown != IsOurs(name);
        })];
        Assert.Empty(wrong);
    }

    [Fact]
    public async Task It_takes_away_each_rule_about_a_command_that_redis_sentinel_does_not_know_and_no_other()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        using RespClient ours = await server.ConnectAsync();
        using RespClient theirs = await RespClient.ConnectAsync(original.Port);
        List<string> wrong = [];
        foreach (string category in (await ours.AskAsync("ACL CAT")).Items.Select(item => item.ToText()))
        {
            foreach (string command in (await ours.AskAsync($"ACL CAT {category}")).Items.Select(item => item.ToText()))
            {
                bool isUnknown = (await theirs.AskAsync($"ACL SETUSER a +{command}")).ToText() != "OK";
                string file = _folder.Write("s.conf", $"user a on nopass +{command}\n");
                if (isUnknown != (WayBack.Of(Examine(file)) is not null))
                    wrong.Add(command);
            }
        }
        await theirs.AskAsync("ACL DELUSER a");
        Assert.Empty(wrong);
    }

    [Fact]
    public void A_path_that_a_shell_would_take_apart_is_quoted_and_an_included_file_is_named_too()
    {
        string included = _folder.Write("more.conf", "log-format logfmt\n");
        string file = _folder.Write("it's mine.conf", $"include {included}\nlog-timestamp-format iso8601\n");
        Assert.EndsWith($" {included} '{_folder.Path}/it'\\''s mine.conf'", WayBack.Of(Examine(file))!.Command);
    }

    [Fact]
    public void The_README_of_deploy_tells_all_statements_of_ours()
    {
        string readme = File.ReadAllText(Path.Combine(Path.GetDirectoryName(ExampleFileTests.Here())!, "../../../deploy/README.md"));
        Match sed = Regex.Match(readme, @"/\^sentinel \(([a-z|-]+)\) /d");
        Assert.Equal(StatementKind.All.Where(kind => kind.IsOurOwn).Select(kind => kind.Name).Order(StringComparer.Ordinal), sed.Groups[1].Value.Split('|').Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_file_of_redis_sentinel_needs_none() =>
        Assert.Null(WayBack.Of(Examine(_folder.Write("s.conf", "port 1\nuser a on nopass +sentinel|masters\nsentinel monitor m 127.0.0.1 1 2\nsentinel known-slave m 127.0.0.1 2\n"))));

    private bool IsOurs(string directive) => Lines(directive).Any(line => WayBack.Of(Examine(_folder.Write("one.conf", line))) is not null);

    /// <summary>A line of this directive that can be read.</summary>
    private IEnumerable<string> Lines(string directive) =>
        Values.Select(value => $"{directive} {value}").Where(line => Examine(_folder.Write("one.conf", line)).Mistakes.IsEmpty).Take(1);

    private static Examination Examine(string file) => ConfigurationLoader.Examine(ConfigurationArguments.Parse([file], "/"), TextReader.Null);
}
