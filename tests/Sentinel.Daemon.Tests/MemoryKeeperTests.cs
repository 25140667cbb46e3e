using Sentinel.Core;
using Sentinel.Daemon.Hosting;

namespace Sentinel.Daemon.Tests;

/// <summary>When the heap is tidied, and when that can wait. That it stays small over hours the soak shows.</summary>
public class MemoryKeeperTests
{
    private const long MB = 1024 * 1024;

    private static readonly Instant s_now = Instant.At(TimeSpan.FromHours(1));

    [Theory]
    [InlineData(5, 0, true)]       // never tidied yet
    [InlineData(7, 5, false)]      // what new objects take
    [InlineData(8, 5, true)]
    [InlineData(45, 40, false)]    // much is alive: a halt is longer, and is made for more
    [InlineData(51, 40, true)]
    public void The_heap_is_tidied_when_it_has_grown_enough_to_be_worth_the_halt(long heldMB, long keptMB, bool isWorthIt) =>
        Assert.Equal(isWorthIt, MemoryKeeper.IsWorthIt(heldMB * MB, keptMB * MB));

    [Fact]
    public void Nothing_is_tidied_while_a_master_is_failed_over_or_has_just_gone_down()
    {
        Assert.False(MemoryKeeper.IsBusy(View(InstanceFlags.Master, downFor: null, FailoverStep.None), s_now));
        Assert.True(MemoryKeeper.IsBusy(View(InstanceFlags.Master, downFor: null, FailoverStep.WaitStart), s_now));
        Assert.True(MemoryKeeper.IsBusy(View(InstanceFlags.Master | InstanceFlags.SubjectivelyDown, TimeSpan.FromSeconds(5), FailoverStep.None), s_now));
    }

    [Fact]
    public void A_master_that_has_been_down_for_long_is_no_reason_to_wait() =>
        Assert.False(MemoryKeeper.IsBusy(View(InstanceFlags.Master | InstanceFlags.SubjectivelyDown, TimeSpan.FromHours(0.5), FailoverStep.None), s_now));

    private static SentinelView View(InstanceFlags flags, TimeSpan? downFor, FailoverStep failover)
    {
        var view = new SentinelView { Id = SentinelId.Draw(new Random(1)) };
        var master = new MasterView
        {
            Name = "mymaster",
            Address = new Address("127.0.0.1", 6379),
            Link = new LinkHealth(),
            Options = new MasterOptions { Name = "mymaster", Quorum = 2 },
            Flags = flags,
            DownSince = s_now - downFor,
            Failover = failover,
        };
        return view with { Masters = view.Masters.Add(master.Name, master) };
    }
}
