using Sentinel.Daemon.Tests.Commands;
using Sentinel.Resp;

namespace Sentinel.Daemon.Tests.Acl;

/// <summary>Who stays connected when users change, and what ACL LOG tells.</summary>
public sealed class UserChangeTests
{
    [Fact]
    public async Task Clients_of_a_removed_user_are_disconnected_and_others_stay()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        using RespClient admin = await server.ConnectAsync();
        await admin.ExpectAsync("ACL SETUSER a on nopass +ping", "+OK|");
        using RespClient theirs = await ClientOfAsync(server, "a");
        await admin.ExpectAsync("ACL DELUSER a a nope", ":1|");
        Assert.Equal("", await EndAsync(theirs));
        await admin.ExpectAsync("PING", "+PONG|");
        await admin.ExpectAsync("ACL USERS", "*1|$7|default|");
    }

    [Fact]
    public async Task Who_removes_itself_is_told_and_disconnected()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        using RespClient admin = await server.ConnectAsync();
        await admin.ExpectAsync("ACL SETUSER a on nopass +@all", "+OK|");
        using RespClient own = await ClientOfAsync(server, "a");
        await own.SendAsync("ACL DELUSER a\r\nPING\r\n");
        Assert.Equal(":1\r\n", await own.ReadToEndAsync());
    }

    [Fact]
    public async Task Clients_of_a_user_that_is_switched_off_stay_and_new_ones_do_not_come_in()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        using RespClient admin = await server.ConnectAsync();
        await admin.ExpectAsync("ACL SETUSER a on >p +ping", "+OK|");
        using RespClient early = await server.ConnectAsync();
        await early.ExpectAsync("AUTH a p", "+OK|");
        await admin.ExpectAsync("ACL SETUSER a off resetpass", "+OK|");
        await early.ExpectAsync("PING", "+PONG|");
        using RespClient late = await server.ConnectAsync();
        await late.ExpectAsync("AUTH a p", "-WRONGPASS invalid username-password pair or user is disabled.|");
    }

    [Fact]
    public async Task What_a_user_may_do_changes_at_once_also_for_clients_that_are_connected()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        using RespClient admin = await server.ConnectAsync();
        await admin.ExpectAsync("ACL SETUSER a on nopass", "+OK|");
        using RespClient client = await ClientOfAsync(server, "a");
        await client.ExpectAsync("PING", "-NOPERM User a has no permissions to run the 'ping' command|");
        await admin.ExpectAsync("ACL SETUSER a +ping", "+OK|");
        await client.ExpectAsync("PING", "+PONG|");
        await admin.ExpectAsync("ACL SETUSER a reset", "+OK|");
        await client.ExpectAsync("PING", "-NOPERM User a has no permissions to run the 'ping' command|");
    }

    [Theory]
    [InlineData("SUBSCRIBE +sdown", "resetchannels &-*", true)]
    [InlineData("SUBSCRIBE +sdown", "resetchannels", true)]
    [InlineData("SUBSCRIBE +sdown", "resetchannels &+s*", false)]
    [InlineData("SUBSCRIBE +sdown", "resetchannels (&+sdown)", false)]
    [InlineData("SUBSCRIBE +sdown", "reset", true)]
    [InlineData("SUBSCRIBE +sdown", "off", false)]
    [InlineData("SUBSCRIBE +sdown", "allchannels", false)]
    [InlineData("PSUBSCRIBE +*", "resetchannels &+* &x", false)]
    [InlineData("PSUBSCRIBE +*", "resetchannels &+?*", true)]
    [InlineData("PSUBSCRIBE +*", "resetchannels &*", false)]
    public async Task A_subscriber_is_disconnected_when_it_may_no_longer_have_what_it_has_subscribed_to(string subscription, string rules, bool isDisconnected)
    {
        await using RunningServer server = await RunningServer.StartAsync();
        using RespClient admin = await server.ConnectAsync();
        await admin.ExpectAsync("ACL SETUSER a on nopass +subscribe +psubscribe +ping &+*", "+OK|");
        using RespClient subscriber = await ClientOfAsync(server, "a");
        Assert.Equal(RespKind.Array, (await subscriber.AskAsync(subscription)).Kind);
        using RespClient bystander = await server.ConnectAsync();
        Assert.Equal(RespKind.Array, (await bystander.AskAsync(subscription)).Kind);

        await admin.ExpectAsync($"ACL SETUSER a {rules}", "+OK|");
        if (isDisconnected)
            Assert.Equal("", await EndAsync(subscriber));
        else
            Assert.NotEqual(RespKind.Null, (await subscriber.AskAsync("PING")).Kind);
        server.Happen("+sdown", "x");
        Assert.Contains("+sdown", string.Join(' ', (await bystander.ReadAsync()).Items.Select(item => item.ToText())), StringComparison.Ordinal);
    }

    /// <summary>redis-sentinel 7.0.15 crashes here.</summary>
    [Fact]
    public async Task A_subscriber_that_takes_its_own_channels_away_is_told_and_disconnected()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        using RespClient admin = await server.ConnectAsync();
        await admin.ExpectAsync("ACL SETUSER a on nopass +@all &*", "+OK|");
        using RespClient own = await ClientOfAsync(server, "a");
        await own.SendAsync("HELLO 3\r\nSUBSCRIBE x\r\nACL SETUSER a resetchannels\r\n");
        Assert.EndsWith("+OK\r\n", await own.ReadToEndAsync(), StringComparison.Ordinal);
        await admin.ExpectAsync("PING", "+PONG|");
    }

    [Theory, InlineData(RespVersion.Resp2), InlineData(RespVersion.Resp3)]
    public async Task The_log_tells_who_was_refused_what(RespVersion version)
    {
        await using RunningServer server = await RunningServer.StartAsync();
        using RespClient admin = await server.ConnectAsync(version);
        await admin.ExpectAsync("ACL SETUSER a on >p +ping +subscribe", "+OK|");
        using RespClient client = await server.ConnectAsync();
        await client.AskAsync("auth a wrong");
        await client.AskAsync("AUTH a p");
        await client.AskAsync("SUBSCRIBE +sdown");
        await client.AskAsync("SENTINEL masters");
        await client.AskAsync("SENTINEL masters");

        RespValue log = await admin.AskAsync("ACL LOG");
        RespKind map = version is RespVersion.Resp3 ? RespKind.Map : RespKind.Array;
        Assert.All(log.Items, entry => Assert.Equal(map, entry.Kind));
        Assert.Equal(
            ["count 2 reason command context toplevel object sentinel|masters username a", "count 1 reason channel context toplevel object +sdown username a", "count 1 reason auth context toplevel object auth username a"],
            log.Items.Select(entry => string.Join(' ', entry.Items.Take(10).Select(item => item.TryGetInteger(out long number) ? $"{number}" : item.ToText()))));
        Assert.Equal(
            ["age-seconds", "client-info", "entry-id", "timestamp-created", "timestamp-last-updated"], log.Items[0].Items.Skip(10).Where((_, i) => i % 2 == 0).Select(item => item.ToText()));
        Assert.Equal(version is RespVersion.Resp3 ? RespKind.Double : RespKind.BulkString, log.Items[0].Items[11].Kind);
        Assert.Contains("user=a ", log.Items[0].Items[13].ToText(), StringComparison.Ordinal);
        Assert.True(log.Items[0].Items[15].TryGetInteger(out long id));
        Assert.Equal(2, id);
        await admin.ExpectAsync("ACL LOG RESET", "+OK|");
        await admin.ExpectAsync("ACL LOG", "*0|");
    }

    [Theory, InlineData("", 64), InlineData(" 1", 1), InlineData(" 4", 1), InlineData(" 5", 2), InlineData(" 4096", 1024)]
    public async Task A_generated_password_has_as_many_digits_as_its_bits_need(string bits, int digits)
    {
        await using RunningServer server = await RunningServer.StartAsync();
        using RespClient client = await server.ConnectAsync();
        string password = await client.AskTextAsync($"ACL GENPASS{bits}");
        Assert.Equal(digits, password.Length);
        Assert.All(password, digit => Assert.True(char.IsAsciiHexDigitLower(digit)));
        if (digits > 16)
            Assert.NotEqual(password, await client.AskTextAsync($"ACL GENPASS{bits}"));
    }

    [Fact]
    public async Task Names_and_patterns_of_any_bytes_come_back_as_they_were()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        using RespClient client = await server.ConnectAsync();
        await client.ExpectAsync("ACL SETUSER \"\\xff\\xc3\\xa9\" on \">\\xfe\" \"~\\xfd\" \"&\\xfc\"", "+OK|");
        Assert.Contains("~\xfd resetchannels &\xfc", (await client.AskAsync("ACL LIST")).Items[1].ToText(), StringComparison.Ordinal);
        await client.ExpectAsync("AUTH \"\\xff\\xc3\\xa9\" \"\\xfe\"", "+OK|");
        await client.ExpectAsync("AUTH \"\\xff\\xc3\\xa9\" \"\\xff\"", "-WRONGPASS invalid username-password pair or user is disabled.|");
    }

    private static async Task<RespClient> ClientOfAsync(RunningServer server, string user)
    {
        RespClient client = await server.ConnectAsync();
        await client.ExpectAsync($"AUTH {user} x", "+OK|");
        return client;
    }

    /// <summary>What still comes until the connection ends; nothing, where it is reset.</summary>
    private static async Task<string> EndAsync(RespClient client) => (await client.ReadToEndAsync()).Replace("<reset>", "", StringComparison.Ordinal);
}
