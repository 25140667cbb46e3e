using System.Net;
using System.Net.Sockets;
using System.Text;
using Sentinel.Daemon.Tests.Lab;

namespace Sentinel.Daemon.Tests.Commands;

/// <summary>The running server answers or closes, whatever bytes come, and goes on to serve others.</summary>
/// <remarks>A failing seed is part of the test's name; one that found something is added to <see cref="Seeds"/>.</remarks>
public class RequestFuzzTests
{
    private const int RoundsPerSeed = 150;

    // What runs without harm to the machine of the test, however it is spoilt: nothing that ends the process or calls others.
    private static readonly string[] s_requests =
    [
        "PING", "PING x", "ECHO x", "INFO", "INFO sentinel", "HELLO 3", "HELLO 2 AUTH default x SETNAME y", "AUTH x", "AUTH default x", "CLIENT LIST", "CLIENT INFO",
        "CLIENT SETNAME x", "CLIENT KILL ID 999999", "CLIENT NO-EVICT on", "COMMAND", "COMMAND COUNT", "COMMAND DOCS sentinel", "COMMAND GETKEYS get x", "ROLE", "SUBSCRIBE a b",
        "PSUBSCRIBE +*", "UNSUBSCRIBE", "PUNSUBSCRIBE a", "PUBLISH __sentinel__:hello 127.0.0.1,0,a456374cb90fbcecf2c12701361974e1eb6bdd5a,1,m,127.0.0.1,1,1",
        "SENTINEL MASTERS", "SENTINEL MASTER m", "SENTINEL REPLICAS m", "SENTINEL SENTINELS m", "SENTINEL GET-MASTER-ADDR-BY-NAME m", "SENTINEL CKQUORUM m",
        "SENTINEL IS-MASTER-DOWN-BY-ADDR 127.0.0.1 0 1 *", "SENTINEL IS-MASTER-DOWN-BY-ADDR 127.0.0.1 0 9223372036854775807 a456374cb90fbcecf2c12701361974e1eb6bdd5a",
        "SENTINEL SET m quorum 2 parallel-syncs 1", "SENTINEL SET m down-after-milliseconds 30000", "SENTINEL RESET x*", "SENTINEL FAILOVER m", "SENTINEL INFO-CACHE m",
        "SENTINEL PENDING-SCRIPTS", "SENTINEL MYID", "SENTINEL CONFIG GET *", "SENTINEL DEBUG", "SENTINEL HELP", "SENTINEL FLUSHCONFIG", "SENTINEL REMOVE nobody", "ACL WHOAMI", "ACL LIST",
    ];

    private static readonly string[] s_shards =
    [
        "\r\n", "\r", "\n", "\0", "*", "$", "*0\r\n", "*-1\r\n", "*1048577\r\n", "*1000000\r\n", "$-1\r\n", "$536870913\r\n", "$999999999999999999999\r\n", "-1", "9223372036854775808",
        "\xff\xfe", "\"", "'", "\\x", " ", "", new('x', 70_000), new('*', 300), "%s%n", "+OK\r\n", ">1\r\n", "(1\r\n",
    ];

    public static TheoryData<int> Seeds => [1, 20_261_121, .. Enumerable.Range(0, 2).Select(_ => Random.Shared.Next())];

    [Theory, MemberData(nameof(Seeds), DisableDiscoveryEnumeration = true)]
    public async Task Spoilt_requests_and_noise_end_in_answers_or_a_closed_connection_and_others_are_served(int seed)
    {
        await using RunningServer server = await RunningServer.StartAsync(RunningServer.Unreachable("m"));
        var random = new Random(seed);
        for (int round = 0; round < RoundsPerSeed; round++)
        {
            byte[] sent = Encoding.Latin1.GetBytes(string.Concat(Enumerable.Range(0, random.Next(1, 6)).Select(_ => Request(random))));
            await SendAndReadToEndAsync(server.Port, sent, random);
        }
        using RespClient client = await server.ConnectAsync();
        await client.ExpectAsync("PING", "+PONG|");
        await client.ExpectAsync("SENTINEL FLUSHCONFIG", "+OK|");    // the deciding loop goes on too
        await Eventually.SoAsync("the others are gone", () => server.Clients.Count == 1);
    }

    [Fact]
    public async Task A_valid_request_cut_at_every_byte_is_waited_for_and_forgotten_with_its_connection()
    {
        await using RunningServer server = await RunningServer.StartAsync(RunningServer.Unreachable("m"));
        string request = Framed("SENTINEL GET-MASTER-ADDR-BY-NAME m");
        for (int end = 0; end < request.Length; end++)
            Assert.Equal("", await SendAndReadToEndAsync(server.Port, Encoding.Latin1.GetBytes(request[..end]), new Random(end)));
        Assert.Equal("*2\r\n$9\r\n127.0.0.1\r\n$1\r\n0\r\n", await SendAndReadToEndAsync(server.Port, Encoding.Latin1.GetBytes(request), new Random(1)));
    }

    private static string Request(Random random)
    {
        if (random.Next(10) == 0)
        {
            byte[] noise = new byte[random.Next(200)];
            random.NextBytes(noise);
            return Encoding.Latin1.GetString(noise);
        }
        string request = s_requests[random.Next(s_requests.Length)];
        string wire = random.Next(4) == 0 ? request + "\r\n" : Framed(request);
        for (int i = random.Next(3); i > 0; i--)
        {
            int at = random.Next(wire.Length + 1);
            wire = wire[..at] + s_shards[random.Next(s_shards.Length)] + wire[Math.Min(wire.Length, at + random.Next(6))..];
        }
        return wire;
    }

    private static string Framed(string request)
    {
        string[] words = request.Split(' ');
        return $"*{words.Length}\r\n{string.Concat(words.Select(word => $"${word.Length}\r\n{word}\r\n"))}";
    }

    /// <summary>Sends it in pieces, says that no more comes, and gives all that is answered.</summary>
    private static async Task<string> SendAndReadToEndAsync(int port, byte[] bytes, Random random)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port, patience.Token);
        Task<string> answers = ReadToEndAsync(socket, patience.Token);
        try
        {
            for (int at = 0; at < bytes.Length;)
            {
                int length = Math.Min(bytes.Length - at, random.Next(1, random.Next(2) == 0 ? 20 : 100_000));
                at += await socket.SendAsync(bytes.AsMemory(at, length), patience.Token);
            }
            socket.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // It has closed the connection already.
        }
        return await answers;
    }

    private static async Task<string> ReadToEndAsync(Socket socket, CancellationToken impatient)
    {
        var text = new StringBuilder();
        byte[] buffer = new byte[16 * 1024];
        try
        {
            while (await socket.ReceiveAsync(buffer, impatient) is > 0 and var count)
                text.Append(Encoding.Latin1.GetString(buffer, 0, count));
        }
        catch (SocketException)
        {
            // Reset, for it had not read everything.
        }
        return text.ToString();
    }
}
