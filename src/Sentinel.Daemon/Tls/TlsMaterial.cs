using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Sentinel.Daemon.Tls;

/// <summary>What the files held when they were read: a pair of certificate and key for each side, and whom to trust.</summary>
/// <param name="Server">What clients are shown.</param>
/// <param name="Client">What is shown on our own connections.</param>
/// <param name="Authorities">Whose certificates are good.</param>
internal sealed record TlsMaterial(SslStreamCertificateContext Server, SslStreamCertificateContext Client, X509Certificate2Collection Authorities)
{
    /// <summary>Reads all files.</summary>
    /// <param name="options">Which.</param>
    /// <param name="problem">The first thing that is wrong, in Redis' words; null: nothing.</param>
    /// <returns>Null when something is wrong.</returns>
    public static TlsMaterial? Load(TlsOptions options, out string? problem)
    {
        problem = options.Missing().Select(missing => missing.Problem).FirstOrDefault();
        if (problem is not null)
            return null;
        X509Certificate2Collection? authorities = Tls.Authorities.Read(options, out string? error);
        if (authorities is null)
        {
            problem = $"Failed to configure CA certificate(s) file/directory: {options.AuthoritiesFile}: {error}";
            return null;
        }
        if (Pair(options.Server, authorities, out problem) is not { } server)
            return null;
        // Without tls-replication nobody is shown it, and Redis does not look at it.
        SslStreamCertificateContext? client = options is { IsForLinks: true, Client.Certificate: not null }
            ? Pair(options.Client, authorities, out problem)
            : server;
        return client is null ? null : new TlsMaterial(server, client, authorities);
    }

    /// <summary>The certificates that are shown.</summary>
    public IEnumerable<X509Certificate2> Shown => new[] { Server.TargetCertificate, Client.TargetCertificate }.Distinct();

    private static SslStreamCertificateContext? Pair(KeyPairFiles files, X509Certificate2Collection authorities, out string? problem)
    {
        problem = null;
        if (PemFile.Certificates(files.Certificate!, out string? error) is not { } chain)
        {
            problem = $"Failed to load certificate: {files.Certificate}: {error}";
            return null;
        }
        if (PemFile.WithKey(chain[0], files, out error) is not { } certificate)
        {
            problem = $"Failed to load private key: {files.Key}: {error}";
            return null;
        }
        // As OpenSSL does, the chain to send is completed with the authorities' intermediates; others may know only the root.
        return SslStreamCertificateContext.Create(certificate, [.. chain.Skip(1), .. authorities], offline: true);
    }
}
