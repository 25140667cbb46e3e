using Sentinel.Daemon.Tests.Configuration;
using Sentinel.Daemon.Tests.Lab;
using Xunit.Abstractions;

namespace Sentinel.Daemon.Tests.Tls;

/// <summary>A real node that does not accept what we show to it, and one that we do not accept.</summary>
public sealed class RefusedCertificateTests(ITestOutputHelper output) : LabTests(output), IDisposable
{
    private readonly TemporaryFolder _files = new();

    [Fact]
    public async Task A_node_that_does_not_accept_our_certificate_is_down_and_its_reason_is_in_the_log()
    {
        TestAuthority.Root("other").CertifyInto(_files.Path, "us");
        RedisLab lab = NewLab(Alone with { Sentinel = $"tls-client-cert-file {_files.File("us.crt")}\ntls-client-key-file {_files.File("us.key")}" });
        await lab.Nodes[0].StartAsync();
        await lab.Sentinels[0].StartAsync();
        await lab.Sentinels[0].LogsAsync($"Cannot connect to 127.0.0.1:{lab.Nodes[0].Port} of {RedisLab.MasterName}: it ended the connection with a word of TLS: ");
        await lab.Sentinels[0].SaysAsync("+sdown");
    }

    [Fact]
    public async Task A_node_whose_certificate_we_do_not_accept_is_down_and_the_reason_is_in_the_log()
    {
        _files.Write("other.crt", TestAuthority.Root("other").Pem);
        RedisLab lab = NewLab(Alone with { Sentinel = $"tls-ca-cert-file {_files.File("other.crt")}\ntls-auth-clients no" });
        await lab.Nodes[0].StartAsync();
        await lab.Sentinels[0].StartAsync();
        await lab.Sentinels[0].LogsAsync($"Cannot connect to 127.0.0.1:{lab.Nodes[0].Port} of {RedisLab.MasterName}: TLS handshake failed: the certificate of the server, CN=server, is not good: ");
        await lab.Sentinels[0].SaysAsync("+sdown");
    }

    public void Dispose() => _files.Dispose();

    private static LabOptions Alone => new() { Tls = true, Replicas = 0, Sentinels = [Make.Ours], Quorum = 2 };
}
