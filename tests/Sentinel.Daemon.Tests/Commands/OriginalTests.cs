using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Sentinel.Daemon.Commands;
using Sentinel.Daemon.Tests.Lab;
using Sentinel.Resp;

namespace Sentinel.Daemon.Tests.Commands;

/// <summary>The same questions to us and to the redis-sentinel that is installed here (7.0.15): the same bytes.</summary>
public sealed class OriginalTests(OriginalTests.Original original) : IClassFixture<OriginalTests.Original>
{
    private const string Binary = "/usr/bin/redis-sentinel";

    public static TheoryData<string> Questions =>
    [
        "PING", "ping hello", "PING a b", "PING \"\"",
        "FOO", "foo a b", "FOO \"a\\r\\nb\" \"c\\x00d\"", $"{new string('x', 200)} {new string('y', 100)} {new string('z', 100)} w",
        "SENTINEL", "SENTINEL foo", "sentinel Foo bar", $"SENTINEL {new string('x', 200)}",
        "CLIENT", "CLIENT foo", "COMMAND foo", "COMMAND COUNT x", "COMMAND GETKEYS ping",
        "SENTINEL CKQUORUM", "SENTINEL FAILOVER", "SENTINEL FLUSHCONFIG x", "SENTINEL GET-MASTER-ADDR-BY-NAME", "SENTINEL HELP x", "SENTINEL INFO-CACHE",
        "SENTINEL IS-MASTER-DOWN-BY-ADDR a b c", "SENTINEL MASTER", "SENTINEL MASTERS x", "SENTINEL MONITOR a b c", "SENTINEL MYID x", "SENTINEL REMOVE",
        "SENTINEL REPLICAS", "SENTINEL RESET", "SENTINEL SENTINELS", "SENTINEL SET m quorum", "SENTINEL SLAVES a b",
        "SENTINEL GET-MASTER-ADDR-BY-NAME x", "SENTINEL MASTER x", "SENTINEL MASTERS", "SENTINEL REPLICAS x", "SENTINEL SLAVES x", "SENTINEL SENTINELS x",
        "SENTINEL CKQUORUM x", "SENTINEL FAILOVER x", "SENTINEL REMOVE x", "SENTINEL SET x foo bar", "SENTINEL RESET x*", "SENTINEL INFO-CACHE x y",
        "SENTINEL IS-MASTER-DOWN-BY-ADDR 127.0.0.1 x 1 *", "SENTINEL IS-MASTER-DOWN-BY-ADDR 127.0.0.1 1 x *", "SENTINEL IS-MASTER-DOWN-BY-ADDR 127.0.0.1 1 0 *",
        "SENTINEL IS-MASTER-DOWN-BY-ADDR 127.0.0.1 01 0 *", "SENTINEL IS-MASTER-DOWN-BY-ADDR 127.0.0.1 1 +0 *",
        "SENTINEL MONITOR m 127.0.0.1 1 x", "SENTINEL MONITOR m 127.0.0.1 x 1", "SENTINEL MONITOR m 127.0.0.1 1 0", "SENTINEL MONITOR m nohost 1 1",
        "SENTINEL MONITOR m [::1] 1 1", "SENTINEL MONITOR m 127.0.0.1 99999 1", "SENTINEL MONITOR m nohost x 0", "SENTINEL MONITOR m nohost 99999 0",
        "SENTINEL FLUSHCONFIG",
        "SENTINEL CONFIG", "SENTINEL CONFIG SET foo 1", "SENTINEL CONFIG SET announce-port 99999", "SENTINEL CONFIG SET announce-port x", "SENTINEL CONFIG SET resolve-hostnames x",
        "SENTINEL CONFIG GET announce-ip", "SENTINEL CONFIG GET announce*", "SENTINEL CONFIG GET *-HOSTNAMES", "SENTINEL CONFIG GET sentinel-*", "SENTINEL CONFIG GET nope",
        "SENTINEL CONFIG SET announce-port 26379\r\nSENTINEL CONFIG GET announce-port\r\nSENTINEL CONFIG SET announce-port 0",
        "SENTINEL SIMULATE-FAILURE", "SENTINEL SIMULATE-FAILURE foo", "SENTINEL SIMULATE-FAILURE Help",
        "SENTINEL DEBUG foo 1", "SENTINEL DEBUG info-period", "SENTINEL DEBUG info-period 0", "SENTINEL DEBUG info-period x", "SENTINEL DEBUG info-period 10000 Foo 1",
        "SENTINEL DEBUG INFO-period 10000 ping-period 1000",
        "AUTH x", "AUTH a b", "AUTH default x", "AUTH a b c", "AUTH",
        "HELLO 4", "HELLO x", "HELLO 03", "HELLO 2 foo", "HELLO 2 AUTH a", "HELLO 2 SETNAME", "HELLO 2 SETNAME \"a b\"", "HELLO 2 AUTH a b",
        "ROLE", "ROLE x",
        "PUBLISH a b", "PUBLISH __sentinel__:hello x", "PUBLISH a",
        "SUBSCRIBE", "PSUBSCRIBE", "UNSUBSCRIBE", "UNSUBSCRIBE a b", "PUNSUBSCRIBE",
        "SUBSCRIBE a b a\r\nPSUBSCRIBE a\r\nUNSUBSCRIBE b a\r\nPUNSUBSCRIBE",
        "CLIENT GETNAME", "CLIENT SETNAME \"a b\"", "CLIENT SETNAME a\r\nCLIENT GETNAME", "CLIENT LIST x", "CLIENT LIST TYPE x", "CLIENT LIST TYPE replica",
        "CLIENT LIST ID x", "CLIENT LIST ID", "CLIENT KILL x", "CLIENT KILL ID 0", "CLIENT KILL ID x", "CLIENT KILL ID 99999", "CLIENT KILL USER foo",
        "CLIENT KILL TYPE foo", "CLIENT KILL SKIPME x", "CLIENT KILL foo bar", "CLIENT KILL ID 1 x",
        "COMMAND DOCS nope", "COMMAND INFO nope", "COMMAND LIST FILTERBY foo x", "COMMAND LIST x", "COMMAND LIST FILTERBY PATTERN SHUT*",
        "COMMAND LIST FILTERBY MODULE x", "COMMAND LIST FILTERBY ACLCAT nosuch", "COMMAND GETKEYS ping a b", "COMMAND GETKEYS nope a b",
        "INFO nosuch", "SHUTDOWN x", "SHUTDOWN NOSAVE SAVE", "SHUTDOWN ABORT", "SHUTDOWN ABORT NOW",
    ];

    public static TheoryData<string> Closing =>
    [
        "*x\r\n", "*1\r\nfoo\r\n", "*1\r\n$x\r\n", "*1\r\n$-1\r\n", "*-5\r\n*x\r\n", "PING \"\r\n", "POST / x\r\n", "host: a\r\n", "PING\r\n*9999999999\r\n",
    ];

    [TheoryWithOriginal, MemberData(nameof(Questions))]
    public async Task We_answer_as_it_does(string question)
    {
        await using RunningServer server = await RunningServer.StartAsync();
        foreach (string greeting in (string[])["HELLO 2", "HELLO 3"])
            Assert.Equal(await AskAsync(original.Port, greeting, question), await AskAsync(server.Port, greeting, question));
    }

    [TheoryWithOriginal, MemberData(nameof(Questions))]
    public async Task We_answer_as_it_does_to_a_subscriber(string question)
    {
        await using RunningServer server = await RunningServer.StartAsync();
        foreach (string greeting in (string[])["HELLO 2\r\nSUBSCRIBE s", "HELLO 3\r\nSUBSCRIBE s"])
            Assert.Equal(await AskAsync(original.Port, greeting, question), await AskAsync(server.Port, greeting, question));
    }

    [TheoryWithOriginal, MemberData(nameof(Closing))]
    public async Task We_close_as_it_does(string question)
    {
        await using RunningServer server = await RunningServer.StartAsync();
        Assert.Equal(await CloseAsync(original.Port, question), await CloseAsync(server.Port, question));
    }

    [TheoryWithOriginal, InlineData("HELLO"), InlineData("HELLO 3"), InlineData("HELLO 2 AUTH default x SETNAME n")]
    public async Task Our_greeting_differs_in_the_version_only(string greeting)
    {
        await using RunningServer server = await RunningServer.StartAsync();
        using RespClient theirs = await RespClient.ConnectAsync(original.Port);
        using RespClient ours = await server.ConnectAsync();
        RespValue their = await theirs.AskAsync(greeting);
        RespValue our = await ours.AskAsync(greeting);
        Assert.Equal(their.Kind, our.Kind);
        IEnumerable<int> differing = Enumerable.Range(0, their.Items.Length).Where(i => their.Items[i] != our.Items[i]);
        Assert.All(differing, i => Assert.Contains(their.Items[i - 1].ToText(), (string[])["version", "id"]));
    }

    [TheoryWithOriginal, InlineData("HELLO 2"), InlineData("HELLO 3")]
    public async Task Commands_that_both_have_are_described_alike(string greeting)
    {
        await using RunningServer server = await RunningServer.StartAsync();
        using RespClient theirs = await RespClient.ConnectAsync(original.Port);
        using RespClient ours = await server.ConnectAsync();
        await theirs.AskAsync(greeting);
        await ours.AskAsync(greeting);
        List<string> unknownToIt = [];
        foreach (CommandSpec command in server.Commands.Listed.SelectMany(command => command.Subcommands.Prepend(command)))
        {
            RespValue their = (await theirs.AskAsync($"COMMAND INFO {command.FullName}")).Items[0];
            RespValue our = (await ours.AskAsync($"COMMAND INFO {command.FullName}")).Items[0];
            if (their.IsNull)
                unknownToIt.Add(command.FullName);
            else if (command.FullName == "sentinel|config")
                Assert.Equal(-4, our.Items[1].TryGetInteger(out long arity) ? arity : 0);    // one more than in 7.0: it takes several
            else if (command.FullName == "sentinel|failover")
                Assert.Equal(-3, our.Items[1].TryGetInteger(out long arity) ? arity : 0);    // it takes options
            else if (command.Subcommands.IsEmpty)
                Assert.Equal(their, our);
            else
                Assert.Equal(their.Items.SkipLast(1), our.Items.SkipLast(1));
        }
        // newer than 7.0, Valkey's, and ours
        Assert.Equal(
            ["client|setinfo", "sentinel|forget", "sentinel|acknowledge", "sentinel|adopt", "sentinel|explain", "sentinel|pause", "sentinel|resume",
             "sentinel|get-primary-addr-by-name", "sentinel|is-primary-down-by-addr", "sentinel|primary", "sentinel|primaries"],
            unknownToIt);
    }

    [TheoryWithOriginal, InlineData("INFO sentinel"), InlineData("INFO stats"), InlineData("INFO clients"), InlineData("INFO cpu"), InlineData("INFO server"), InlineData("INFO")]
    public async Task Our_info_has_all_its_fields_in_its_order(string question)
    {
        await using RunningServer server = await RunningServer.StartAsync();
        using RespClient theirs = await RespClient.ConnectAsync(original.Port);
        using RespClient ours = await server.ConnectAsync();
        string[] their = Names(await theirs.AskTextAsync(question));
        string[] our = Names(await ours.AskTextAsync(question));
        Assert.Equal(their, our.Intersect(their, StringComparer.Ordinal));

        static string[] Names(string info) => [.. info.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(':')[0])];
    }

    [TheoryWithOriginal, InlineData("SENTINEL HELP")]
    public async Task Our_help_says_of_each_subcommand_what_its_help_says(string question)
    {
        await using RunningServer server = await RunningServer.StartAsync();
        using RespClient theirs = await RespClient.ConnectAsync(original.Port);
        using RespClient ours = await server.ConnectAsync();
        string[] their = [.. (await theirs.AskAsync(question)).Items.Select(line => line.ToText())];
        string[] our = [.. (await ours.AskAsync(question)).Items.Select(line => line.ToText())];
        // newer than 7.0, or our own
        Assert.Equal(
            [
                "CONFIG SET param value [param value ...]", "CONFIG GET <param> [param param param ...]",
                "FAILOVER <master-name> [COORDINATED|FORCE] [TO <ip> <port>] [TIMEOUT <milliseconds>] [DRYRUN]",
                "    Sentinels. A healthy master takes part, so that no write is lost; COORDINATED",
                "    fails where it cannot, FORCE does not ask it, DRYRUN says what would happen.",
                "FORGET <master-name> <runid | ip:port>", "    Forget one replica or Sentinel of a master; whoever lives is found again.",
                "    NONE takes back what was asked for before.",
                "ACKNOWLEDGE <master-name>", "    End the cooldown that holds back the next failover of the master after", "    its last one. On each Sentinel.",
                "ADOPT <master-name>", "    Accept what the master has now as the data of its group, after it has", "    restarted empty or with other data. On each Sentinel.",
                "EXPLAIN <master-name>", "    Explain whether a failover of the master is possible now, what it waits", "    for, who agrees, who would be promoted and what would be lost.",
                "PAUSE <master-name> [<reason>]", "    Watch the master and vote, but start no failover of it except by order,", "    until RESUME. On each Sentinel.",
                "RESUME <master-name>", "    End a pause of the master, and let failovers of it start again.",
                "    Print this help.",
            ], our.Except(their, StringComparer.Ordinal));
        Assert.Equal(our.Where(their.Contains), their.Where(our.Contains));    // and in its order
    }

    /// <summary>All that is answered to a question; a PING that follows shows where it ends.</summary>
    private static async Task<string> AskAsync(int port, string greeting, string question)
    {
        using RespClient client = await RespClient.ConnectAsync(port);
        await client.SendAsync(greeting + "\r\n");
        await client.ReadAsync();
        if (greeting.Contains("SUBSCRIBE", StringComparison.Ordinal))
            await client.ReadAsync();
        const string marker = "that was it";
        await client.SendAsync($"{question}\r\nPING \"{marker}\"\r\n");
        var replies = new List<string>();
        RespValue reply;
        do
        {
            reply = await client.ReadAsync();
            replies.Add(Show(reply));
        }
        while (!replies[^1].Contains(marker, StringComparison.Ordinal));
        return string.Join('\n', replies);
    }

    private static string Show(RespValue value) => value.Items.IsDefaultOrEmpty
        ? $"{value.Kind} {(value.TryGetInteger(out long number) ? number : value.ToText())}"
        : $"{value.Kind} [{string.Join(", ", value.Items.Select(Show))}]";

    private static async Task<string> CloseAsync(int port, string question)
    {
        using RespClient client = await RespClient.ConnectAsync(port);
        await client.SendAsync(question);
        return await client.ReadToEndAsync();
    }

    /// <summary>A theory that is left out where the original is not installed.</summary>
    [AttributeUsage(AttributeTargets.Method)]
    private sealed class TheoryWithOriginalAttribute : TheoryAttribute
    {
        public TheoryWithOriginalAttribute()
        {
            if (!File.Exists(Binary))
                Skip = $"{Binary} is not installed";
        }
    }

    /// <summary>The original, on a free port and with a folder of its own.</summary>
    public sealed class Original : IAsyncLifetime
    {
        private readonly string _folder = Directory.CreateTempSubdirectory("original").FullName;
        private Process? _process;

        public int Port { get; private set; }

        public async Task InitializeAsync()
        {
            if (!File.Exists(Binary))
                return;
            Port = FreePort();
            string file = Path.Combine(_folder, "sentinel.conf");
            await File.WriteAllTextAsync(file, $"port {Port}\nbind 127.0.0.1\ndir {_folder}\nlogfile {Path.Combine(_folder, "log")}\n");
            _process = Process.Start(new ProcessStartInfo(Binary, file));
            await Eventually.SoAsync("it listens", IsListening);
        }

        public async Task DisposeAsync()
        {
            if (_process is not null)
            {
                _process.Kill();
                await _process.WaitForExitAsync();
                _process.Dispose();
            }
            Directory.Delete(_folder, recursive: true);
        }

        private static int FreePort()
        {
            using var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            return ((IPEndPoint)listener.LocalEndpoint).Port;
        }

        private bool IsListening()
        {
            using var probe = new TcpClient();
            probe.Connect(IPAddress.Loopback, Port);
            return true;
        }
    }
}
