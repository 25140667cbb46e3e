using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Sentinel.Core;
using Sentinel.Daemon.Configuration;
using Sentinel.Daemon.Links;
using Sentinel.Daemon.Logging;
using Sentinel.Daemon.Tests.Configuration;
using Sentinel.Daemon.Tests.Lab;
using Sentinel.Daemon.Tests.Tls;
using Sentinel.Daemon.Tls;

namespace Sentinel.Daemon.Tests.Links;

/// <summary>What goes out on a link, and what is told of one that does not come to stand.</summary>
public sealed class LinkTests : IDisposable
{
    private static readonly LinkId Link = new(1);

    private readonly TemporaryFolder _files = new();
    private readonly RedisLog _log;
    private readonly ConcurrentQueue<Input> _facts = new();
    private int _attempt;

    public LinkTests() => _log = new RedisLog(LogThreshold.Debug, _files.File("log"), TimeProvider.System);

    [Fact]
    public async Task Renamed_commands_leave_under_their_new_names()
    {
        await using ScriptedNode node = new ScriptedNode(_ => "+OK\r\n").Start();
        InstanceLinks links = Links();
        var renamed = ImmutableSortedDictionary.CreateRange(new Dictionary<string, string>
        {
            ["AUTH"] = "a1", ["CLIENT"] = "c2", ["MULTI"] = "m3", ["SLAVEOF"] = "s4", ["CONFIG"] = "c5", ["EXEC"] = "e6", ["INFO"] = "i7", ["SUBSCRIBE"] = "s8", ["PING"] = "p9",
        });
        links.Connect(Order(node, new Credentials("watcher", "secret")) with { RenamedCommands = renamed });
        await ConnectedAsync();
        links.Send(new Send(Link, _attempt, Request.Ping.Instance) { RenamedCommands = renamed });
        links.Send(new Send(Link, _attempt, new Request.Reconfigure("SLAVEOF", Master: null)) { RenamedCommands = renamed });
        links.Send(new Send(Link, _attempt, Request.Ping.Instance));    // renamed no more
        links.Flush();
        string[] expected =
        [
            "a1 watcher secret", "c2 SETNAME sentinel-11111111-cmd", "p9",
            "m3", "s4 NO ONE", "c5 REWRITE", "c2 KILL TYPE normal", "c2 KILL TYPE pubsub", "e6", "i7", "PING",
        ];
        await Eventually.SoAsync("all is told", () => node.Told.Count() == expected.Length);
        Assert.Equal(expected, node.Told);
        links.CloseAll();
    }

    [Fact]
    public async Task A_password_leaves_as_the_bytes_it_is_in_the_file()
    {
        await using ScriptedNode node = new ScriptedNode(_ => "+OK\r\n").Start();
        InstanceLinks links = Links();
        links.Connect(Order(node, new Credentials(null, FileText.Decode([0x70, 0xFF, 0xC3, 0xA9, 0xC3]))));
        await Eventually.SoAsync("it is told", () => node.Told.Any());
        Assert.Equal("AUTH p\u00FF\u00C3\u00A9\u00C3", node.Told.First());
        links.CloseAll();
    }

    [Fact]
    public async Task Who_refuses_our_password_is_named_once_and_again_when_the_password_was_changed_in_vain()
    {
        await using ScriptedNode node = new ScriptedNode(words => words[0] == "AUTH" ? "-WRONGPASS invalid username-password pair or user is disabled.\r\n" : "+OK\r\n").Start();
        InstanceLinks links = Links();
        foreach (string password in (string[])["first", "first", "second", "second"])
        {
            links.Connect(Order(node, new Credentials(null, password)) with { Group = "orders" });
            await AnsweredAsync(links);
        }
        links.CloseAll();
        _log.Write(EventLevel.Warning, "the end");
        await LogsAsync("the end");
        string[] complaints = [.. LogText().Split('\n').Where(line => line.Contains("refuses AUTH", StringComparison.Ordinal))];
        Assert.Equal(2, complaints.Length);
        Assert.All(complaints, line => Assert.Contains(
            $"{node.Address} of orders refuses AUTH: WRONGPASS invalid username-password pair or user is disabled. Correct it with SENTINEL SET orders auth-pass", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Who_asks_for_a_password_that_we_do_not_have_is_named()
    {
        await using ScriptedNode node = new ScriptedNode(_ => "-NOAUTH Authentication required.\r\n").Start();
        InstanceLinks links = Links();
        links.Connect(Order(node, credentials: null) with { Group = "orders" });
        await LogsAsync($"{node.Address} of orders asks for a password. Set it with SENTINEL SET orders auth-pass");
        links.CloseAll();
    }

    [Fact]
    public async Task Connections_come_from_bind_source_addr()
    {
        await using ScriptedNode node = new ScriptedNode(_ => "+OK\r\n").Start();
        InstanceLinks links = Links(new LinkTransport(IPAddress.Parse("127.0.0.2"), tls: null));
        links.Connect(Order(node, credentials: null));
        await ConnectedAsync();
        // The system accepts a connection before the node does.
        await Eventually.SoAsync("the node has taken the call", () => node.Callers.Any());
        Assert.Equal(IPAddress.Parse("127.0.0.2"), node.Callers.Single());
        Assert.Equal("127.0.0.2", _facts.OfType<LinkConnected>().Single().LocalHost);
        links.CloseAll();
    }

    [Theory]
    [InlineData("::1", "127.0.0.1")]
    [InlineData("192.0.2.1", "127.0.0.1")]    // reserved for documentation: no machine has it
    public async Task A_source_address_that_cannot_be_is_named(string source, string host)
    {
        InstanceLinks links = Links(new LinkTransport(IPAddress.Parse(source), tls: null));
        links.Connect(new Connect(Link, ++_attempt, LinkChannel.Command, new Address(host, 1), Credentials: null));
        await Eventually.SoAsync("it is lost", () => _facts.OfType<LinkLost>().Any());
        await LogsAsync($"Cannot connect to {host}:1: connections cannot come from {source} (bind-source-addr): ");
        links.CloseAll();
    }

    [Fact]
    public async Task Of_our_own_hello_the_core_learns_only_that_the_subscription_is_alive()
    {
        string own = $"127.0.0.1,26379,{new string('1', 40)},0,orders,127.0.0.1,6379,0";
        string theirs = $"127.0.0.1,26380,{new string('2', 40)},0,orders,127.0.0.1,6379,0";
        await using ScriptedNode node = new ScriptedNode(words => words[0] == "SUBSCRIBE" ? $"{Message(own)}{Message(theirs)}{Message(own)}" : "+OK\r\n").Start();
        InstanceLinks links = Links();
        links.Connect(Order(node, credentials: null) with { Channel = LinkChannel.Subscription });
        await Eventually.SoAsync("all is heard", () => _facts.OfType<HelloHeard>().Count() == 3);
        Assert.Equal([null, theirs, null], _facts.OfType<HelloHeard>().Select(fact => fact.Payload));
        links.CloseAll();

        static string Message(string hello) => $"*3\r\n$7\r\nmessage\r\n$18\r\n__sentinel__:hello\r\n${hello.Length}\r\n{hello}\r\n";
    }

    [Fact]
    public async Task Many_connections_begin_one_after_the_other_and_all_of_them_begin()
    {
        const int Count = 500;
        await using ScriptedNode node = new ScriptedNode(_ => "+OK\r\n").Start();
        InstanceLinks links = Links();
        for (int i = 1; i <= Count; i++)
            links.Connect(new Connect(new LinkId(i), 1, LinkChannel.Command, node.Address, Credentials: null));
        await Eventually.SoAsync("all are connected", () => _facts.OfType<LinkConnected>().Count() == Count);
        Assert.Equal(Enumerable.Range(1, Count), _facts.OfType<LinkConnected>().Select(fact => fact.Link.Number).Order());
        links.CloseAll();
    }

    [Fact]
    public async Task What_is_closed_before_it_has_begun_never_begins_and_holds_nobody_up()
    {
        const int Count = 200;
        await using ScriptedNode unwanted = new ScriptedNode(_ => "+OK\r\n").Start();
        await using ScriptedNode wanted = new ScriptedNode(_ => "+OK\r\n").Start();
        InstanceLinks links = Links();
        for (int i = 2; i < Count + 2; i++)
            links.Connect(new Connect(new LinkId(i), 1, LinkChannel.Command, unwanted.Address, Credentials: null));
        links.Connect(Order(wanted, credentials: null));
        for (int i = 2; i < Count + 2; i++)
            links.Disconnect(new Disconnect(new LinkId(i), LinkChannel.Command));
        await ConnectedAsync();
        int met = unwanted.Callers.Count();
        Assert.InRange(met, 0, Count - 1);    // few had begun
        links.CloseAll();
    }

    [Fact]
    public async Task Requests_of_one_round_leave_each_node_in_one_write()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        InstanceLinks links = Links();
        links.Connect(new Connect(Link, ++_attempt, LinkChannel.Command, new Address("127.0.0.1", ((IPEndPoint)listener.LocalEndpoint).Port), Credentials: null));
        using TcpClient node = await listener.AcceptTcpClientAsync();
        await ConnectedAsync();
        NetworkStream stream = node.GetStream();
        await stream.ReadExactlyAsync(new byte["*3\r\n$6\r\nCLIENT\r\n$7\r\nSETNAME\r\n$21\r\nsentinel-11111111-cmd\r\n".Length]);
        links.Send(new Send(Link, _attempt, Request.Ping.Instance));
        links.Send(new Send(Link, _attempt, Request.Info.Instance));
        Assert.False(stream.DataAvailable);
        links.Flush();
        byte[] buffer = new byte[100];
        int count = await stream.ReadAsync(buffer);
        Assert.Equal("*1\r\n$4\r\nPING\r\n*1\r\n$4\r\nINFO\r\n", System.Text.Encoding.ASCII.GetString(buffer, 0, count));
        links.CloseAll();
    }

    [Fact]
    public async Task What_does_not_fit_into_a_connection_leaves_when_there_is_room_and_in_order()
    {
        const int Count = 100_000;
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        InstanceLinks links = Links();
        links.Connect(new Connect(Link, ++_attempt, LinkChannel.Command, new Address("127.0.0.1", ((IPEndPoint)listener.LocalEndpoint).Port), Credentials: null));
        using TcpClient node = await listener.AcceptTcpClientAsync();
        await ConnectedAsync();
        for (int i = 0; i < Count; i++)
        {
            links.Send(new Send(Link, _attempt, new Request.AskMaster($"m{i}")));
            links.Flush();
        }
        using var reader = new StreamReader(node.GetStream());
        for (int i = 0; i < Count; i++)
        {
            string last = $"m{i}";
            string? line;
            while ((line = await reader.ReadLineAsync()) is not null && line != last)
                Assert.False(line.StartsWith('m'), $"{line} came before {last}");
            Assert.NotNull(line);
        }
        links.CloseAll();
    }

    [Fact]
    public async Task A_certificate_that_is_not_good_is_a_reason_in_words()
    {
        var server = new SslServerAuthenticationOptions { ServerCertificate = TestAuthority.Root("theirs").Shown("server") };
        await using ScriptedNode node = new ScriptedNode(_ => "+OK\r\n") { Tls = server }.Start();
        InstanceLinks links = Links(OverTls());
        links.Connect(Order(node, credentials: null) with { Group = "orders" });
        await Eventually.SoAsync("it is lost", () => _facts.OfType<LinkLost>().Any());
        const string Reason = "TLS handshake failed: the certificate of the server, CN=server, is not good: ";
        Assert.StartsWith(Reason, _facts.OfType<LinkLost>().First().Reason, StringComparison.Ordinal);
        await LogsAsync($"Cannot connect to {node.Address} of orders: {Reason}");
        links.CloseAll();
    }

    [Fact]
    public async Task A_handshake_that_is_not_answered_is_told_when_the_core_gives_it_up()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var address = new Address("127.0.0.1", ((IPEndPoint)silent.LocalEndpoint).Port);
        InstanceLinks links = Links(OverTls());
        links.Connect(new Connect(Link, ++_attempt, LinkChannel.Command, address, Credentials: null) { Group = "orders" });
        using TcpClient connection = await silent.AcceptTcpClientAsync();
        await connection.GetStream().ReadExactlyAsync(new byte[1]);    // the handshake has begun
        links.Disconnect(new Disconnect(Link, LinkChannel.Command));
        await LogsAsync($"Cannot connect to {address} of orders: it does not answer the TLS handshake");
        Assert.Empty(_facts);
    }

    [Fact]
    public async Task Who_answers_in_the_clear_is_told_apart()
    {
        using var clear = new TcpListener(IPAddress.Loopback, 0);
        clear.Start();
        var address = new Address("127.0.0.1", ((IPEndPoint)clear.LocalEndpoint).Port);
        InstanceLinks links = Links(OverTls());
        links.Connect(new Connect(Link, ++_attempt, LinkChannel.Command, address, Credentials: null) { Group = "orders" });
        using TcpClient connection = await clear.AcceptTcpClientAsync();
        await connection.GetStream().WriteAsync("-ERR unknown command\r\n"u8.ToArray());
        await LogsAsync($"Cannot connect to {address} of orders: TLS handshake failed: the other side does not speak TLS");
        links.CloseAll();
    }

    public void Dispose()
    {
        _log.Dispose();
        _files.Dispose();
    }

    /// <summary>Trusts an authority of its own, and shows a certificate of it.</summary>
    private LinkTransport OverTls()
    {
        var authority = TestAuthority.Root();
        _files.Write("ca.crt", authority.Pem);
        authority.CertifyInto(_files.Path, "us");
        var options = new TlsOptions { IsForLinks = true, Server = new KeyPairFiles(_files.File("us.crt"), _files.File("us.key")), AuthoritiesFile = _files.File("ca.crt") };
        var tls = TlsContext.Create(options, _log, TimeProvider.System, out string? problem);
        Assert.Null(problem);
        return new LinkTransport(source: null, tls);
    }

    private InstanceLinks Links(LinkTransport? transport = null)
    {
        _ = SentinelId.TryParse(new string('1', 40), out SentinelId id);
        return new InstanceLinks(id, facts => facts.ToList().ForEach(_facts.Enqueue), _log, transport);
    }

    private Connect Order(ScriptedNode node, Credentials? credentials) => new(Link, ++_attempt, LinkChannel.Command, node.Address, credentials);

    private Task ConnectedAsync() => Eventually.SoAsync("it is connected", () => _facts.OfType<LinkConnected>().Any(fact => fact.Attempt == _attempt));

    /// <summary>Waits until the last connection has had an answer, and so those before it too.</summary>
    private async Task AnsweredAsync(InstanceLinks links)
    {
        await ConnectedAsync();
        links.Send(new Send(Link, _attempt, Request.Ping.Instance));
        links.Flush();
        await Eventually.SoAsync("it answers", () => _facts.OfType<Answered>().Any(fact => fact.Attempt == _attempt));
    }

    private string LogText() => File.Exists(_files.File("log")) ? File.ReadAllText(_files.File("log")) : "";

    private Task LogsAsync(string part) => Eventually.SoAsync($"the log says '{part}'", () => LogText().Contains(part, StringComparison.Ordinal));
}
