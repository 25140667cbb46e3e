using System.Collections.Frozen;
using Sentinel.Daemon.Tls;
using static Sentinel.Daemon.Configuration.DirectiveValues;

namespace Sentinel.Daemon.Configuration;

/// <summary>The <c>tls-</c> directives that mean something to us, and what they change.</summary>
internal static class TlsDirectives
{
    private static readonly FrozenDictionary<string, Func<TlsOptions, ConfigurationLine, TlsOptions>> Changes =
        new Dictionary<string, Func<TlsOptions, ConfigurationLine, TlsOptions>>
        {
            ["tls-port"] = (tls, line) => tls with { Port = (int)Integer(line, 0, 65535) },
            ["tls-replication"] = (tls, line) => tls with { IsForLinks = YesNo(line) },
            ["tls-cert-file"] = (tls, line) => tls with { Server = tls.Server with { Certificate = TextOrNull(line) } },
            ["tls-key-file"] = (tls, line) => tls with { Server = tls.Server with { Key = TextOrNull(line) } },
            ["tls-key-file-pass"] = (tls, line) => tls with { Server = tls.Server with { Password = TextOrNull(line) } },
            ["tls-client-cert-file"] = (tls, line) => tls with { Client = tls.Client with { Certificate = TextOrNull(line) } },
            ["tls-client-key-file"] = (tls, line) => tls with { Client = tls.Client with { Key = TextOrNull(line) } },
            ["tls-client-key-file-pass"] = (tls, line) => tls with { Client = tls.Client with { Password = TextOrNull(line) } },
            ["tls-ca-cert-file"] = (tls, line) => tls with { AuthoritiesFile = TextOrNull(line) },
            ["tls-ca-cert-dir"] = (tls, line) => tls with { AuthoritiesFolder = TextOrNull(line) },
            ["tls-auth-clients"] = (tls, line) => tls with { ClientCertificates = OneOf<TlsClientCertificates>(line) },
            ["tls-protocols"] = (tls, line) => tls with { Protocols = TextOrNull(line) },
            ["tls-ciphers"] = (tls, line) => tls with { Ciphers = TextOrNull(line) },
            ["tls-ciphersuites"] = (tls, line) => tls with { CipherSuites = TextOrNull(line) },
            ["tls-session-caching"] = (tls, line) => tls with { MayResume = YesNo(line) },
            // .NET always takes the server's order, keeps sessions in tickets of its own size and age, and uses elliptic curves.
            ["tls-prefer-server-ciphers"] = (tls, line) => YesNo(line) ? tls : WithoutEffect(tls, line),
            ["tls-session-cache-size"] = (tls, line) => Integer(line, 0, int.MaxValue) < 0 ? tls : WithoutEffect(tls, line),
            ["tls-session-cache-timeout"] = (tls, line) => Integer(line, 0, int.MaxValue) < 0 ? tls : WithoutEffect(tls, line),
            ["tls-dh-params-file"] = WithoutEffect,
        }.ToFrozenDictionary();

    /// <summary>Takes in one line.</summary>
    /// <param name="configuration">What was said before it.</param>
    /// <param name="name">The main name of its directive.</param>
    /// <param name="line">The line.</param>
    /// <returns>Null when it is none of these.</returns>
    /// <exception cref="ConfigurationException">Not such a value.</exception>
    public static SentinelConfiguration? Apply(SentinelConfiguration configuration, string name, ConfigurationLine line) =>
        Changes.TryGetValue(name, out var change) ? configuration with { Tls = change(configuration.Tls, line) } : null;

    /// <summary>Completes the paths.</summary>
    public static TlsOptions WithAbsolutePaths(TlsOptions tls, string directory)
    {
        return tls with
        {
            Server = Absolute(tls.Server),
            Client = Absolute(tls.Client),
            AuthoritiesFile = AbsolutePath(tls.AuthoritiesFile),
            AuthoritiesFolder = AbsolutePath(tls.AuthoritiesFolder),
        };

        KeyPairFiles Absolute(KeyPairFiles files) => files with { Certificate = AbsolutePath(files.Certificate), Key = AbsolutePath(files.Key) };
        string? AbsolutePath(string? path) => path is null ? null : Path.GetFullPath(path, directory);
    }

    private static TlsOptions WithoutEffect(TlsOptions tls, ConfigurationLine line) => tls with { WithoutEffect = tls.WithoutEffect.Add(line.Name) };
}
