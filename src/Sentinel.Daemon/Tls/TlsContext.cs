using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Sentinel.Core;
using Sentinel.Daemon.Configuration;
using Sentinel.Daemon.Logging;

namespace Sentinel.Daemon.Tls;

/// <summary>All that a handshake needs, of either side. Follows its files: who connects after a change meets the new certificate.</summary>
/// <remarks>
/// The files are looked at when a handshake begins, at most once a second, and not watched: a Kubernetes secret changes by a
/// link in its path, of which a watcher of the file hears nothing. A pair that does not fit, for one of its two files is not yet
/// replaced, changes nothing; when the other one is, both are read again. May be used from any thread.
/// </remarks>
internal sealed class TlsContext
{
    private static readonly TimeSpan LookPeriod = TimeSpan.FromSeconds(1);

    /// <summary>Certificates that end sooner are worth a word.</summary>
    private static readonly TimeSpan EndsSoon = TimeSpan.FromDays(14);

    private readonly TlsOptions _options;
    private readonly SslProtocols _protocols;
    private readonly CipherSuitesPolicy? _ciphers;
    private readonly RedisLog _log;
    private readonly TimeProvider _time;
    private readonly Lock _looking = new();
    private volatile TlsMaterial _material;
    private FileStamp?[] _stamps;
    private long _lookedAt;
    private bool _isUnreadable;

    private TlsContext(TlsOptions options, TlsMaterial material, FileStamp?[] stamps, SslProtocols protocols, CipherSuitesPolicy? ciphers, RedisLog log, TimeProvider time)
    {
        (_options, _material, _stamps, _protocols, _ciphers, _log, _time) = (options, material, stamps, protocols, ciphers, log, time);
        _lookedAt = time.GetTimestamp();
        WarnOfDates();
    }

    /// <summary>Reads all files for the first time.</summary>
    /// <param name="options">What the configuration says.</param>
    /// <param name="log">Where changes, and what is wrong with them, are told.</param>
    /// <param name="time">The time.</param>
    /// <param name="problem">What is wrong, in Redis' words; null: nothing.</param>
    /// <returns>Null when something is wrong.</returns>
    public static TlsContext? Create(TlsOptions options, RedisLog log, TimeProvider time, out string? problem)
    {
        if (Stamps(options, out problem) is not { } stamps)
            return null;
        if (!TryReadProtocols(options.Protocols, out SslProtocols protocols))
        {
            problem = "Invalid tls-protocols specified. Use a combination of 'TLSv1', 'TLSv1.1', 'TLSv1.2' and 'TLSv1.3'.";
            return null;
        }
        if (TlsMaterial.Load(options, out problem) is not { } material)
            return null;
        CipherSuitesPolicy? ciphers = CipherList.Read(options.Ciphers, options.CipherSuites, out problem);
        return problem is null ? new TlsContext(options, material, stamps, protocols, ciphers, log, time) : null;
    }

    /// <summary>How to serve a client that connects now.</summary>
    /// <param name="check">Judges its certificate.</param>
    public SslServerAuthenticationOptions ServerOptions(CertificateCheck check)
    {
        TlsMaterial material = Material();
        return new SslServerAuthenticationOptions
        {
            ServerCertificateContext = material.Server,
            ClientCertificateRequired = _options.ClientCertificates is not TlsClientCertificates.No,
            RemoteCertificateValidationCallback = check.Judge,
            CertificateChainPolicy = Policy(material),
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            EnabledSslProtocols = _protocols,
            CipherSuitesPolicy = _ciphers,
            AllowTlsResume = _options.MayResume,
            AllowRenegotiation = false,
        };
    }

    /// <summary>How to connect to a data node or peer now.</summary>
    /// <param name="check">Judges its certificate.</param>
    public SslClientAuthenticationOptions ClientOptions(CertificateCheck check)
    {
        TlsMaterial material = Material();
        return new SslClientAuthenticationOptions
        {
            TargetHost = "",    // as Redis: the server is not told a name, and none is compared
            ClientCertificateContext = material.Client,
            RemoteCertificateValidationCallback = check.Judge,
            CertificateChainPolicy = Policy(material),
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            EnabledSslProtocols = _protocols,
            CipherSuitesPolicy = _ciphers,
            AllowRenegotiation = false,
        };
    }

    /// <summary>Judges the certificate of a client.</summary>
    public CertificateCheck CheckOfClient() => new("client", isOptional: _options.ClientCertificates is not TlsClientCertificates.Yes);

    /// <summary>Judges the certificate of a server.</summary>
    public static CertificateCheck CheckOfServer() => new("server", isOptional: false);

    private static X509ChainPolicy Policy(TlsMaterial material)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,    // a stranger's certificate does not make us connect anywhere
        };
        policy.CustomTrustStore.AddRange(material.Authorities);
        return policy;
    }

    private TlsMaterial Material()
    {
        if (_time.GetElapsedTime(Interlocked.Read(ref _lookedAt)) >= LookPeriod && _looking.TryEnter())
        {
            try
            {
                Look();
            }
            finally
            {
                _looking.Exit();
            }
        }
        return _material;
    }

    private void Look()
    {
        Interlocked.Exchange(ref _lookedAt, _time.GetTimestamp());
        if (Stamps(_options, out string? unreadable) is not { } stamps)
        {
            if (!_isUnreadable)
                _log.Write(EventLevel.Warning, $"The TLS files cannot be looked at; the former ones stay in use until they can. {unreadable}");
            _isUnreadable = true;
            return;
        }
        _isUnreadable = false;
        if (stamps.AsSpan().SequenceEqual(_stamps))
            return;
        _stamps = stamps;
        if (TlsMaterial.Load(_options, out string? problem) is not { } material)
        {
            _log.Write(EventLevel.Warning, $"The TLS files have changed and cannot be used; the former ones stay in use until they change again. {problem}");
            return;
        }
        _material = material;
        _log.Write(EventLevel.Notice, $"The TLS files have changed and are in use now: {string.Join(", ", material.Shown.Select(Describe))}");
        WarnOfDates();
    }

    private void WarnOfDates()
    {
        DateTime now = _time.GetUtcNow().UtcDateTime;
        foreach (X509Certificate2 certificate in _material.Shown)
        {
            string? warning = certificate.NotBefore.ToUniversalTime() > now ? "is not valid yet"
                : certificate.NotAfter.ToUniversalTime() <= now ? "is not valid any more"
                : certificate.NotAfter.ToUniversalTime() <= now + EndsSoon ? "is valid for a few days only"
                : null;
            if (warning is not null)
                _log.Write(EventLevel.Warning, $"The TLS certificate {Describe(certificate)} {warning}");
        }
    }

    private static string Describe(X509Certificate2 certificate) =>
        $"{certificate.Subject} (valid {certificate.NotBefore.ToUniversalTime():yyyy-MM-dd HH:mm} to {certificate.NotAfter.ToUniversalTime():yyyy-MM-dd HH:mm} UTC)";

    /// <summary>Which files there are, and how old. Those whose content was read may be older than this says, never newer: then they are read again.</summary>
    /// <returns>Null when the folder of authorities cannot be read, and why.</returns>
    private static FileStamp?[]? Stamps(TlsOptions options, out string? problem)
    {
        IReadOnlyList<string> authorities = Authorities.Files(options, out string? error);
        problem = error is null ? null : $"Failed to configure CA certificate(s) file/directory: {error}";
        string?[] named = [options.Server.Certificate, options.Server.Key, options.Client.Certificate, options.Client.Key, options.AuthoritiesFolder];
        return problem is null ? [.. named.Concat(authorities).Select(path => path is null ? null : Posix.Stamp(path))] : null;
    }

    private static bool TryReadProtocols(string? text, out SslProtocols protocols)
    {
        protocols = text is null ? SslProtocols.Tls12 | SslProtocols.Tls13 : SslProtocols.None;
        foreach (string name in (text ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
#pragma warning disable SYSLIB0039, CA5397, S4423 // old and weak, and the operator's choice; the system's OpenSSL has the last word
            SslProtocols? named = name.ToLowerInvariant() switch
            {
                "tlsv1" => SslProtocols.Tls,
                "tlsv1.1" => SslProtocols.Tls11,
                "tlsv1.2" => SslProtocols.Tls12,
                "tlsv1.3" => SslProtocols.Tls13,
                _ => null,
            };
#pragma warning restore SYSLIB0039, CA5397, S4423
            if (named is null)
                return false;
            protocols |= named.Value;
        }
        return protocols is not SslProtocols.None;
    }
}
