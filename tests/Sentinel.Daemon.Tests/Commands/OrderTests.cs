using Sentinel.Core;
using Sentinel.Daemon.Tests.Lab;
using Sentinel.Resp;

namespace Sentinel.Daemon.Tests.Commands;

/// <summary>Answers that wait for the core or the disk.</summary>
public sealed class OrderTests
{
    [Fact]
    public async Task What_was_asked_before_is_answered_meanwhile_and_what_was_asked_after_waits()
    {
        await using RunningServer server = await RunningServer.StartAsync(RunningServer.Unreachable("m"));
        using RespClient client = await server.ConnectAsync();
        server.HoldSaves();
        await client.ExpectAsync("PING before\r\nSENTINEL FLUSHCONFIG\r\nPING after\r\nSENTINEL GET-MASTER-ADDR-BY-NAME m\r\n", "$6|before|");

        // others are served all the same, also with what the core decides
        using RespClient other = await server.ConnectAsync();
        await other.ExpectAsync("PING", "+PONG|");
        await other.ExpectAsync("SENTINEL IS-MASTER-DOWN-BY-ADDR 127.0.0.1 0 0 *", "*3|:0|$1|*|:0|");
        Assert.Equal(2, server.Clients.All.First().Commands);    // the third was not even looked at

        server.ReleaseSaves();
        await client.ExpectAsync("PING last", "+OK|$5|after|*2|$9|127.0.0.1|$1|0|$4|last|");
    }

    [Fact]
    public async Task Votes_that_are_asked_for_together_wait_for_one_save_and_are_answered_in_their_order()
    {
        const string Candidate = "2222222222222222222222222222222222222222";
        await using RunningServer server = await RunningServer.StartAsync(RunningServer.Unreachable("m"), RunningServer.Unreachable("n", "127.0.0.2"));
        using RespClient client = await server.ConnectAsync();
        server.HoldSaves();
        await client.SendAsync(
            $"SENTINEL IS-MASTER-DOWN-BY-ADDR 127.0.0.1 0 1 {Candidate}\r\nSENTINEL IS-MASTER-DOWN-BY-ADDR 127.0.0.2 0 2 {Candidate}\r\n"
            + "SENTINEL IS-MASTER-DOWN-BY-ADDR 127.0.0.9 0 0 *\r\nSENTINEL IS-MASTER-DOWN-BY-ADDR 127.0.0.1 none 0 *\r\nPING\r\n");
        await Eventually.SoAsync("all that can be asked was asked", () => server.Loop.View.CurrentEpoch == new Epoch(2));
        Assert.Equal(3, server.Clients.All.First().Commands);    // what is wrong is told in its turn

        server.ReleaseSaves();
        await client.ExpectAsync("PING last", $"*3|:0|$40|{Candidate}|:1|*3|:0|$40|{Candidate}|:2|*3|:0|$1|*|:0|-ERR value is not an integer or out of range|+PONG|$4|last|");
    }

    [Fact]
    public async Task A_client_that_leaves_while_its_order_is_decided_is_let_go_when_it_is()
    {
        await using RunningServer server = await RunningServer.StartAsync(RunningServer.Unreachable("m"));
        server.HoldSaves();
        using (RespClient client = await server.ConnectAsync())
            await client.ExpectAsync("PING\r\nSENTINEL FLUSHCONFIG\r\n", "+PONG|");
        server.ReleaseSaves();
        await Eventually.SoAsync("the client is gone", () => server.Clients.Count == 0);
    }

    [Fact]
    public async Task Messages_reach_a_client_whose_order_is_being_decided()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        using RespClient client = await server.ConnectAsync(RespVersion.Resp3);
        await client.ExpectAsync("SUBSCRIBE +a", ">3|$9|subscribe|$2|+a|:1|");
        server.HoldSaves();
        await client.SendAsync("SENTINEL FLUSHCONFIG\r\n");
        server.Happen("+a", "x");
        Assert.Equal("x", (await client.ReadAsync()).Items[2].ToText());
        server.ReleaseSaves();
        Assert.Equal("OK", (await client.ReadAsync()).ToText());
    }

    [Fact]
    public async Task Who_reads_back_what_it_ordered_finds_it()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        using RespClient client = await server.ConnectAsync();
        for (int i = 0; i < 100; i++)
        {
            await client.ExpectAsync(
                $"SENTINEL MONITOR m{i} 127.0.0.1 0 1\r\nSENTINEL GET-MASTER-ADDR-BY-NAME m{i}\r\nSENTINEL REMOVE m{i}\r\nSENTINEL GET-MASTER-ADDR-BY-NAME m{i}\r\n",
                "+OK|*2|$9|127.0.0.1|$1|0|+OK|*-1|");
        }
    }
}
