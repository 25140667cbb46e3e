using Sentinel.Daemon.Commands;
using Sentinel.Daemon.Configuration;

namespace Sentinel.Daemon.Tests.Commands;

/// <summary><c>rename-command</c> of our own commands; the replies are those of redis-sentinel 7.0.15.</summary>
public sealed class RenamedCommandTests
{
    [Theory]
    [InlineData("PING", "-ERR unknown command 'PING', with args beginning with: |")]
    [InlineData("pong", "+PONG|")]
    [InlineData("PONG a b", "-ERR wrong number of arguments for 'ping' command|")]
    [InlineData("sentinel masters", "-ERR unknown command 'sentinel', with args beginning with: 'masters' |")]
    [InlineData("sent masters", "*0|")]
    [InlineData("sent foo", "-ERR unknown subcommand 'foo'. Try SENT HELP.|")]
    [InlineData("sent master", "-ERR wrong number of arguments for 'sentinel*master' command|")]
    [InlineData("role", "-ERR unknown command 'role', with args beginning with: |")]
    [InlineData("command count", ":14|")]
    [InlineData("command list filterby pattern p?ng", "*1|$4|ping|")]
    [InlineData("command list filterby pattern role", "*0|")]
    [InlineData("command getkeys sent masters", "-ERR The command has no key arguments|")]
    [InlineData("command getkeys ping", "-ERR wrong number of arguments for 'command*getkeys' command|")]
    [InlineData("command getkeys ping x", "-ERR Invalid command specified|")]
    [InlineData("command info ping role", "*2|$-1|$-1|")]
    [InlineData("acl setuser x +sent", "-ERR Error in ACL SETUSER modifier '+sent': Unknown command or category name in ACL|")]
    [InlineData("acl setuser x +sentinel +ping +role", "+OK|")]
    public async Task A_command_is_called_by_its_new_name_and_told_of_by_its_own(string request, string reply)
    {
        await using RunningServer server = await RunningServer.StartAsync(Options("rename-command PING PONG\nRename-Command sentinel Sent\nrename-command role \"\"\n"));
        using RespClient client = await server.ConnectAsync();
        await client.SendAsync(request + "\r\n");
        string expected = reply.Replace("|", "\r\n", StringComparison.Ordinal).Replace("l*m", "l|m", StringComparison.Ordinal).Replace("d*g", "d|g", StringComparison.Ordinal);
        Assert.Equal(expected, await client.ReadAsync(expected.Length));
    }

    [Fact]
    public async Task What_is_told_of_a_renamed_command_has_its_own_name_and_its_help_the_new_one()
    {
        await using RunningServer server = await RunningServer.StartAsync(Options("rename-command sentinel sent\n"));
        using RespClient client = await server.ConnectAsync();
        Assert.Equal("sentinel", (await client.AskAsync("command info sent")).Items[0].Items[0].ToText());
        Assert.Equal("sentinel|set", (await client.AskAsync("command info sent|set")).Items[0].Items[0].ToText());
        Assert.True((await client.AskAsync("command info sentinel|set")).Items[0].IsNull);
        Assert.StartsWith("SENT <subcommand>", (await client.AskAsync("sent help")).Items[0].ToText(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("rename-command GET x", 1, "No such command in rename-command")]
    [InlineData("rename-command sentinel|master x", 1, "No such command in rename-command")]
    [InlineData("rename-command PING x\nrename-command ping y", 2, "No such command in rename-command")]
    [InlineData("rename-command PING sentinel", 1, "Target command name already exists")]
    [InlineData("rename-command PING", 1, "Bad directive or wrong number of arguments")]
    public void A_mistake_is_told_in_the_words_of_Redis(string text, int line, string error)
    {
        var mistake = Assert.Throws<ConfigurationException>(() => ConfigurationLoader.Parse(text + "\n", "", "/x/s.conf", "/"));
        Assert.Equal(line, mistake.Line!.Number);
        Assert.Contains($"\n{error}\n", mistake.Report("x"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_that_became_free_may_be_given_to_another_command()
    {
        CommandNames names = ConfigurationLoader.Parse("rename-command PING x\nrename-command INFO ping\nrename-command x y\n", "", "/x/s.conf", "/").CommandNames;
        Assert.Equal([new("ping", "info"), new("y", "ping")], names.Others.OrderBy(pair => pair.Key, StringComparer.Ordinal));
    }

    [Fact]
    public async Task Every_command_that_is_told_of_can_be_renamed()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        foreach (CommandSpec command in server.Commands.Listed)
            Assert.True(Options($"rename-command {command.FullName} x\n").CommandNames.IsGone(command.FullName));
    }

    private static RespServerOptions Options(string text) => new() { CommandNames = ConfigurationLoader.Parse(text, "", "/x/s.conf", "/").CommandNames };
}
