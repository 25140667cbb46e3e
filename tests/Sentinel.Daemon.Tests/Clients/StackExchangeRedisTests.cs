using System.Net;
using Sentinel.Daemon.Tests.Lab;
using StackExchange.Redis;
using Xunit.Abstractions;

namespace Sentinel.Daemon.Tests.Clients;

/// <summary>StackExchange.Redis as applications use it with Redis Sentinel.</summary>
public sealed class StackExchangeRedisTests(SharedLab shared, ITestOutputHelper output) : LabTests(output), IClassFixture<SharedLab>
{
    [Fact]
    public async Task It_finds_the_master_and_its_replicas_through_every_sentinel()
    {
        RedisLab lab = await HealthyLabAsync(shared);
        RedisNode master = await lab.MasterAsync();
        using ConnectionMultiplexer sentinels = await ConnectionMultiplexer.ConnectAsync(ToSentinels(lab));
        foreach (SentinelNode sentinel in lab.Sentinels)
        {
            IServer server = sentinels.GetServer("127.0.0.1", sentinel.Port);
            Assert.Equal(ServerType.Sentinel, server.ServerType);
            Assert.Equal(new IPEndPoint(IPAddress.Loopback, master.Port), await server.SentinelGetMasterAddressByNameAsync(RedisLab.MasterName));
            Assert.Null(await server.SentinelGetMasterAddressByNameAsync("unknown"));
            Assert.Equal(RedisLab.MasterName, Assert.Single(await server.SentinelMastersAsync()).ToDictionary()["name"]);
            Assert.Equal("2", (await server.SentinelMasterAsync(RedisLab.MasterName)).ToDictionary()["num-other-sentinels"]);
            Assert.Equal(
                lab.Nodes.Where(node => node != master).Select(node => $"{node.Port}").Order(StringComparer.Ordinal),
                (await server.SentinelSlavesAsync(RedisLab.MasterName)).Select(replica => replica.ToDictionary()["port"]).Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public async Task It_hears_of_a_new_master_and_writes_to_it()
    {
        RedisLab lab = await HealthyLabAsync(shared);
        RedisNode former = await lab.MasterAsync();
        using ConnectionMultiplexer sentinels = await ConnectionMultiplexer.ConnectAsync(ToSentinels(lab));
        var switched = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        await sentinels.GetSubscriber().SubscribeAsync("+switch-master", (_, message) => switched.TrySetResult(message!));
        using (ConnectionMultiplexer before = await ConnectionMultiplexer.ConnectAsync(ToNode(former.Port)))
            Assert.True(await before.GetDatabase().StringSetAsync("key", "before"));
        await former.AskAsync("WAIT", "2", "10000");

        await former.KillAsync();
        string[] told = (await switched.Task.WaitAsync(Eventually.Patience)).Split(' ');
        Assert.Equal([RedisLab.MasterName, "127.0.0.1", $"{former.Port}", "127.0.0.1"], told[..4]);
        using ConnectionMultiplexer after = await ConnectionMultiplexer.ConnectAsync(ToNode(int.Parse(told[4])));
        IDatabase database = after.GetDatabase();
        Assert.Equal("before", await database.StringGetAsync("key"));
        Assert.True(await database.StringSetAsync("key", "after"));
        Assert.Equal("after", await database.StringGetAsync("key"));
    }

    private static ConfigurationOptions ToSentinels(RedisLab lab)
    {
        var options = new ConfigurationOptions
        {
            CommandMap = CommandMap.Sentinel,
            TieBreaker = "",
            ServiceName = RedisLab.MasterName,
            ConnectTimeout = 10_000,
        };
        foreach (SentinelNode sentinel in lab.Sentinels)
            options.EndPoints.Add(IPAddress.Loopback, sentinel.Port);
        return options;
    }

    private static ConfigurationOptions ToNode(int port) => new()
    {
        EndPoints = { { IPAddress.Loopback, port } },
        ConnectTimeout = 10_000,
    };
}
