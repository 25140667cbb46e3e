using System.Globalization;
using Sentinel.Daemon.Configuration;
using Sentinel.Daemon.Tests.Configuration;
using Sentinel.Daemon.Tests.Lab;
using Xunit.Abstractions;

namespace Sentinel.Daemon.Tests.Cluster;

/// <summary>An operator who cannot make up his mind: ours and redis-sentinel take turns on one configuration file.</summary>
public sealed class SwitchingTests(ITestOutputHelper output) : LabTests(output)
{
    private const int Switches = 10;

    /// <summary>What a user may have in a file, and a second group that is never up: what is known of it must stay too.</summary>
    private const string More = """
        # the second group
        sentinel monitor other 127.0.0.1 1 3
        sentinel auth-user other me
        sentinel auth-pass other p#w$%é
        sentinel rename-command other CONFIG hidden
        sentinel known-replica other 127.0.0.1 2
        sentinel known-sentinel other 127.0.0.1 3 eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee
        sentinel announce-port 26379
        sentinel sentinel-pass peer-secret
        loglevel verbose
        maxclients 5000
        latency-tracking-info-percentiles 50 99
        # the end
        """;

    [Fact]
    public async Task After_ten_switches_with_a_failover_a_new_peer_and_a_changed_option_each_nothing_is_lost()
    {
        RedisLab lab = NewLab(new LabOptions { Sentinels = [Make.Ours], Quorum = 1, DownAfter = TimeSpan.FromSeconds(5), Sentinel = More });
        SentinelNode sentinel = lab.Sentinels[0];
        string[] comments = Comments(sentinel);
        await lab.StartAsync();
        string[] known = [];
        for (int i = 1; i <= Switches; i++)
        {
            await FailOverAsync(lab);
            await LearnPeerAsync(lab, i);
            foreach (string[] option in (string[][])[["failover-timeout", $"{20_000 + i}"], ["parallel-syncs", $"{i + 1}"], ["auth-pass", $"secret-{i}"]])
                Assert.Equal("OK", (await sentinel.AskAsync(["SENTINEL", "SET", i % 3 == 0 ? "other" : RedisLab.MasterName, .. option])).Text());
            Assert.Equal("OK", (await sentinel.AskAsync("SENTINEL", "FLUSHCONFIG")).Text());
            string[] before = await StateAsync(sentinel);
            Assert.True(known.Length < before.Length);    // the new peer, if nothing else

            await sentinel.KillAsync();
            string file = await File.ReadAllTextAsync(sentinel.ConfigurationFile);
            string[] saved = Saved(file);
            Assert.Equal(comments, Comments(sentinel));
            sentinel.Make = sentinel.Make is Make.Ours ? Make.Redis : Make.Ours;
            await sentinel.StartAsync();
            known = await StateAsync(sentinel);
            Assert.Equal(before, known);

            // and once it has saved by itself, which redis-sentinel does only when asked, the file says the same
            Assert.Equal("OK", (await sentinel.AskAsync("SENTINEL", "FLUSHCONFIG")).Text());
            Assert.Equal(saved, Saved(await File.ReadAllTextAsync(sentinel.ConfigurationFile)));
        }
        Assert.Equal(Make.Ours, sentinel.Make);
    }

    private static async Task FailOverAsync(RedisLab lab)
    {
        RedisNode former = await lab.MasterAsync();
        ulong epoch = await ConfigEpochAsync(lab);
        // NOGOODSLAVE until it has heard of the replicas, which have just been told to follow
        await Eventually.SoAsync("a failover begins", async () =>
            (await lab.Sentinels[0].AskAsync("SENTINEL", "FAILOVER", RedisLab.MasterName)).Text() == "OK");
        RedisNode master = await lab.MasterAfterAsync(former);
        await Eventually.SoAsync("the failover is over", async () => (await lab.Sentinels[0].MasterAsync())["flags"] == "master");
        Assert.True(epoch < await ConfigEpochAsync(lab));
        await Eventually.SoAsync("another replica follows", async () =>
            (await Task.WhenAll(lab.Nodes.Select(node => node.RoleAsync()))).Contains($"slave of {master.Port}"));
    }

    private static async Task<ulong> ConfigEpochAsync(RedisLab lab) =>
        ulong.Parse((await lab.Sentinels[0].MasterAsync())["config-epoch"], CultureInfo.InvariantCulture);

    /// <summary>A Sentinel says hello that nobody will ever reach.</summary>
    private static async Task LearnPeerAsync(RedisLab lab, int number)
    {
        RedisNode master = await lab.MasterAsync();
        ulong epoch = await ConfigEpochAsync(lab);
        string id = $"{number:x2}".PadLeft(40, 'f');
        string hello = $"127.0.0.1,{number},{id},{epoch},{RedisLab.MasterName},127.0.0.1,{master.Port},{epoch}";
        await Eventually.SoAsync("it knows the new peer", async () =>
        {
            await master.AskAsync("PUBLISH", "__sentinel__:hello", hello);
            return (await lab.Sentinels[0].PeersAsync()).Any(peer => peer["runid"] == id);
        });
    }

    private static string[] Comments(SentinelNode sentinel) =>
        [.. File.ReadAllLines(sentinel.ConfigurationFile).Where(line => line.StartsWith('#') && line != RewritableLine.Signature)];

    /// <summary>What a sentinel is and knows, that does not depend on time.</summary>
    private static async Task<string[]> StateAsync(SentinelNode sentinel)
    {
        List<string> state = [(await sentinel.AskAsync("SENTINEL", "MYID")).Text()];
        foreach (string name in (string[])[RedisLab.MasterName, "other"])
        {
            Dictionary<string, string> master = (await sentinel.AskAsync("SENTINEL", "MASTER", name)).Fields();
            string[] fields = ["ip", "port", "quorum", "config-epoch", "down-after-milliseconds", "failover-timeout", "parallel-syncs"];
            state.AddRange(fields.Select(field => $"{name} {field} {master[field]}"));
            foreach (string kind in (string[])["REPLICAS", "SENTINELS"])
            {
                IEnumerable<Dictionary<string, string>> all = (await sentinel.AskAsync("SENTINEL", kind, name)).Items.Select(Replies.Fields);
                state.AddRange(all.Select(one => $"{name} {kind} {one["ip"]} {one["port"]} {(kind == "SENTINELS" ? one["runid"] : "")}").Order(StringComparer.Ordinal));
            }
        }
        return [.. state];
    }

    /// <summary>What a file says, in our reading of it: also what cannot be asked for, such as epochs and passwords.</summary>
    private static string[] Saved(string text)
    {
        SentinelConfiguration read = ReadingTests.Read(text);
        return [Samples.Said(read.State(read.Id!.Value)), Samples.Said(read), $"{read.Log.Threshold} {read.MaxClients}"];
    }
}
