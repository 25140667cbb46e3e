using System.Collections.Immutable;

namespace Sentinel.Daemon.Tls;

/// <summary>What the <c>tls-</c> directives say. Immutable: changed with <c>with</c>.</summary>
internal sealed record TlsOptions
{
    /// <summary><c>tls-port</c>; 0: no listener for TLS. Default 0, as in Redis.</summary>
    public int Port { get; init; }

    /// <summary><c>tls-replication</c>: whether all connections to data nodes and peers are made with TLS. Default false, as in Redis.</summary>
    public bool IsForLinks { get; init; }

    /// <summary><c>tls-cert-file</c> and its key: what we show to clients.</summary>
    public KeyPairFiles Server { get; init; } = new();

    /// <summary><c>tls-client-cert-file</c> and its key: what we show on our own connections; without a certificate <see cref="Server"/> is shown.</summary>
    public KeyPairFiles Client { get; init; } = new();

    /// <summary><c>tls-ca-cert-file</c>: absolute path of a file of authorities; null: none.</summary>
    public string? AuthoritiesFile { get; init; }

    /// <summary><c>tls-ca-cert-dir</c>: absolute path of a folder of authorities; null: none.</summary>
    public string? AuthoritiesFolder { get; init; }

    /// <summary><c>tls-auth-clients</c>. Default yes, as in Redis.</summary>
    public TlsClientCertificates ClientCertificates { get; init; } = TlsClientCertificates.Yes;

    /// <summary><c>tls-protocols</c>; null: TLS 1.2 and 1.3.</summary>
    public string? Protocols { get; init; }

    /// <summary><c>tls-ciphers</c>: those of TLS 1.2, in OpenSSL's words; null: the system's choice.</summary>
    public string? Ciphers { get; init; }

    /// <summary><c>tls-ciphersuites</c>: those of TLS 1.3, in OpenSSL's words; null: the system's choice.</summary>
    public string? CipherSuites { get; init; }

    /// <summary><c>tls-session-caching</c>: whether clients may resume a session. Default true, as in Redis.</summary>
    public bool MayResume { get; init; } = true;

    /// <summary>Directives that were given and have no effect here, for the operator to be told.</summary>
    public ImmutableSortedSet<string> WithoutEffect { get; init; } = [];

    /// <summary>Whether anything is done with TLS; if not, nothing of the above is looked at.</summary>
    public bool IsUsed => Port != 0 || IsForLinks;

    /// <summary>Whether we ask others for certificates, and so must know whom to trust.</summary>
    public bool NeedsAuthorities => IsForLinks || ClientCertificates is not TlsClientCertificates.No;

    /// <summary>What TLS cannot do without and no directive names: Redis' words for it, and the cure.</summary>
    public IEnumerable<(string Problem, string Cure)> Missing()
    {
        if (Server.Certificate is null)
            yield return ("No tls-cert-file configured!", "TLS is on; add a line 'tls-cert-file <path>'");
        if (Server.Key is null)
            yield return ("No tls-key-file configured!", "TLS is on; add a line 'tls-key-file <path>'");
        if (this is { IsForLinks: true, Client: { Certificate: not null, Key: null } })
            yield return ("No tls-client-key-file configured!", "there is a tls-client-cert-file; add a line 'tls-client-key-file <path>'");
        if (this is { NeedsAuthorities: true, AuthoritiesFile: null, AuthoritiesFolder: null })
        {
            yield return (
                "Either tls-ca-cert-file or tls-ca-cert-dir must be specified when tls-cluster, tls-replication or tls-auth-clients are enabled!",
                "TLS is on; add a line 'tls-ca-cert-file <path>' or 'tls-ca-cert-dir <path>'");
        }
    }
}
