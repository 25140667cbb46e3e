using Sentinel.Daemon.Commands;
using Sentinel.Resp;

namespace Sentinel.Daemon.Tests.Commands;

/// <summary>COMMAND: what clients can learn about what is served.</summary>
public sealed class CommandListTests
{
    private const string PingInfo2 = "*10|$4|ping|:-1|*1|+fast|:0|:0|:0|*2|+@fast|+@connection|*2|$25|request_policy:all_shards|$29|response_policy:all_succeeded|*0|*0|";
    private const string PingInfo3 = "*10|$4|ping|:-1|~1|+fast|:0|:0|:0|~2|+@fast|+@connection|~2|$25|request_policy:all_shards|$29|response_policy:all_succeeded|~0|~0|";

    [Theory]
    [InlineData("COMMAND INFO nope PING", "*2|$-1|" + PingInfo2, "*2|_|" + PingInfo3)]
    [InlineData("COMMAND INFO sentinel|nope", "*1|$-1|", "*1|_|")]
    [InlineData("COMMAND INFO quit", "*1|$-1|", "*1|_|")]
    [InlineData("COMMAND DOCS nope", "*0|", "%0|")]
    [InlineData("COMMAND DOCS role", "*2|$4|role|*8|$7|summary|$61|Return the role of the instance in the context of replication|$5|since|$6|2.8.12|$5|group|$6|server|$10|complexity|$4|O(1)|", "%1|$4|role|%4|$7|summary|$61|Return the role of the instance in the context of replication|$5|since|$6|2.8.12|$5|group|$6|server|$10|complexity|$4|O(1)|")]
    [InlineData("COMMAND LIST FILTERBY PATTERN SHUT*", "*1|$8|shutdown|", null)]
    [InlineData("COMMAND LIST FILTERBY ACLCAT nosuch", "*0|", null)]
    [InlineData("COMMAND LIST FILTERBY MODULE x", "*0|", null)]
    [InlineData("COMMAND LIST FILTERBY foo x", "-ERR syntax error|", null)]
    [InlineData("COMMAND LIST x", "-ERR syntax error|", null)]
    [InlineData("COMMAND GETKEYS ping a", "-ERR The command has no key arguments|", null)]
    [InlineData("COMMAND GETKEYS sentinel masters", "-ERR The command has no key arguments|", null)]
    [InlineData("COMMAND GETKEYS sentinel nope", "-ERR Invalid command specified|", null)]
    [InlineData("COMMAND GETKEYSANDFLAGS nope x", "-ERR Invalid command specified|", null)]
    public async Task Each_request_has_its_reply_in_both_versions(string request, string resp2, string? resp3)
    {
        await using RunningServer server = await RunningServer.StartAsync();
        foreach (RespVersion version in Enum.GetValues<RespVersion>())
        {
            using RespClient client = await server.ConnectAsync(version);
            await client.ExpectAsync(request, version == RespVersion.Resp3 ? resp3 ?? resp2 : resp2);
            await client.ExpectNothingMoreAsync();
        }
    }

    [Fact]
    public async Task All_ways_to_list_the_commands_agree()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        using RespClient client = await server.ConnectAsync(RespVersion.Resp3);
        string[] names = [.. server.Commands.Listed.Select(command => command.FullName).Order(StringComparer.Ordinal)];
        Assert.True((await client.AskAsync("COMMAND COUNT")).TryGetInteger(out long count));
        Assert.Equal(names.Length, count);
        // the only one that counts subcommands too
        Assert.Equal(
            server.Commands.Listed.SelectMany(command => command.Subcommands.Prepend(command)).Select(command => command.FullName),
            (await client.AskAsync("COMMAND LIST")).Items.Select(name => name.ToText()));
        Assert.Equal(names, (await client.AskAsync("COMMAND")).Items.Select(info => info.Items[0].ToText()).Order(StringComparer.Ordinal));
        Assert.Equal(names, (await client.AskAsync("COMMAND INFO")).Items.Select(info => info.Items[0].ToText()).Order(StringComparer.Ordinal));
        Assert.Equal(names, (await client.AskAsync("COMMAND DOCS")).Items.Where((_, i) => i % 2 == 0).Select(name => name.ToText()).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Every_command_that_is_listed_says_what_it_does_and_can_be_called()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        using RespClient client = await server.ConnectAsync();
        foreach (CommandSpec command in server.Commands.Listed.SelectMany(command => command.Subcommands.Prepend(command)))
        {
            Assert.NotEmpty(command.Summary);
            Assert.Equal(command, server.Commands.FindListed(command.FullName.ToUpperInvariant()));
            // One word too few: known, and refused for that alone. A command of one word has none to spare.
            string[] words = command.FullName.Split('|');
            int fewer = Math.Abs(command.Arity) - 1;
            if (fewer >= words.Length)
                await client.ExpectLineAsync(string.Join(' ', words.Concat(Enumerable.Repeat("x", fewer - words.Length))), $"-{CommandTable.WrongArity(command.FullName)}");
        }
    }

    [Fact]
    public async Task A_command_whose_name_is_written_with_a_bar_is_unknown()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        using RespClient client = await server.ConnectAsync();
        await client.ExpectLineAsync("sentinel|masters", "-ERR unknown command 'sentinel|masters', with args beginning with: ");
        await client.ExpectLineAsync("sentinel x|y", "-ERR unknown subcommand 'x|y'. Try SENTINEL HELP.");
    }

    [Theory]
    [InlineData("COMMAND", "COMMAND <subcommand> [<arg> [value] [opt] ...]. Subcommands are:")]
    [InlineData("CLIENT", "CLIENT <subcommand> [<arg> [value] [opt] ...]. Subcommands are:")]
    [InlineData("SENTINEL", "SENTINEL <subcommand> [<arg> [value] [opt] ...]. Subcommands are:")]
    public async Task Help_is_a_list_of_statuses_with_its_own_line_last(string command, string header)
    {
        await using RunningServer server = await RunningServer.StartAsync();
        using RespClient client = await server.ConnectAsync();
        RespValue help = await client.AskAsync($"{command} HELP");
        Assert.All(help.Items, line => Assert.Equal(RespKind.SimpleString, line.Kind));
        Assert.Equal(header, help.Items[0].ToText());
        Assert.Equal(["HELP", "    Print this help."], help.Items.TakeLast(2).Select(line => line.ToText()));
    }
}
