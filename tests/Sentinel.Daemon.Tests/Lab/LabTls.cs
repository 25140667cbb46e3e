using System.Security.Cryptography.X509Certificates;

namespace Sentinel.Daemon.Tests.Lab;

/// <summary>The certificates of a lab in which nothing is in the clear: one authority, one certificate for all servers, one for us.</summary>
internal sealed class LabTls
{
    private readonly string _folder;

    public LabTls(string folder)
    {
        _folder = folder;
        File.WriteAllText(Path.Combine(folder, "ca.crt"), Authority.Pem);
        Authority.CertifyInto(folder, "server");
    }

    public TestAuthority Authority { get; } = TestAuthority.Root();

    /// <summary>What the tests show.</summary>
    public X509Certificate2 Shown => field ??= Authority.Shown("test");

    /// <summary>For a server that listens on a port.</summary>
    public string Lines(int port) => $"""
        port 0
        tls-port {port}
        tls-replication yes
        tls-cert-file {Path.Combine(_folder, "server.crt")}
        tls-key-file {Path.Combine(_folder, "server.key")}
        tls-ca-cert-file {Path.Combine(_folder, "ca.crt")}
        """;
}
