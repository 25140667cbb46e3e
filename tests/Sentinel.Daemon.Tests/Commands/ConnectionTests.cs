using System.IO.Pipelines;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Sentinel.Daemon.Commands;
using Sentinel.Daemon.Tests.Lab;
using Sentinel.Resp;

namespace Sentinel.Daemon.Tests.Commands;

/// <summary>The dispatcher, and the commands about the connection itself.</summary>
public sealed class ConnectionTests
{
    private const string Hello2 = "*12|$6|server|$5|redis|$7|version|$5|7.4.0|$5|proto|:2|$2|id|:1|$4|mode|$8|sentinel|$7|modules|*0|";
    private const string Hello3 = "%6|$6|server|$5|redis|$7|version|$5|7.4.0|$5|proto|:3|$2|id|:1|$4|mode|$8|sentinel|$7|modules|*0|";

    [Theory]
    [InlineData("PING", "+PONG|", "+PONG|")]
    [InlineData("ping hi", "$2|hi|", "$2|hi|")]
    [InlineData("PING a b", "-ERR wrong number of arguments for 'ping' command|", null)]
    [InlineData("*2\r\n$4\r\nPING\r\n$0\r\n\r\n", "$0||", null)]
    [InlineData("FOO", "-ERR unknown command 'FOO', with args beginning with: |", null)]
    [InlineData("foo a b", "-ERR unknown command 'foo', with args beginning with: 'a' 'b' |", null)]
    [InlineData("FOO \"a\\r\\nb\"", "-ERR unknown command 'FOO', with args beginning with: 'a  b' |", null)]
    [InlineData("FOO \"\\xff\\xfe\"", "-ERR unknown command 'FOO', with args beginning with: '\u00ff\u00fe' |", null)]
    [InlineData("RESET", "-ERR unknown command 'RESET', with args beginning with: |", null)]
    [InlineData("CONFIG GET x", "-ERR unknown command 'CONFIG', with args beginning with: 'GET' 'x' |", null)]
    [InlineData("SENTINEL", "-ERR wrong number of arguments for 'sentinel' command|", null)]
    [InlineData("SENTINEL Foo bar", "-ERR unknown subcommand 'Foo'. Try SENTINEL HELP.|", null)]
    [InlineData("client foo", "-ERR unknown subcommand 'foo'. Try CLIENT HELP.|", null)]
    [InlineData("COMMAND foo", "-ERR unknown subcommand 'foo'. Try COMMAND HELP.|", null)]
    [InlineData("AUTH x", "-ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?|", null)]
    [InlineData("AUTH default x", "+OK|", null)]
    [InlineData("AUTH other x", "-WRONGPASS invalid username-password pair or user is disabled.|", null)]
    [InlineData("AUTH a b c", "-ERR syntax error|", null)]
    [InlineData("HELLO", Hello2, Hello3)]
    [InlineData("HELLO 2", Hello2, Hello2)]
    [InlineData("HELLO 3", Hello3, Hello3)]
    [InlineData("HELLO 2 AUTH default x SETNAME me", Hello2, Hello2)]
    [InlineData("HELLO 4", "-NOPROTO unsupported protocol version|", null)]
    [InlineData("HELLO 03", "-ERR Protocol version is not an integer or out of range|", null)]
    [InlineData("HELLO x", "-ERR Protocol version is not an integer or out of range|", null)]
    [InlineData("HELLO 2 foo", "-ERR Syntax error in HELLO option 'foo'|", null)]
    [InlineData("HELLO 2 AUTH a", "-ERR Syntax error in HELLO option 'AUTH'|", null)]
    [InlineData("HELLO 2 SETNAME", "-ERR Syntax error in HELLO option 'SETNAME'|", null)]
    [InlineData("HELLO 2 SETNAME \"a b\"", "-ERR Client names cannot contain spaces, newlines or special characters.|", null)]
    [InlineData("HELLO 2 AUTH other x", "-WRONGPASS invalid username-password pair or user is disabled.|", null)]
    [InlineData("ROLE", "*2|$8|sentinel|*1|$1|m|", "*2|$8|sentinel|*1|$1|m|")]
    [InlineData("ROLE x", "-ERR wrong number of arguments for 'role' command|", null)]
    [InlineData("PUBLISH a b", "-ERR Only HELLO messages are accepted by Sentinel instances.|", null)]
    [InlineData("PUBLISH __sentinel__:hello rubbish", ":1|", ":1|")]
    [InlineData("SHUTDOWN x", "-ERR syntax error|", null)]
    [InlineData("SHUTDOWN NOSAVE SAVE", "-ERR syntax error|", null)]
    [InlineData("SHUTDOWN ABORT NOW", "-ERR syntax error|", null)]
    [InlineData("SHUTDOWN ABORT", "-ERR No shutdown in progress.|", null)]
    [InlineData("INFO nosuch", "$0||", "$0||")]
    public async Task Each_request_has_its_reply_in_both_versions(string request, string resp2, string? resp3)
    {
        await using RunningServer server = await RunningServer.StartAsync(RunningServer.Unreachable("m"));
        using (RespClient client = await server.ConnectAsync(RespVersion.Resp2))
        {
            await client.ExpectAsync(request, resp2);
            await client.ExpectNothingMoreAsync();
        }
        using (RespClient client = await server.ConnectAsync(RespVersion.Resp3))
        {
            await client.ExpectAsync(request, (resp3 ?? resp2).Replace("|:1|$4|mode", "|:2|$4|mode", StringComparison.Ordinal));
            await client.ExpectNothingMoreAsync();
        }
    }

    [Fact]
    public async Task What_is_quoted_of_an_unknown_command_is_limited_to_128_bytes()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        using RespClient client = await server.ConnectAsync();
        string x = new('x', 200);
        await client.ExpectAsync($"{x} {x} y", $"-ERR unknown command '{x[..128]}', with args beginning with: '{x[..128]}' |");
        await client.ExpectAsync($"A {x[..120]} {x}", $"-ERR unknown command 'A', with args beginning with: '{x[..120]}' '{x[..5]}' |");
        await client.ExpectNothingMoreAsync();
    }

    [Theory]
    [InlineData("*x\r\n", "-ERR Protocol error: invalid multibulk length|")]
    [InlineData("*1\r\nfoo\r\n", "-ERR Protocol error: expected '$', got 'f'|")]
    [InlineData("*1\r\n$x\r\n", "-ERR Protocol error: invalid bulk length|")]
    [InlineData("PING \"\r\n", "-ERR Protocol error: unbalanced quotes in request|")]
    [InlineData("PING\r\nPING 2\r\n*x\r\nPING 3\r\n", "+PONG|$1|2|-ERR Protocol error: invalid multibulk length|")]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nPING\r\n", "")]
    [InlineData("PING\r\nhost: a\r\nPING\r\n", "+PONG|")]
    [InlineData("PING\r\nQUIT\r\nPING\r\n", "+PONG|+OK|")]
    public async Task The_connection_is_closed_after_what_cannot_be_followed(string requests, string replies)
    {
        await using RunningServer server = await RunningServer.StartAsync();
        using RespClient client = await server.ConnectAsync();
        await client.SendAsync(requests);
        Assert.Equal(replies.Replace("|", "\r\n", StringComparison.Ordinal), await client.ReadToEndAsync());
        await Eventually.SoAsync("the client is gone", () => server.Clients.Count == 0);
    }

    [Fact]
    public async Task A_stranger_learns_which_commands_exist_and_no_more()
    {
        await using RunningServer server = await RunningServer.StartAsync(new RespServerOptions { RequirePass = "secret" });
        using RespClient client = await server.ConnectAsync();
        const string noAuth = "-NOAUTH Authentication required.|";
        await client.ExpectAsync("PING", noAuth);
        await client.ExpectAsync("SENTINEL masters", noAuth);
        await client.ExpectAsync("SUBSCRIBE x", noAuth);
        await client.ExpectAsync("FOO", "-ERR unknown command 'FOO', with args beginning with: |");
        await client.ExpectAsync("SENTINEL foo", "-ERR unknown subcommand 'foo'. Try SENTINEL HELP.|");
        await client.ExpectLineAsync("SENTINEL master", "-ERR wrong number of arguments for 'sentinel|master' command");
        await client.ExpectAsync("HELLO 3", "-NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO <proto> AUTH <user> <pass> option can be used to authenticate the client and select the RESP protocol version at the same time|");
        await client.ExpectAsync("HELLO 3 AUTH default wrong", "-WRONGPASS invalid username-password pair or user is disabled.|");
        await client.ExpectAsync("AUTH wrong", "-WRONGPASS invalid username-password pair or user is disabled.|");
        await client.ExpectAsync("AUTH default \"\"", "-WRONGPASS invalid username-password pair or user is disabled.|");
        await client.ExpectAsync("AUTH other secret", "-WRONGPASS invalid username-password pair or user is disabled.|");
        await client.ExpectAsync("PING", noAuth);
        await client.ExpectAsync("AUTH secret", "+OK|");
        await client.ExpectAsync("PING", "+PONG|");
        // a later failure takes nothing away
        await client.ExpectAsync("AUTH wrong", "-WRONGPASS invalid username-password pair or user is disabled.|");
        await client.ExpectAsync("PING", "+PONG|");
    }

    [Theory]
    [InlineData("*11\r\n", "-ERR Protocol error: unauthenticated multibulk length|")]
    [InlineData("*2\r\n$4\r\nPING\r\n$16385\r\n", "-ERR Protocol error: unauthenticated bulk length|")]
    public async Task A_stranger_may_not_send_much(string request, string reply)
    {
        await using RunningServer server = await RunningServer.StartAsync(new RespServerOptions { RequirePass = "secret" });
        using RespClient client = await server.ConnectAsync();
        await client.SendAsync(request);
        Assert.Equal(reply.Replace("|", "\r\n", StringComparison.Ordinal), await client.ReadToEndAsync());
    }

    [Fact]
    public async Task The_limits_for_strangers_end_with_the_request_that_authenticates()
    {
        await using RunningServer server = await RunningServer.StartAsync(new RespServerOptions { RequirePass = "secret" });
        using RespClient client = await server.ConnectAsync();
        string large = new('x', 20_000);
        await client.ExpectAsync($"AUTH default secret\r\n*2\r\n$4\r\nPING\r\n$20000\r\n{large}\r\n", $"+OK|$20000|{large}|");
    }

    [Fact]
    public async Task Hello_authenticates_names_and_changes_the_version_at_once_or_not_at_all()
    {
        await using RunningServer server = await RunningServer.StartAsync(new RespServerOptions { RequirePass = "secret" });
        using RespClient client = await server.ConnectAsync();
        await client.ExpectAsync("HELLO 3 AUTH default secret SETNAME me", Hello3);
        await client.ExpectAsync("CLIENT GETNAME", "$2|me|");
        await client.ExpectAsync("HELLO 2 SETNAME you foo", "-ERR Syntax error in HELLO option 'foo'|");
        await client.ExpectAsync("CLIENT GETNAME", "$2|me|");
        await client.ExpectAsync("SENTINEL get-master-addr-by-name x", "_|");
    }

    [Fact]
    public async Task Beyond_maxclients_a_client_is_refused_until_another_one_leaves()
    {
        await using RunningServer server = await RunningServer.StartAsync(new RespServerOptions { MaxClients = 2 });
        using RespClient first = await server.ConnectAsync();
        await first.ExpectAsync("PING", "+PONG|");
        using (RespClient second = await server.ConnectAsync())
        {
            await second.ExpectAsync("PING", "+PONG|");
            using RespClient third = await server.ConnectAsync();
            Assert.Equal("-ERR max number of clients reached\r\n", await third.ReadToEndAsync());
        }
        await Eventually.SoAsync("one client is gone", () => server.Clients.Count == 1);
        using RespClient fourth = await server.ConnectAsync();
        await fourth.ExpectAsync("PING", "+PONG|");
        Assert.Equal(1, server.Clients.Rejected);
    }

    [Theory]
    [InlineData("192.0.2.7", null, "-DENIED Sentinel is running in protected mode")]
    [InlineData("::ffff:192.0.2.7", null, "-DENIED Sentinel is running in protected mode")]
    [InlineData("127.0.0.1", null, "+PONG\r\n")]
    [InlineData("::ffff:127.0.0.1", null, "+PONG\r\n")]
    [InlineData("::1", null, "+PONG\r\n")]
    [InlineData("192.0.2.7", "secret", "-NOAUTH Authentication required.\r\n")]
    public async Task Protected_mode_refuses_other_hosts_while_there_is_no_password(string from, string? password, string reply)
    {
        await using RunningServer server = await RunningServer.StartAsync(new RespServerOptions { ProtectedMode = true, RequirePass = password });
        (Pipe input, Pipe output) = (new Pipe(), new Pipe());
        await using var connection = new DefaultConnectionContext("test", new Ends(input.Reader, output.Writer), new Ends(output.Reader, input.Writer))
        {
            RemoteEndPoint = new IPEndPoint(IPAddress.Parse(from), 1),
        };
        await input.Writer.WriteAsync("PING\r\n"u8.ToArray());
        await input.Writer.CompleteAsync();
        await server.Handler.OnConnectedAsync(connection);
        ReadResult read = await output.Reader.ReadAsync();
        Assert.StartsWith(reply, Encoding.Latin1.GetString(read.Buffer), StringComparison.Ordinal);
        Assert.Equal(0, server.Clients.Count);
    }

    [Fact]
    public async Task When_the_process_stops_its_clients_are_let_go_at_once()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        using RespClient idle = await server.ConnectAsync();
        await idle.ExpectAsync("PING", "+PONG|");
        using RespClient subscriber = await server.ConnectAsync();
        await subscriber.ExpectAsync("SUBSCRIBE a", "*3|$9|subscribe|$1|a|:1|");
        await server.StopAsync().WaitAsync(TimeSpan.FromSeconds(4));    // the host would wait for 30
        Assert.Equal("", await idle.ReadToEndAsync());
        Assert.Equal("", await subscriber.ReadToEndAsync());
    }

    [Fact]
    public async Task Requests_cut_at_every_byte_are_answered_like_whole_ones()
    {
        await using RunningServer server = await RunningServer.StartAsync(RunningServer.Unreachable("m"));
        const string requests = "*3\r\n$8\r\nSENTINEL\r\n$23\r\nGET-MASTER-ADDR-BY-NAME\r\n$1\r\nm\r\nPING x\r\n";
        const string replies = "*2\r\n$9\r\n127.0.0.1\r\n$1\r\n0\r\n$1\r\nx\r\n";
        for (int cut = 1; cut < requests.Length; cut++)
        {
            using RespClient client = await server.ConnectAsync();
            await client.SendAsync(requests[..cut]);
            await client.SendAsync(requests[cut..]);
            Assert.Equal(replies, await client.ReadAsync(replies.Length));
        }
    }

    [Fact]
    public async Task A_batch_of_many_requests_is_answered_whole_and_in_order()
    {
        await using RunningServer server = await RunningServer.StartAsync(RunningServer.Unreachable("m"));
        using RespClient client = await server.ConnectAsync();
        const int count = 20_000;
        Task sending = client.SendAsync(string.Concat(Enumerable.Range(0, count).Select(i => $"PING {i}\r\nSENTINEL GET-MASTER-ADDR-BY-NAME m\r\n")));
        for (int i = 0; i < count; i++)
        {
            Assert.Equal(RespValue.BulkString($"{i}"), await client.ReadAsync());
            Assert.Equal(RespValue.Array(RespValue.BulkString("127.0.0.1"), RespValue.BulkString("0")), await client.ReadAsync());
        }
        await sending;
    }

    [Fact]
    public async Task Shutdown_closes_without_a_word_and_stops_the_process()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        using RespClient client = await server.ConnectAsync();
        await client.SendAsync("SHUTDOWN NOSAVE\r\n");
        Assert.Equal("", await client.ReadToEndAsync());
        Assert.True(server.Stopping.IsCancellationRequested);
    }

    private sealed record Ends(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
