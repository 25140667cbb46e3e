using Sentinel.Daemon.Acl;
using Sentinel.Daemon.Commands;

namespace Sentinel.Daemon.Tests.Acl;

/// <summary>ACL LOG: refusals are noted, and like ones counted together.</summary>
public sealed class AclLogTests
{
    private readonly Clock _clock = new();

    [Fact]
    public void Like_refusals_of_the_last_minute_are_one_entry_with_their_number()
    {
        var log = new AclLog(new RespServerOptions(), _clock);
        log.Add(DenialReason.Command, "info", "a", "first");
        log.Add(DenialReason.Command, "role", "a", "other");
        _clock.Pass(TimeSpan.FromSeconds(60));
        log.Add(DenialReason.Command, "info", "a", "second");
        AclLogEntry newest = log.Newest(10)[0];
        Assert.Equal((0L, 2L, "info", "second"), (newest.Id, newest.Count, newest.Object, newest.ClientInfo));
        Assert.Equal(TimeSpan.FromSeconds(60), newest.UpdatedAt - newest.CreatedAt);
        Assert.Equal(2, log.Newest(10).Length);

        _clock.Pass(TimeSpan.FromSeconds(60) + TimeSpan.FromMilliseconds(1));    // since the last one
        log.Add(DenialReason.Command, "info", "a", "third");
        Assert.Equal((2L, 1L), (log.Newest(1)[0].Id, log.Newest(1)[0].Count));
    }

    [Theory]
    [InlineData(DenialReason.Channel, "info", "a")]
    [InlineData(DenialReason.Command, "role", "a")]
    [InlineData(DenialReason.Command, "info", "b")]
    internal void Refusals_that_differ_in_reason_object_or_user_are_entries_of_their_own(DenialReason reason, string name, string user)
    {
        var log = new AclLog(new RespServerOptions(), _clock);
        log.Add(DenialReason.Command, "info", "a", "");
        log.Add(reason, name, user, "");
        Assert.Equal([1L, 0L], log.Newest(10).Select(entry => entry.Id));
        Assert.All(log.Newest(10), entry => Assert.Equal(1, entry.Count));
    }

    [Fact]
    public void The_oldest_entries_go_when_there_are_too_many()
    {
        var log = new AclLog(new RespServerOptions { AclLogMax = 3 }, _clock);
        for (int i = 0; i < 5; i++)
            log.Add(DenialReason.Channel, $"c{i}", "a", "");
        Assert.Equal(["c4", "c3", "c2"], log.Newest(long.MaxValue).Select(entry => entry.Object));
        Assert.Equal(["c4", "c3"], log.Newest(2).Select(entry => entry.Object));
        Assert.Empty(log.Newest(-1));
        Assert.Equal(5, log.Denied(DenialReason.Channel));
        log.Clear();
        Assert.Empty(log.Newest(10));
    }

    [Fact]
    public void Nothing_is_kept_where_nothing_may_be()
    {
        var log = new AclLog(new RespServerOptions { AclLogMax = 0 }, _clock);
        log.Add(DenialReason.Auth, "AUTH", "a", "");
        Assert.Empty(log.Newest(10));
        Assert.Equal(1, log.Denied(DenialReason.Auth));
    }

    [Fact]
    public void A_name_of_any_length_takes_little_room()
    {
        var log = new AclLog(new RespServerOptions(), _clock);
        log.Add(DenialReason.Auth, "AUTH", new string('x', 1_000_000), "");
        Assert.InRange(log.Newest(1)[0].UserName.Length, 1, 1024);
    }

    private sealed class Clock : TimeProvider
    {
        private DateTimeOffset _now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

        public void Pass(TimeSpan time) => _now += time;

        public override DateTimeOffset GetUtcNow() => _now;
    }
}
