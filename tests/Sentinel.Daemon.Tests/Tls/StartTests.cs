using System.Security.Cryptography;
using Sentinel.Daemon.Tests.Configuration;
using Sentinel.Daemon.Tests.Lab;

namespace Sentinel.Daemon.Tests.Tls;

/// <summary>What is missing or wrong at the start: said as redis-sentinel says it, which is asked too.</summary>
public sealed class StartTests : IDisposable
{
    private const string Certificate = "tls-cert-file server.crt", Key = "tls-key-file server.key", Authorities = "tls-ca-cert-file ca.crt";

    private readonly TemporaryFolder _files = new();

    public StartTests()
    {
        var authority = TestAuthority.Root();
        _files.Write("ca.crt", authority.Pem);
        authority.CertifyInto(_files.Path, "server");
        using RSA key = RSA.Create(2048);
        _files.Write("encrypted.key", key.ExportEncryptedPkcs8PrivateKeyPem("secret", new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000)));
    }

    [Theory]
    [InlineData("tls-port {0}")]
    [InlineData("tls-port {0}", Certificate)]
    [InlineData("tls-port {0}", Certificate, Key)]
    [InlineData("tls-port {0}", Certificate, Key, "tls-auth-clients optional")]
    [InlineData("tls-replication yes")]
    [InlineData("tls-replication yes", Certificate, Key, "tls-auth-clients no")]
    [InlineData("tls-port {0}", "tls-cert-file nothing", Key, Authorities)]
    [InlineData("tls-port {0}", Certificate, "tls-key-file nothing", Authorities)]
    [InlineData("tls-port {0}", Certificate, "tls-key-file encrypted.key", Authorities)]
    [InlineData("tls-port {0}", Certificate, "tls-key-file encrypted.key", "tls-key-file-pass wrong", Authorities)]
    [InlineData("tls-port {0}", Certificate, Key, "tls-ca-cert-file nothing")]
    [InlineData("tls-port {0}", Certificate, Key, Authorities, "tls-protocols \"TLSv1.3 SSLv3\"")]
    [InlineData("tls-port {0}", Certificate, Key, Authorities, "tls-ciphers nothing")]
    [InlineData("tls-port {0}", Certificate, Key, Authorities, "tls-ciphersuites nothing")]
    public async Task A_start_that_cannot_be_ends_with_1_in_the_same_words(params string[] directives)
    {
        string text = string.Format(null, string.Join('\n', directives.Prepend("port 0").Append($"dir {_files.Path}")), Ports.Take());
        string[][] said = [await LastWordsAsync("redis-sentinel", text), await LastWordsAsync(OurExecutable.FullPath, text)];
        Assert.Equal(said[0], said[1]);
        Assert.Equal("Failed to configure TLS. Check logs for more info.", said[1][1]);
    }

    [Theory]
    [InlineData("tls-port {0}", "tls-cert-file <path>")]
    [InlineData("tls-port {0}\n" + Certificate, "tls-key-file <path>")]
    [InlineData("tls-port {0}\n" + Certificate + "\n" + Key, "tls-ca-cert-file <path>")]
    public async Task After_those_words_it_says_in_which_file_which_line_is_missing(string directives, string line)
    {
        string file = _files.Write("sentinel.conf", string.Format(null, $"port 0\ndir {_files.Path}\n{directives}\n", Ports.Take()));
        var log = new ProcessLog();
        await using ChildProcess process = ChildProcess.Start(OurExecutable.FullPath, _files.Path, log, file);
        Assert.Equal(1, await process.ExitCodeAsync());
        Assert.Contains($"# Hint: {file}: TLS is on; add a line '{line}'", log.Lines[^1], StringComparison.Ordinal);
    }

    public void Dispose() => _files.Dispose();

    /// <summary>The two warnings it ends with, a hint of ours aside. Reasons are OpenSSL's there and .NET's here, and paths are absolute here.</summary>
    private async Task<string[]> LastWordsAsync(string program, string configuration)
    {
        var log = new ProcessLog();
        await using ChildProcess process = ChildProcess.Start(program, _files.Path, log, _files.Write("sentinel.conf", configuration));
        Assert.True(await process.ExitCodeAsync() == 1, log.Tail(10));
        return [.. log.Lines.Where(line => !line.Contains(" # Hint: ", StringComparison.Ordinal)).TakeLast(2).Select(line => Words(line[(line.IndexOf(" # ", StringComparison.Ordinal) + 3)..]))];
    }

    private static string Words(string line) => line.StartsWith("Failed to load", StringComparison.Ordinal) || line.StartsWith("Failed to configure CA", StringComparison.Ordinal) ? line[..line.IndexOf(':')] : line;
}
