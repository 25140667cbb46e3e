using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Sentinel.Daemon.Tests.Configuration;
using Sentinel.Daemon.Tests.Lab;
using Sentinel.Daemon.Tls;

namespace Sentinel.Daemon.Tests.Tls;

/// <summary>The formats in which keys come.</summary>
public sealed class PemFileTests : IDisposable
{
    /// <summary>Made by OpenSSL, like the two below, which are this one encrypted with <c>secret</c>.</summary>
    private const string CurveKey = """
        -----BEGIN EC PRIVATE KEY-----
        MHcCAQEEIEfa1KMNhg9rzEN+NN/CduRzf/hOub1uzv4AZpEM/sKBoAoGCCqGSM49
        AwEHoUQDQgAEOlHN2k/Vcp7UjQDOCAVAgGVjtihPB82946pOC+5keC+Oosb2EYty
        eGO/J1zIU+75YppFv+B9X+SoG8I9O+4/5A==
        -----END EC PRIVATE KEY-----
        """;

    private const string EncryptedByAes = """
        -----BEGIN EC PRIVATE KEY-----
        Proc-Type: 4,ENCRYPTED
        DEK-Info: AES-256-CBC,2A3B0769189C3979F0AAC9705867FF71

        UDyTtqI8DrIUiAcqI7hGfMhHX+RMHBCVKFbK++g4ijM/v//MeAhE4CeQMfQnwJmr
        CxPCeIH33PdZcFj6bgwOsnu8qd8xAcbAdxufYihLkBIvP0MTTSKeY2O6znWIf5/v
        J9JlgK3AmdR8z98C8Sfk7o46PQD8oRx4b1nn2moykpk=
        -----END EC PRIVATE KEY-----
        """;

    private const string EncryptedByDes = """
        -----BEGIN EC PRIVATE KEY-----
        Proc-Type: 4,ENCRYPTED
        DEK-Info: DES-EDE3-CBC,A8FA4BAD1A9BE95F

        CUJT3EXYPBbHnK3yxvO8F9l2j2mkVsLaEHIs8e6XJgYvPLdWSvwZ4XKbd1pRMl1M
        9qdKZQBaBvFoqp2uI4Q4h1ZMV85nefxn8njQWNXoanl9SOgTdO6qGKP+wgp7ygdz
        y3UPsZ/pwhLW3f36/oap6ywVQfmpyaLcp/sxVJJaxLY=
        -----END EC PRIVATE KEY-----
        """;

    private static readonly PbeParameters Encryption = new(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000);
    private static readonly RSA Rsa = RSA.Create(2048);

    private readonly TemporaryFolder _files = new();

    public static TheoryData<string, string, string?> RsaKeys => new()
    {
        { "PKCS#1", Rsa.ExportRSAPrivateKeyPem(), null },
        { "PKCS#8", Rsa.ExportPkcs8PrivateKeyPem(), null },
        { "PKCS#8 and a password that it does not need", Rsa.ExportPkcs8PrivateKeyPem(), "secret" },
        { "PKCS#8, encrypted", Rsa.ExportEncryptedPkcs8PrivateKeyPem("secret", Encryption), "secret" },
    };

    [Theory]
    [MemberData(nameof(RsaKeys))]
    public void An_RSA_key_is_read(string format, string key, string? password)
    {
        X509Certificate2? certificate = Read(Rsa, key, password, out string? error);
        Assert.True(certificate is { HasPrivateKey: true }, $"{format}: {error}");
    }

    [Theory]
    [InlineData(CurveKey, null)]
    [InlineData("-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n" + CurveKey, null)]
    [InlineData(EncryptedByAes, "secret")]
    [InlineData(EncryptedByDes, "secret")]
    public void A_key_on_an_elliptic_curve_is_read(string key, string? password)
    {
        using var curve = ECDsa.Create();
        curve.ImportFromPem(CurveKey);
        X509Certificate2? certificate = Read(curve, key, password, out string? error);
        Assert.True(certificate is { HasPrivateKey: true }, error);
    }

    [Theory]
    [InlineData(EncryptedByAes)]
    [InlineData(EncryptedByDes)]
    public void A_wrong_password_is_a_problem_in_words(string key)
    {
        using var curve = ECDsa.Create();
        curve.ImportFromPem(CurveKey);
        Assert.Null(Read(curve, key, "wrong", out string? error));
        Assert.Contains("is the password right?", error, StringComparison.Ordinal);
        Assert.Null(Read(Rsa, Rsa.ExportEncryptedPkcs8PrivateKeyPem("secret", Encryption), null, out error));
        Assert.Contains("is the password right?", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("nothing of the kind")]
    [InlineData("Proc-Type: 4,ENCRYPTED")]
    [InlineData("-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\n%%%\n-----END EC PRIVATE KEY-----")]
    [InlineData("-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: CAMELLIA-256-CBC,2A3B0769189C3979F0AAC9705867FF71\n\nAAAA\n-----END EC PRIVATE KEY-----")]
    [InlineData(CurveKey)]    // of another certificate
    public void What_is_not_the_key_of_the_certificate_is_a_problem_in_words(string key)
    {
        Assert.Null(Read(Rsa, key, "secret", out string? error));
        Assert.NotEmpty(error!);
    }

    public void Dispose() => _files.Dispose();

    private X509Certificate2? Read(AsymmetricAlgorithm certified, string key, string? password, out string? error)
    {
        string certificate = _files.Write("x.crt", TestAuthority.Root().Certify("x", certified).Certificate);
        return PemFile.WithKey(PemFile.Certificates(certificate, out _)![0], new KeyPairFiles(certificate, _files.Write("x.key", key), password), out error);
    }
}
