using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Sentinel.Daemon.Tests.Lab;
using Sentinel.Resp;

namespace Sentinel.Daemon.Tests.Commands;

/// <summary>CLIENT, as redis-sentinel serves it.</summary>
public sealed partial class ClientTests
{
    [Theory]
    [InlineData("CLIENT ID", ":1|")]
    [InlineData("CLIENT GETNAME", "$-1|")]
    [InlineData("CLIENT SETNAME \"a b\"", "-ERR Client names cannot contain spaces, newlines or special characters.|")]
    [InlineData("CLIENT SETNAME a\r\nCLIENT GETNAME\r\nCLIENT SETNAME \"\"\r\nCLIENT GETNAME\r\n", "+OK|$1|a|+OK|$-1|")]
    [InlineData("CLIENT SETINFO LIB-NAME x", "+OK|")]
    [InlineData("CLIENT SETINFO lib-ver 1.2", "+OK|")]
    [InlineData("CLIENT SETINFO LIB-NAME \"a b\"", "-ERR LIB-NAME cannot contain spaces, newlines or special characters.|")]
    [InlineData("CLIENT SETINFO foo x", "-ERR Unrecognized option 'foo'|")]
    [InlineData("CLIENT LIST x", "-ERR syntax error|")]
    [InlineData("CLIENT LIST TYPE x", "-ERR Unknown client type 'x'|")]
    [InlineData("CLIENT LIST TYPE pubsub", "$0||")]
    [InlineData("CLIENT LIST TYPE master", "$0||")]
    [InlineData("CLIENT LIST ID x", "-ERR Invalid client ID|")]
    [InlineData("CLIENT LIST ID", "-ERR syntax error|")]
    [InlineData("CLIENT LIST ID 77", "$0||")]
    [InlineData("CLIENT KILL x", "-ERR No such client|")]
    [InlineData("CLIENT KILL ID x", "-ERR client-id should be greater than 0|")]
    [InlineData("CLIENT KILL ID 0", "-ERR client-id should be greater than 0|")]
    [InlineData("CLIENT KILL ID 999", ":0|")]
    [InlineData("CLIENT KILL USER foo", "-ERR No such user 'foo'|")]
    [InlineData("CLIENT KILL TYPE foo", "-ERR Unknown client type 'foo'|")]
    [InlineData("CLIENT KILL TYPE normal", ":0|")]
    [InlineData("CLIENT KILL SKIPME x", "-ERR syntax error|")]
    [InlineData("CLIENT KILL MAXAGE x", "-ERR maxage is not an integer or out of range|")]
    [InlineData("CLIENT KILL MAXAGE 0", "-ERR maxage should be greater than 0|")]
    [InlineData("CLIENT KILL foo bar", "-ERR syntax error|")]
    [InlineData("CLIENT KILL ID 1 ADDR", "-ERR syntax error|")]
    public async Task Each_request_has_its_reply(string request, string reply)
    {
        await using RunningServer server = await RunningServer.StartAsync();
        using RespClient client = await server.ConnectAsync();
        await client.ExpectAsync(request, reply);
        await client.ExpectNothingMoreAsync();
    }

    [Fact]
    public async Task A_client_is_shown_with_all_fields_of_its_line()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        using RespClient client = await server.ConnectAsync();
        await client.ExpectAsync("CLIENT SETNAME me\r\nCLIENT SETINFO LIB-NAME lib\r\nCLIENT SETINFO LIB-VER 1.2\r\n", "+OK|+OK|+OK|");
        string line = Ages().Replace(await client.AskTextAsync("CLIENT INFO"), " age=0 idle=0 ");
        line = Descriptor().Replace(line, " fd=1 ");
        Assert.Equal(
            $"id=1 addr={client.LocalEndPoint} laddr=127.0.0.1:{server.Port} fd=1 name=me age=0 idle=0 flags=N db=0 sub=0 psub=0 ssub=0 multi=-1 watch=0 "
            + "qbuf=0 qbuf-free=0 argv-mem=0 multi-mem=0 rbs=0 rbp=0 obl=0 oll=0 omem=0 tot-mem=0 events=r cmd=client|info user=default redir=-1 resp=2 lib-name=lib lib-ver=1.2\n",
            line);
    }

    [Fact]
    public async Task The_list_holds_every_client_and_can_be_narrowed()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        using RespClient first = await server.ConnectAsync();
        await first.ExpectAsync("PING", "+PONG|");
        using RespClient second = await server.ConnectAsync(RespVersion.Resp3);
        await second.SendAsync("SUBSCRIBE a\r\n");
        await second.ReadAsync();

        RespValue list = await second.AskAsync("CLIENT LIST");
        Assert.Equal(RespKind.Verbatim, list.Kind);
        string[] lines = Encoding.Latin1.GetString(list.Bytes.Span).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, lines.Length);
        Assert.Contains("id=1 ", lines[0]);
        Assert.Contains(" cmd=ping ", lines[0]);
        Assert.Contains(" flags=P db=0 sub=1 psub=0 ", lines[1]);
        Assert.Contains("id=2 ", Assert.Single(Lines(await first.AskTextAsync("CLIENT LIST TYPE PUBSUB"))));
        Assert.Contains("id=1 ", Assert.Single(Lines(await first.AskTextAsync("CLIENT LIST TYPE normal"))));
        Assert.Contains("id=1 ", Assert.Single(Lines(await first.AskTextAsync("CLIENT LIST ID 1 9"))));
    }

    [Theory]
    [InlineData("CLIENT KILL {1}", "+OK|")]
    [InlineData("CLIENT KILL ID {0}", ":1|")]
    [InlineData("CLIENT KILL ADDR {1}", ":1|")]
    [InlineData("CLIENT KILL USER default SKIPME yes", ":1|")]
    public async Task Another_client_can_be_sent_away(string request, string reply)
    {
        await using RunningServer server = await RunningServer.StartAsync();
        using RespClient killer = await server.ConnectAsync();
        await killer.ExpectAsync("PING", "+PONG|");
        using RespClient killed = await server.ConnectAsync();
        await killed.ExpectAsync("CLIENT ID", ":2|");
        await killer.ExpectAsync(string.Format(CultureInfo.InvariantCulture, request, 2, killed.LocalEndPoint), reply);
        await killed.ReadToEndAsync();
        await Eventually.SoAsync("the killed one is forgotten", () => server.Clients.Count == 1);
        await killer.ExpectAsync("PING", "+PONG|");
    }

    [Fact]
    public async Task Who_kills_itself_is_told_so_first()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        using RespClient client = await server.ConnectAsync();
        await client.SendAsync("CLIENT KILL ID 1 SKIPME no\r\nPING\r\n");
        Assert.Equal(":1\r\n", await client.ReadToEndAsync());
    }

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    [GeneratedRegex(" age=[0-9]+ idle=[0-9]+ ", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Ages();

    [GeneratedRegex(" fd=[1-9][0-9]* ")]
    private static partial Regex Descriptor();
}
