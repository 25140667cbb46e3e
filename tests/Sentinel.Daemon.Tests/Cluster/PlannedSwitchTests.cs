using System.Globalization;
using Sentinel.Daemon.Tests.Lab;
using Sentinel.Resp;
using Xunit.Abstractions;

namespace Sentinel.Daemon.Tests.Cluster;

/// <summary>SENTINEL FAILOVER of a healthy master, under clients that write: nothing that was acknowledged is lost.</summary>
public sealed class PlannedSwitchTests(ITestOutputHelper output) : LabTests(output)
{
    private const string LeastRights =
        "&__sentinel__:hello -@all +multi +replicaof +slaveof +ping +exec +subscribe +config|rewrite +publish +info +client|setname +client|kill +script|kill";

    private static readonly string Credentials = $"sentinel auth-user {RedisLab.MasterName} watcher\nsentinel auth-pass {RedisLab.MasterName} secret";

    /// <summary>What a node says of FAILOVER: it does it, does not know it, or does not let a sentinel do it.</summary>
    public static TheoryData<string, bool> Nodes => new()
    {
        { "", true },
        { "rename-command FAILOVER \"\"", false },
        { $"user watcher on >secret {LeastRights} +client|pause +client|unpause", false },
        { $"user watcher on >secret {LeastRights} +failover", true },
    };

    [Theory, MemberData(nameof(Nodes))]
    public async Task No_write_is_lost_whether_the_master_hands_over_by_itself_or_is_told_to_hold_writes_back(string node, bool handsOver)
    {
        RedisLab lab = await HealthyLabAsync(new LabOptions { DownAfter = TimeSpan.FromSeconds(5), Node = _ => node, Sentinel = node.StartsWith("user", StringComparison.Ordinal) ? Credentials : "" });
        await using var writers = new Writers(lab, count: 4);
        for (int i = 0; i < 3; i++)
        {
            RedisNode former = await lab.MasterAsync();
            await writers.WriteSomeAsync();
            await OrderAsync(lab.Sentinels[i], "coordinated");
            RedisNode master = await lab.MasterAfterAsync(former);
            await lab.SettleAsync();
            await writers.WriteSomeAsync();
            Assert.NotEqual(former, master);
        }
        await writers.StopAsync();
        RedisNode last = await lab.MasterAsync();
        HashSet<string> kept = [.. (await last.AskAsync("LRANGE", Writers.Key, "0", "-1")).Items.Select(item => item.Text())];
        Assert.DoesNotContain(writers.Acknowledged, value => !kept.Contains(value));
        Assert.Equal(handsOver ? 0 : 3, lab.Messages.Count(message => message.Contains("is told to hold writes back", StringComparison.Ordinal)));
        Assert.Equal(3, lab.Events("+promoted-slave").Length);
    }

    [Fact]
    public async Task Where_the_master_may_take_no_part_the_failover_is_forced_and_says_why_unless_it_is_to_be_coordinated()
    {
        RedisLab lab = await HealthyLabAsync(new LabOptions { DownAfter = TimeSpan.FromSeconds(5), Node = _ => $"user watcher on >secret {LeastRights}", Sentinel = Credentials });
        RedisNode former = await lab.MasterAsync();
        await OrderAsync(lab.Sentinels[0], "COORDINATED");
        await lab.Sentinels[0].SaysAsync("-failover-abort-slave-timeout");
        await lab.SettleAsync();
        Assert.Equal(former, await lab.MasterAsync());
        Assert.Equal("OK", (await former.AskAsync("SET", "key", "value")).Text());
        await OrderAsync(lab.Sentinels[0]);
        await lab.MasterAfterAsync(former);
        string why = Assert.Single(lab.Messages, message => message.Contains("goes on as a forced one", StringComparison.Ordinal));
        Assert.Contains("client|pause", why, StringComparison.Ordinal);
        Assert.Contains("failover", why, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("rename-command FAILOVER \"\"")]
    public async Task When_the_replica_does_not_answer_writes_go_on_at_the_master(string node)
    {
        RedisLab lab = await HealthyLabAsync(new LabOptions { Replicas = 1, DownAfter = TimeSpan.FromSeconds(2), Node = _ => node });
        RedisNode master = await lab.MasterAsync();
        await using var writers = new Writers(lab, count: 2);
        await writers.WriteSomeAsync();
        lab.Nodes[1].Process.Freeze();
        await OrderAsync(lab.Sentinels[0], "COORDINATED");
        await lab.Sentinels[0].SaysAsync("-failover-abort-slave-timeout");
        await writers.WriteSomeAsync();
        Assert.Equal(master.Port, await lab.Sentinels[0].MasterPortAsync());
        Assert.Empty(lab.Events("+switch-master"));
    }

    [Fact]
    public async Task The_named_replica_becomes_the_master_and_a_dry_run_says_so_before()
    {
        RedisLab lab = await HealthyLabAsync(new LabOptions { DownAfter = TimeSpan.FromSeconds(5) });
        RedisNode former = await lab.MasterAsync(), wanted = lab.Nodes.Last(node => node != former);
        string[] words = ["TO", "127.0.0.1", wanted.Port.ToString(CultureInfo.InvariantCulture), "timeout", "3000"];
        string[] plan = [.. (await lab.Sentinels[0].AskAsync(["SENTINEL", "FAILOVER", RedisLab.MasterName, "DryRun", .. words])).Items.Select(item => item.Text())];
        Assert.Equal($"master {RedisLab.MasterName} 127.0.0.1:{former.Port}: healthy", plan[0]);
        Assert.Contains(plan, line => line.StartsWith($"replica 127.0.0.1:{wanted.Port}: would be promoted", StringComparison.Ordinal));
        Assert.Contains(plan, line => line.StartsWith("the failover would be coordinated", StringComparison.Ordinal));
        Assert.Equal(former, await lab.MasterAsync());
        Assert.Empty(lab.Events("+try-failover"));
        await OrderAsync(lab.Sentinels[0], words);
        Assert.Equal(wanted, await lab.MasterAfterAsync(former));
    }

    [Theory]
    [InlineData("NICELY", "ERR Unknown option 'NICELY' of SENTINEL FAILOVER: it takes COORDINATED, FORCE, TO <ip> <port>, TIMEOUT <milliseconds>, DRYRUN")]
    [InlineData("FORCE coordinated", "ERR FORCE and COORDINATED of SENTINEL FAILOVER exclude each other: give one of them")]
    [InlineData("DRYRUN DRYRUN", "ERR Option 'DRYRUN' of SENTINEL FAILOVER is given twice: say it once")]
    [InlineData("FORCE TIMEOUT 5", "ERR TIMEOUT of SENTINEL FAILOVER bounds the coordinated part, and with FORCE there is none: leave one of them out")]
    [InlineData("TO 127.0.0.1", "ERR Option 'TO' of SENTINEL FAILOVER needs two words after it: the ip and the port of a replica")]
    [InlineData("TO 127.0.0.1 port", "ERR 'port' after TO is no port: give a number from 1 to 65535")]
    [InlineData("TIMEOUT", "ERR Option 'TIMEOUT' of SENTINEL FAILOVER needs a word after it: a number of milliseconds")]
    [InlineData("TIMEOUT 0", "ERR '0' after TIMEOUT is no time: give a number of milliseconds from 1 to 86400000")]
    [InlineData("TO 127.0.0.1 1", "NOGOODSLAVE 127.0.0.1:1 is not a replica of 'mymaster': SENTINEL REPLICAS mymaster lists them")]
    public async Task An_option_that_makes_no_sense_is_refused_with_the_word_and_the_cure(string words, string error)
    {
        RedisLab lab = NewLab(new LabOptions { Replicas = 0, Sentinels = [Make.Ours], Quorum = 1 });
        await lab.Sentinels[0].StartAsync();
        RespValue reply = await lab.Sentinels[0].AskAsync(["SENTINEL", "FAILOVER", RedisLab.MasterName, .. words.Split(' ')]);
        Assert.Equal(RespKind.Error, reply.Kind);
        Assert.True(reply.TryGetText(out string? text));
        Assert.Equal(error, text);
    }

    private static async Task OrderAsync(SentinelNode sentinel, params string[] words) =>
        await Eventually.UndisputedAsync("a failover begins", async () =>
        {
            string answer = (await sentinel.AskAsync(["SENTINEL", "FAILOVER", RedisLab.MasterName, .. words])).TryGetText(out string? text) ? text : "";
            return answer == "OK" ? null : answer;
        });

    /// <summary>Clients that write one value after the other to wherever a sentinel says the master is, and remember what was acknowledged.</summary>
    private sealed class Writers : IAsyncDisposable
    {
        public const string Key = "written";

        private readonly RedisLab _lab;
        private readonly CancellationTokenSource _stopping = new();
        private readonly Lock _lock = new();
        private readonly List<string> _acknowledged = [];
        private readonly Task[] _running;

        public Writers(RedisLab lab, int count)
        {
            _lab = lab;
            _running = [.. Enumerable.Range(0, count).Select(i => Task.Run(() => RunAsync(i)))];
        }

        public IReadOnlyList<string> Acknowledged
        {
            get
            {
                lock (_lock)
                    return [.. _acknowledged];
            }
        }

        /// <summary>Waits until some more writes are acknowledged.</summary>
        public async Task WriteSomeAsync()
        {
            int before = Acknowledged.Count;
            await Eventually.SoAsync("writes are acknowledged", () => Acknowledged.Count >= before + 50);
        }

        public async Task StopAsync()
        {
            await _stopping.CancelAsync();
            await Task.WhenAll(_running);
        }

        public async ValueTask DisposeAsync()
        {
            await StopAsync();
            _stopping.Dispose();
        }

        private async Task RunAsync(int number)
        {
            for (int value = 0; !_stopping.IsCancellationRequested;)
            {
                try
                {
                    using RespConnection master = await RespConnection.ConnectAsync(await _lab.Sentinels[number % _lab.Sentinels.Count].MasterPortAsync());
                    while (!_stopping.IsCancellationRequested)
                    {
                        string written = $"{number}-{value++}";    // what was not acknowledged is not written again
                        if ((await master.AskAsync("RPUSH", Key, written)).Kind is RespKind.Error)
                            break;
                        lock (_lock)
                            _acknowledged.Add(written);
                    }
                }
                catch (Exception failure) when (failure is IOException or TimeoutException or System.Net.Sockets.SocketException)
                {
                    // asked anew
                }
            }
        }
    }
}
