using System.Net;
using Sentinel.Core;
using Sentinel.Daemon.Commands;
using Sentinel.Daemon.Tests.Commands;
using Sentinel.Daemon.Tests.Lab;

namespace Sentinel.Daemon.Tests.Names;

/// <summary>Real servers behind one name that leads to another of them in the course of the test.</summary>
[Collection(LabCollection.Name)]
public class MovingNameTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_name_that_leads_to_another_server_is_followed(bool announces)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("sentinel-names-");
        int port = Ports.Take();
        await using ChildProcess first = Start(folder, "127.0.0.1", port);
        await using ChildProcess second = Start(folder, "127.0.0.2", port);
        var address = IPAddress.Parse("127.0.0.1");
        await using RunningServer server = await RunningServer.StartAsync(
            new RespServerOptions(),
            new SentinelOptions { ResolveHostnames = true, AnnounceHostnames = announces },
            host => host == "db.example" ? [Volatile.Read(ref address)] : throw new System.Net.Sockets.SocketException((int)System.Net.Sockets.SocketError.HostNotFound),
            new MasterState { Options = new MasterOptions { Name = "m", Quorum = 2 }, Address = new Address("db.example", port) });

        await Eventually.SoAsync("the first answers", () => Master(server) is { RunId: not null, Link.IsDisconnected: false });
        string? runId = Master(server).RunId;
        Assert.Equal(announces ? "db.example" : "127.0.0.1", Master(server).Address.Host);
        Volatile.Write(ref address, IPAddress.Parse("127.0.0.2"));
        await Eventually.SoAsync("the second answers", () => Master(server).RunId is { } now && now != runId);
        Assert.Equal(announces ? "db.example" : "127.0.0.2", Master(server).Address.Host);
        folder.Delete(recursive: true);
    }

    private static MasterView Master(RunningServer server) => server.Loop.View.Masters["m"];

    private static ChildProcess Start(DirectoryInfo folder, string ip, int port) =>
        ChildProcess.Start("redis-server", folder.FullName, new ProcessLog(), "--port", $"{port}", "--bind", ip, "--save", "", "--daemonize", "no");
}
