using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Sentinel.Daemon.Tests.Lab;

/// <summary>An authority of the test's own, that certifies whatever it is asked to.</summary>
internal sealed class TestAuthority
{
    private readonly X509Certificate2 _certificate;
    private readonly TestAuthority? _above;

    private TestAuthority(X509Certificate2 certificate, TestAuthority? above) => (_certificate, _above) = (certificate, above);

    /// <summary>One that trusts itself alone.</summary>
    public static TestAuthority Root(string name = "root")
    {
        CertificateRequest request = Request(name, RSA.Create(2048), isAuthority: true);
        return new TestAuthority(request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(365)), null);
    }

    public string Pem => _certificate.ExportCertificatePem();

    /// <summary>One that this one vouches for.</summary>
    public TestAuthority Below(string name)
    {
        var key = RSA.Create(2048);
        return new TestAuthority(Sign(Request(name, key, isAuthority: true), 365).CopyWithPrivateKey(key), this);
    }

    /// <summary>A certificate with its key, and the authorities between it and the root.</summary>
    public (string Certificate, AsymmetricAlgorithm Key) Certify(string name, AsymmetricAlgorithm? key = null, double days = 365)
    {
        key ??= RSA.Create(2048);
        string chain = Sign(Request(name, key, isAuthority: false), days).ExportCertificatePem();
        for (TestAuthority authority = this; authority._above is not null; authority = authority._above)
            chain += "\n" + authority.Pem;
        return (chain, key);
    }

    /// <summary>The same in files <c>{name}.crt</c> and <c>{name}.key</c> of a folder.</summary>
    public void CertifyInto(string folder, string name, string? subject = null, double days = 365)
    {
        (string certificate, AsymmetricAlgorithm key) = Certify(subject ?? name, days: days);
        File.WriteAllText(Path.Combine(folder, name + ".crt"), certificate);
        File.WriteAllText(Path.Combine(folder, name + ".key"), key.ExportPkcs8PrivateKeyPem());
    }

    /// <summary>A certificate with its key, for a client of the test's own.</summary>
    public X509Certificate2 Shown(string name, double days = 365)
    {
        (string certificate, AsymmetricAlgorithm key) = Certify(name, days: days);
        return X509Certificate2.CreateFromPem(certificate, key.ExportPkcs8PrivateKeyPem());
    }

    private X509Certificate2 Sign(CertificateRequest request, double days)
    {
        // One that has ended began before it did.
        DateTimeOffset end = DateTimeOffset.UtcNow.AddDays(days);
        DateTimeOffset start = new(_certificate.NotBefore.ToUniversalTime());
        byte[] number = RandomNumberGenerator.GetBytes(8);
        number[0] &= 0x7F;
        return request.Create(_certificate.SubjectName, X509SignatureGenerator.CreateForRSA(_certificate.GetRSAPrivateKey()!, RSASignaturePadding.Pkcs1), start, end, number);
    }

    private static CertificateRequest Request(string name, AsymmetricAlgorithm key, bool isAuthority)
    {
        var subject = new X500DistinguishedName($"CN={name}");
        CertificateRequest request = key is ECDsa curve
            ? new CertificateRequest(subject, curve, HashAlgorithmName.SHA256)
            : new CertificateRequest(subject, (RSA)key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isAuthority, false, 0, critical: true));
        if (isAuthority)
            return request;
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        return request;
    }
}
