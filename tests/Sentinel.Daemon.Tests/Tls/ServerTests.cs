using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Sentinel.Daemon.Tests.Configuration;
using Sentinel.Daemon.Tests.Lab;
using Sentinel.Daemon.Tls;

namespace Sentinel.Daemon.Tests.Tls;

/// <summary>Who is let in on <c>tls-port</c>, and what is shown to them.</summary>
public sealed class ServerTests : IDisposable
{
    private readonly TemporaryFolder _files = new();
    private readonly TestAuthority _authority = TestAuthority.Root();

    public ServerTests()
    {
        _files.Write("ca.crt", _authority.Pem);
        _authority.CertifyInto(_files.Path, "server");
    }

    [Theory]
    [InlineData(TlsClientCertificates.Yes, "none", false)]
    [InlineData(TlsClientCertificates.Yes, "stranger", false)]
    [InlineData(TlsClientCertificates.Yes, "ended", false)]
    [InlineData(TlsClientCertificates.Yes, "good", true)]
    [InlineData(TlsClientCertificates.Optional, "none", true)]
    [InlineData(TlsClientCertificates.Optional, "stranger", false)]
    [InlineData(TlsClientCertificates.Optional, "good", true)]
    [InlineData(TlsClientCertificates.No, "none", true)]
    [InlineData(TlsClientCertificates.No, "stranger", true)]    // it is not even asked for
    internal async Task A_client_gets_in_with_what_tls_auth_clients_asks_for(TlsClientCertificates asked, string shown, bool getsIn)
    {
        await using TlsServer server = await TlsServer.StartAsync(_files, options => options with { ClientCertificates = asked });
        X509Certificate2? certificate = shown switch
        {
            "stranger" => TestAuthority.Root("other").Shown("stranger"),
            "ended" => _authority.Shown("ended", days: -0.01),
            "good" => _authority.Shown("good"),
            _ => null,
        };
        if (getsIn)
        {
            await server.GreetedAsync(certificate);
            return;
        }
        await Assert.ThrowsAnyAsync<IOException>(() => server.GreetedAsync(certificate));
        await server.LogsAsync(shown switch
        {
            "none" => "Error accepting a client connection: the client shows no certificate (addr=127.0.0.1:",
            "ended" => "the certificate of the client, CN=ended, is not good: NotTimeValid",
            _ => "the certificate of the client, CN=stranger, is not good: ",
        });
    }

    [Fact]
    public async Task Whoever_does_not_speak_TLS_is_hung_up_on_and_named()
    {
        await using TlsServer server = await TlsServer.StartAsync(_files);
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, server.Port);
        await socket.SendAsync("*1\r\n$4\r\nPING\r\n"u8.ToArray());
        using var patience = new CancellationTokenSource(Eventually.Patience);
        while (await socket.ReceiveAsync(new byte[100], patience.Token) > 0)
        {
            // An alert of TLS, perhaps.
        }
        await server.LogsAsync($"the other side does not speak TLS (addr={socket.LocalEndPoint} laddr=127.0.0.1:{server.Port})");
    }

    [Fact]
    public async Task Those_who_do_not_finish_their_handshake_count_as_clients_and_are_hung_up_on_in_the_end()
    {
        await using TlsServer server = await TlsServer.StartAsync(_files, options => options with { ClientCertificates = TlsClientCertificates.No }, clientsMax: 2);
        using var first = new TcpClient("127.0.0.1", server.Port);
        using var second = new TcpClient("127.0.0.1", server.Port);
        await Eventually.SoAsync("a third is refused", async () =>
        {
            await Record.ExceptionAsync(() => server.GreetedAsync());
            return server.Log.Contains("max number of clients reached", StringComparison.Ordinal);
        });
        await server.LogsAsync("the handshake took longer than 10 s");
        await Eventually.SoAsync("there is room again", async () => await Record.ExceptionAsync(() => server.GreetedAsync()) is null);
    }

    [Fact]
    public async Task What_links_the_certificate_to_the_root_is_sent_with_it()
    {
        TestAuthority lower = _authority.Below("upper").Below("lower");
        lower.CertifyInto(_files.Path, "server");
        await using TlsServer server = await TlsServer.StartAsync(_files, options => options with { ClientCertificates = TlsClientCertificates.No });
        string[] names = [.. (await server.GreetedChainAsync()).Select(certificate => certificate.Subject).Distinct()];
        Assert.Equal(["CN=server", "CN=lower", "CN=upper"], names);
    }

    [Theory]
    [InlineData("TLSv1.2", SslProtocols.Tls12)]
    [InlineData("tlsv1.3", SslProtocols.Tls13)]
    public async Task Only_the_protocols_of_tls_protocols_are_spoken(string protocols, SslProtocols spoken)
    {
        await using TlsServer server = await TlsServer.StartAsync(_files, options => options with { ClientCertificates = TlsClientCertificates.No, Protocols = protocols });
        foreach (SslProtocols protocol in (SslProtocols[])[SslProtocols.Tls12, SslProtocols.Tls13])
        {
            Exception? failure = await Record.ExceptionAsync(() => server.GreetedChainAsync(options: new SslClientAuthenticationOptions { EnabledSslProtocols = protocol }));
            Assert.Equal(protocol == spoken, failure is null);
        }
    }

    [Fact]
    public async Task Only_the_ciphers_of_tls_ciphers_and_tls_ciphersuites_are_used()
    {
        await using TlsServer server = await TlsServer.StartAsync(_files, options => options with
        {
            ClientCertificates = TlsClientCertificates.No,
            Ciphers = "ECDHE+AESGCM:!AES256",
            CipherSuites = "TLS_CHACHA20_POLY1305_SHA256",
        });
        foreach ((TlsCipherSuite suite, bool isTaken) in ((TlsCipherSuite, bool)[])
            [
                (TlsCipherSuite.TLS_CHACHA20_POLY1305_SHA256, true),
                (TlsCipherSuite.TLS_AES_256_GCM_SHA384, false),
                (TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, true),
                (TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, false),
            ])
        {
#pragma warning disable CA1416 // there is no Sentinel for Windows
            var options = new SslClientAuthenticationOptions { CipherSuitesPolicy = new CipherSuitesPolicy([suite]) };
#pragma warning restore CA1416
            Exception? failure = await Record.ExceptionAsync(() => server.GreetedChainAsync(options: options));
            Assert.True(isTaken == failure is null, $"{suite}: {failure?.GetBaseException().Message}");
        }
    }

    public void Dispose() => _files.Dispose();
}
