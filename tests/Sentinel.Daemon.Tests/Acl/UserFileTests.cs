using Sentinel.Daemon.Tests.Configuration;
using Sentinel.Daemon.Tests.Lab;

namespace Sentinel.Daemon.Tests.Acl;

/// <summary>Users in the configuration file and in a file of their own, read by us and by redis-sentinel.</summary>
public sealed class UserFileTests : IAsyncLifetime
{
    private const string Hash = "#30c952fab122c3f9759f02a6d95c3758b246b4fee239957b2d4fee46e26170c4";    // of the password pw

    private readonly TemporaryFolder _folder = new();
    private readonly List<SentinelNode> _nodes = [];

    [Fact]
    public async Task Users_are_changed_where_they_stand_in_the_file_and_survive_a_restart_also_as_redis_sentinel()
    {
        SentinelNode node = NewSentinel("""
            # the peers
            user peer on >pw resetchannels &__sentinel__:hello -@all +ping +publish +client|setname +sentinel|is-master-down-by-addr

            # the application
            user app on #30c952fab122c3f9759f02a6d95c3758b246b4fee239957b2d4fee46e26170c4 allchannels +ping +subscribe +sentinel|get-master-addr-by-name
            user gone on nopass

            # the last line
            """);
        await node.StartAsync();
        string[] started = await FileAsync(node);
        Assert.DoesNotContain(started, line => line.Contains(">pw", StringComparison.Ordinal));
        Assert.Contains($"user peer on sanitize-payload {Hash} resetchannels &__sentinel__:hello -@all +ping +publish +client|setname +sentinel|is-master-down-by-addr", started);
        Assert.Contains($"user app on {Hash} allchannels +ping +subscribe +sentinel|get-master-addr-by-name", started);    // it says what it should
        Assert.DoesNotContain(started, line => line.StartsWith("user default", StringComparison.Ordinal));

        Assert.Equal("OK", (await node.AskAsync("ACL", "SETUSER", "app", "-subscribe", "(~k)")).Text());
        Assert.Equal("OK", (await node.AskAsync("ACL", "SETUSER", "new", "on", "nopass", "~with*", "&c", "+ping", "(+info", "~k)")).Text());
        Assert.Equal("1", (await node.AskAsync("ACL", "DELUSER", "gone")).Text());
        Assert.Equal(started, await FileAsync(node));    // as in Redis, it is the next save that brings them there
        Assert.Equal("OK", (await node.AskAsync("SENTINEL", "FLUSHCONFIG")).Text());
        string[] saved = await FileAsync(node);
        int app = Array.IndexOf(saved, "# the application") + 1;
        Assert.Equal($"user app on sanitize-payload {Hash} &* -@all +ping +sentinel|get-master-addr-by-name -subscribe (~k resetchannels -@all)", saved[app]);
        Assert.Contains("user new on nopass sanitize-payload ~with* resetchannels &c -@all +ping (~k resetchannels -@all +info)", saved);
        Assert.DoesNotContain(saved, line => line.Contains("gone", StringComparison.Ordinal));

        string[] users = (await node.AskAsync("ACL", "LIST")).Texts();
        await RestartAsync(node);
        Assert.Equal(users, (await node.AskAsync("ACL", "LIST")).Texts());
        Assert.Equal(saved, await FileAsync(node));

        await node.KillAsync();
        node.Make = Make.Redis;
        await node.StartAsync();
        foreach (string user in (string[])["peer", "app", "new"])
            Assert.Equal("OK", (await node.AskAsync("AUTH", user, "pw")).Text());
        Assert.Equal("WRONGPASS", (await node.AskAsync("AUTH", "app", "wrong")).Text().Split(' ')[0]);
        Assert.NotEqual("OK", (await node.AskAsync("ACL", "DRYRUN", "app", "subscribe", "c")).Text());
        Assert.Equal("OK", (await node.AskAsync("ACL", "DRYRUN", "peer", "publish", "__sentinel__:hello", "x")).Text());

        // and what it makes of them, we read
        Assert.Equal("OK", (await node.AskAsync("SENTINEL", "FLUSHCONFIG")).Text());
        await node.KillAsync();
        node.Make = Make.Ours;
        await node.StartAsync();
        Assert.Equal(["app", "default", "new", "peer"], (await node.AskAsync("ACL", "USERS")).Texts());
        Assert.Equal("OK", (await node.AskAsync("ACL", "DRYRUN", "peer", "publish", "__sentinel__:hello", "x")).Text());
        Assert.NotEqual("OK", (await node.AskAsync("ACL", "DRYRUN", "app", "subscribe", "c")).Text());
    }

    /// <summary>redis-sentinel 7.0.15 writes these too, but as they are, and cannot read its file any more.</summary>
    [Fact]
    public async Task Patterns_and_names_of_any_form_come_back_from_the_file()
    {
        SentinelNode node = NewSentinel("");
        await node.StartAsync();
        string[] rules = ["on", "~with\"quote", "&it's", "(~a) +ping)", "(~x", "&b)c)", "%R~\\", ">a b"];
        Assert.Equal("OK", (await node.AskAsync(["ACL", "SETUSER", "\"né", .. rules])).Text());
        Assert.Equal("OK", (await node.AskAsync("ACL", "SETUSER", "", "on", "nopass", "+ping")).Text());
        Assert.Equal("OK", (await node.AskAsync("SENTINEL", "FLUSHCONFIG")).Text());
        string[] users = (await node.AskAsync("ACL", "LIST")).Texts();
        Assert.Equal(3, users.Length);
        await RestartAsync(node);
        Assert.Equal(users, (await node.AskAsync("ACL", "LIST")).Texts());
    }

    [Fact]
    public async Task The_user_default_is_written_once_it_is_not_what_requirepass_makes_it()
    {
        SentinelNode node = NewSentinel("requirepass pw", password: "pw");
        await node.StartAsync();
        Assert.Equal([$"user default on sanitize-payload {Hash} ~* &* +@all"], (await node.AskAsync("ACL", "LIST")).Texts());
        Assert.DoesNotContain(await FileAsync(node), line => line.StartsWith("user", StringComparison.Ordinal));
        Assert.Equal("OK", (await node.AskAsync("ACL", "SETUSER", "default", "-shutdown")).Text());
        Assert.Equal("OK", (await node.AskAsync("SENTINEL", "FLUSHCONFIG")).Text());
        Assert.Contains($"user default on sanitize-payload {Hash} ~* &* +@all -shutdown", await FileAsync(node));
        await RestartAsync(node);
        Assert.Equal([$"user default on sanitize-payload {Hash} ~* &* +@all -shutdown"], (await node.AskAsync("ACL", "LIST")).Texts());
    }

    [Fact]
    public async Task A_user_of_an_included_file_is_written_once_it_is_no_longer_what_that_file_makes_it()
    {
        string included = _folder.Write("users.conf", "user a on nopass +ping\n");
        SentinelNode node = NewSentinel($"include {included}");
        await node.StartAsync();
        Assert.DoesNotContain(await FileAsync(node), line => line.StartsWith("user", StringComparison.Ordinal));
        Assert.Equal("OK", (await node.AskAsync("ACL", "SETUSER", "a", "+role")).Text());
        Assert.Equal("OK", (await node.AskAsync("SENTINEL", "FLUSHCONFIG")).Text());
        await RestartAsync(node);
        Assert.Equal("user a on nopass sanitize-payload resetchannels -@all +ping +role", (await node.AskAsync("ACL", "LIST")).Texts()[0]);
    }

    [Fact]
    public async Task An_ACL_file_is_loaded_and_saved_all_or_nothing()
    {
        string file = _folder.Write("users.acl", "user a on nopass +@all ~* &*\n\n  user b on >pw +ping (+info ~k)  \n");
        SentinelNode node = NewSentinel($"aclfile {file}\nrequirepass pw");
        await node.StartAsync();
        await Eventually.SoAsync("the log warns", () => node.Messages.Any(message => message.StartsWith("requirepass has no effect", StringComparison.Ordinal)));
        string[] first = (await node.AskAsync("ACL", "LIST")).Texts();
        Assert.Equal(["a", "b", "default"], (await node.AskAsync("ACL", "USERS")).Texts());

        Assert.Equal("OK", (await node.AskAsync("ACL", "SETUSER", "b", "+role")).Text());
        Assert.Equal("OK", (await node.AskAsync("ACL", "LOAD")).Text());
        Assert.Equal(first, (await node.AskAsync("ACL", "LIST")).Texts());

        Assert.Equal("OK", (await node.AskAsync("ACL", "SETUSER", "c", "on", "nopass")).Text());
        Assert.Equal("OK", (await node.AskAsync("ACL", "SAVE")).Text());
        string[] saved = (await node.AskAsync("ACL", "LIST")).Texts();
        Assert.Equal(string.Concat(saved.Select(line => $"{line}\n")), await File.ReadAllTextAsync(file));

        await File.WriteAllTextAsync(file, $"user a on\nuser a off\nuser\nuser d +foo (on) +bar\nUSER e\nuser f (+ping\n");
        Assert.Equal(
            $"ERR WARNING: Duplicate user 'a' found on line 2. {file}:3 should start with user keyword followed by the username. {file}:4: Error in applying operation '+foo': Unknown command or category name in ACL. "
            + $"{file}:4: Syntax error. {file}:4: Error in applying operation '+bar': Unknown command or category name in ACL. {file}:5 should start with user keyword followed by the username. "
            + $"{file}:6: Unmatched parenthesis in selector definition. WARNING: ACL errors detected, no change to the previously active ACL rules was performed",
            (await node.AskAsync("ACL", "LOAD")).Text());
        Assert.Equal(saved, (await node.AskAsync("ACL", "LIST")).Texts());

        File.Delete(file);
        Assert.Equal($"ERR Error loading ACLs, opening file '{file}': No such file or directory", (await node.AskAsync("ACL", "LOAD")).Text());
        Directory.CreateDirectory(file);
        Assert.Equal("ERR There was an error trying to save the ACLs. Please check the server logs for more information", (await node.AskAsync("ACL", "SAVE")).Text());
        await node.LogsAsync("The users could not be saved to ACL file");
        Assert.DoesNotContain(await FileAsync(node), line => line.StartsWith("user", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Of_saves_at_the_same_time_the_newest_users_stay_in_the_file()
    {
        string file = _folder.Write("users.acl", "user default on nopass +@all ~* &*\n");
        SentinelNode node = NewSentinel($"aclfile {file}");
        await node.StartAsync();
        await Task.WhenAll(Enumerable.Range(0, 16).Select(async i =>
        {
            using RespConnection client = await RespConnection.ConnectAsync(node.Port);
            Assert.Equal("OK", (await client.AskAsync("ACL", "SETUSER", $"u{i}", "on")).Text());
            Assert.Equal("OK", (await client.AskAsync("ACL", "SAVE")).Text());
        }));
        Assert.Equal((await node.AskAsync("ACL", "LIST")).Texts(), (await File.ReadAllLinesAsync(file)));
    }

    [Fact]
    public async Task A_load_disconnects_clients_of_users_that_are_no_more_and_no_others()
    {
        string file = _folder.Write("users.acl", "user stays on nopass +@all ~* &*\nuser goes on nopass +@all\nuser narrows on nopass +@all &c*\n");
        SentinelNode node = NewSentinel($"aclfile {file}");
        await node.StartAsync();
        using RespConnection stays = await ClientAsync(node, "stays");
        using RespConnection goes = await ClientAsync(node, "goes");
        using RespConnection narrows = await ClientAsync(node, "narrows");
        using RespConnection listens = await ClientAsync(node, "narrows");
        await listens.AskAsync("SUBSCRIBE", "c1");
        await File.WriteAllTextAsync(file, "user stays on nopass +ping +acl\nuser narrows on nopass +@all &d\n");
        Assert.Equal("OK", (await stays.AskAsync("ACL", "LOAD")).Text());
        Assert.Equal("NOPERM User stays has no permissions to run the 'role' command", (await stays.AskAsync("ROLE")).Text());
        Assert.Equal("PONG", (await narrows.AskAsync("PING")).Text());
        await Assert.ThrowsAnyAsync<Exception>(() => goes.AskAsync("PING"));
        await Assert.ThrowsAnyAsync<Exception>(() => listens.AskAsync("PING"));
    }

    [Theory]
    [InlineData("user a +foo")]
    [InlineData("user a on (+ping +@nope)")]
    [InlineData("user \"a b\" on")]
    [InlineData("user a on\naclfile none.acl")]
    [InlineData("aclfile none.acl")]
    [InlineData("aclfile bad.acl")]
    [InlineData("aclfile double.acl")]
    public async Task We_refuse_to_start_in_the_words_of_redis_and_then_say_where_and_what_to_do(string lines)
    {
        SentinelNode node = NewSentinel(lines);
        await File.WriteAllTextAsync(Path.Combine(node.Folder, "bad.acl"), "user a on >x +foo\nusr a on >x +foo\n");
        await File.WriteAllTextAsync(Path.Combine(node.Folder, "double.acl"), "user a on\nuser a off\n");
        node.Launch();
        Assert.Equal(1, await node.Process.ExitCodeAsync());
        string[] theirs = Warnings(RealSentinel.Refusal(node.ConfigurationFile).Split('\n'));
        Assert.NotEmpty(theirs);
        string[] ours = Warnings(node.Log.Lines);
        Assert.Equal(theirs, ours[..^1]);
        Assert.StartsWith($"Hint: {node.Folder}/", ours[^1]);

        // after the lines of a start, which differ
        static string[] Warnings(IEnumerable<string> log) =>
            [.. log.SkipWhile(line => !line.Contains("Running mode=sentinel", StringComparison.Ordinal)).Where(line => line.Contains(" # ", StringComparison.Ordinal)).Select(line => line[(line.IndexOf(" # ", StringComparison.Ordinal) + 3)..])];
    }

    [Fact]
    public async Task A_user_that_is_off_is_pointed_out()
    {
        SentinelNode node = NewSentinel("user a +ping");
        await node.StartAsync();
        await node.LogsAsync("The user 'a' is disabled (there is no 'on' modifier in the user description). Make sure this is not a configuration error.");
    }

    [Fact]
    public async Task New_users_may_use_all_channels_where_the_configuration_says_so()
    {
        SentinelNode node = NewSentinel("user a on nopass\nacl-pubsub-default allchannels\nacllog-max-len 1");
        await node.StartAsync();
        Assert.Equal("user a on nopass sanitize-payload &* -@all", (await node.AskAsync("ACL", "LIST")).Texts()[0]);
        using RespConnection client = await ClientAsync(node, "a");
        await client.AskAsync("PING");
        await client.AskAsync("ROLE");
        Assert.Single((await node.AskAsync("ACL", "LOG")).Items);
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (SentinelNode node in _nodes.Where(node => node.IsRunning))
            await node.DisposeAsync();
        _folder.Dispose();
    }

    /// <summary>The file of a sentinel that has saved it at its start.</summary>
    private static async Task<string[]> FileAsync(SentinelNode node)
    {
        await node.LogsAsync("Sentinel ID is");
        return await File.ReadAllLinesAsync(node.ConfigurationFile);
    }

    private static async Task RestartAsync(SentinelNode node)
    {
        await node.KillAsync();
        node.Log.Mark();
        await node.StartAsync();
    }

    private static async Task<RespConnection> ClientAsync(SentinelNode node, string user)
    {
        RespConnection client = await RespConnection.ConnectAsync(node.Port);
        Assert.Equal("OK", (await client.AskAsync("AUTH", user, "x")).Text());
        return client;
    }

    private SentinelNode NewSentinel(string lines, string? password = null)
    {
        int port = Ports.Take();
        var node = new SentinelNode(Make.Ours, Path.Combine(_folder.Path, $"sentinel-{port}"), port, $"port {port}\nbind 127.0.0.1\ndir {_folder.Path}/sentinel-{port}\n{lines}\n") { Password = password };
        _nodes.Add(node);
        return node;
    }
}
