using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Sentinel.Daemon.Commands;
using Sentinel.Daemon.Configuration;
using Sentinel.Daemon.Logging;
using Sentinel.Daemon.Tests.Configuration;
using Sentinel.Daemon.Tests.Lab;
using Sentinel.Daemon.Tls;

namespace Sentinel.Daemon.Tests.Tls;

/// <summary>Our side of TLS on a free port of the loopback; whoever gets through is greeted. Its files are in a folder of its own.</summary>
internal sealed class TlsServer : IAsyncDisposable
{
    private readonly TemporaryFolder _files;
    private readonly RedisLog _log;
    private readonly WebApplication _app;

    private TlsServer(TemporaryFolder files, RedisLog log, WebApplication app) => (_files, _log, _app) = (files, log, app);

    public int Port => new Uri(_app.Urls.Single()).Port;

    /// <summary>What it has logged.</summary>
    public string Log => File.Exists(_files.File("log")) ? File.ReadAllText(_files.File("log")) : "";

    /// <param name="files">Holds <c>server.crt</c>, <c>server.key</c> and <c>ca.crt</c>, which the options begin with.</param>
    /// <param name="change">Changes the options.</param>
    /// <param name="time">Null: the time of the machine.</param>
    /// <param name="clientsMax">How many may be connected.</param>
    public static async Task<TlsServer> StartAsync(TemporaryFolder files, Func<TlsOptions, TlsOptions>? change = null, TimeProvider? time = null, int clientsMax = 100)
    {
        var log = new RedisLog(LogThreshold.Debug, files.File("log"), TimeProvider.System);
        var options = new TlsOptions { Server = new KeyPairFiles(files.File("server.crt"), files.File("server.key")), AuthoritiesFile = files.File("ca.crt") };
        TlsContext? tls = TlsContext.Create(change?.Invoke(options) ?? options, log, time ?? TimeProvider.System, out string? problem);
        Assert.Null(problem);
        var server = new RespServerOptions { MaxClients = clientsMax };
        var handshake = new TlsHandshake(tls!, new ClientRegistry(server), server, new HandshakeFailureLog(log, TimeProvider.System), TimeProvider.System);
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            listen.Use(next => connection => handshake.ServeAsync(connection, next));
            listen.Run(GreetAsync);
        }));
        WebApplication app = builder.Build();
        await app.StartAsync();
        return new TlsServer(files, log, app);
    }

    /// <summary>Connects, and waits for the greeting: only then the server has accepted the certificate.</summary>
    /// <param name="show">What the client shows; null: nothing.</param>
    /// <returns>What the server showed.</returns>
    /// <exception cref="IOException">The server hung up.</exception>
    public async Task<X509Certificate2> GreetedAsync(X509Certificate2? show = null) => (await GreetedChainAsync(show))[0];

    /// <summary>As <see cref="GreetedAsync"/>; gives the whole chain as it was sent.</summary>
    public async Task<List<X509Certificate2>> GreetedChainAsync(X509Certificate2? show = null, SslClientAuthenticationOptions? options = null)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, Port);
        await using var stream = new SslStream(new NetworkStream(socket));
        List<X509Certificate2> shown = [];
        options ??= new SslClientAuthenticationOptions();
        options.TargetHost = "";
        if (show is not null)
            options.ClientCertificateContext = SslStreamCertificateContext.Create(show, null, offline: true);
#pragma warning disable CA5359 // what is shown is what the tests look at
        options.RemoteCertificateValidationCallback = (_, certificate, chain, _) =>
        {
            shown.Add(new X509Certificate2(certificate!));
            shown.AddRange(chain!.ChainPolicy.ExtraStore);
            return true;
        };
#pragma warning restore CA5359
        using var patience = new CancellationTokenSource(Eventually.Patience);
        await stream.AuthenticateAsClientAsync(options, patience.Token);
        byte[] greeting = new byte[2];
        await stream.ReadExactlyAsync(greeting, patience.Token);
        Assert.Equal("hi"u8, greeting);
        return shown;
    }

    public Task LogsAsync(string part) => Eventually.SoAsync($"the log says '{part}'", () => Log.Contains(part, StringComparison.Ordinal));

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _log.Dispose();
    }

    private static async Task GreetAsync(ConnectionContext connection)
    {
        await connection.Transport.Output.WriteAsync("hi"u8.ToArray());
        await connection.Transport.Input.ReadAsync();    // until it goes
    }
}
