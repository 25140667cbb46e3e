using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Sentinel.Core;
using Sentinel.Daemon.Names;
using Sentinel.Daemon.Tests.Lab;

namespace Sentinel.Daemon.Tests.Names;

/// <summary>Names are resolved as the system does, and nobody waits for it.</summary>
public class NameResolverTests
{
    private readonly ConcurrentQueue<Input> _facts = [];

    [Fact]
    public async Task The_system_knows_localhost()
    {
        using var resolver = new NameResolver(_facts.Enqueue);
        resolver.Resolve("localhost");
        NameResolved resolved = Assert.IsType<NameResolved>(await FactAsync("localhost"));
        Assert.All(resolved.Ips, ip => Assert.True(IPAddress.IsLoopback(IPAddress.Parse(ip)), ip));
        Assert.NotEmpty(resolved.Ips);
    }

    [Theory]
    [InlineData("nowhere.invalid")]    // reserved for that: RFC 2606
    [InlineData("a..b")]
    [InlineData("no such host")]
    [InlineData("xn--a")]
    public async Task What_cannot_be_resolved_is_said_to_be_so(string host)
    {
        using var resolver = new NameResolver(_facts.Enqueue);
        resolver.Resolve(host);
        Assert.NotEmpty(Assert.IsType<NameNotResolved>(await FactAsync(host)).Error);
    }

    [Theory]
    [InlineData(SocketError.HostNotFound, false)]
    [InlineData(SocketError.NoData, false)]
    [InlineData(SocketError.TryAgain, true)]
    [InlineData(SocketError.NoRecovery, true)]
    public async Task A_resolver_that_fails_is_told_from_a_name_that_leads_nowhere(SocketError error, bool isPassing)
    {
        using var resolver = new NameResolver(_facts.Enqueue, _ => throw new SocketException((int)error));
        resolver.Resolve("db1");
        Assert.Equal(isPassing, Assert.IsType<NameNotResolved>(await FactAsync("db1")).IsPassing);
    }

    [Fact]
    public async Task Resolutions_that_hang_block_neither_the_caller_nor_the_thread_pool_and_are_bounded()
    {
        using var answers = new ManualResetEventSlim();
        int underWay = 0, most = 0;
        using var resolver = new NameResolver(_facts.Enqueue, host =>
        {
            Assert.False(Thread.CurrentThread.IsThreadPoolThread);
            InterlockedMax(ref most, Interlocked.Increment(ref underWay));
            answers.Wait();
            Interlocked.Decrement(ref underWay);
            return [IPAddress.Loopback];
        });
        for (int i = 0; i < 100; i++)
            resolver.Resolve($"host{i}");
        await Eventually.SoAsync("as many as may are under way", () => Volatile.Read(ref underWay) == 8);
        Assert.Empty(_facts);
        answers.Set();
        await Eventually.SoAsync("all are resolved", () => _facts.Count == 100);
        Assert.Equal(8, most);
        Assert.Equal(100, _facts.OfType<NameResolved>().Select(fact => fact.Host).Distinct().Count());
    }

    [Fact]
    public async Task A_name_with_very_many_addresses_is_cut_short()
    {
        using var resolver = new NameResolver(_facts.Enqueue, _ => [.. Enumerable.Range(0, 1000).Select(i => new IPAddress(0x0100_000A + ((long)(i % 250) << 24)))]);
        resolver.Resolve("many");
        Assert.Equal(16, Assert.IsType<NameResolved>(await FactAsync("many")).Ips.Length);
    }

    private async Task<Input> FactAsync(string what)
    {
        await Eventually.SoAsync($"there is an outcome for {what}", () => !_facts.IsEmpty);
        return Assert.Single(_facts);
    }

    private static void InterlockedMax(ref int most, int value)
    {
        int seen;
        while ((seen = Volatile.Read(ref most)) < value)
            Interlocked.CompareExchange(ref most, value, seen);
    }
}
