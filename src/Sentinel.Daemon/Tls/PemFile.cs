using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Sentinel.Daemon.Configuration;

namespace Sentinel.Daemon.Tls;

/// <summary>Reads certificates and keys. Whatever is wrong comes as words for the log: the files may be replaced while we read.</summary>
internal static class PemFile
{
    /// <summary>The text of a file.</summary>
    public static string? Read(string path, out string? error)
    {
        using var file = Posix.Open(path, out error);
        byte[]? content = file is null ? null : Posix.ReadAll(file, out error);
        return content is null ? null : FileText.Decode(content);
    }

    /// <summary>All certificates in a file.</summary>
    /// <returns>Null, and the error, when there is none or one cannot be read.</returns>
    public static X509Certificate2Collection? Certificates(string path, out string? error)
    {
        if (Read(path, out error) is not { } text)
            return null;
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPem(text);
        }
        catch (CryptographicException failure)
        {
            error = failure.Message;
            return null;
        }
        error = certificates.Count > 0 ? null : "it holds no certificate in PEM format";
        return error is null ? certificates : null;
    }

    /// <summary>Joins a certificate with its private key.</summary>
    /// <param name="certificate">The certificate.</param>
    /// <param name="files">Where the key is.</param>
    /// <param name="error">What is wrong with the key.</param>
    /// <returns>Null when the key cannot be read or is not that of the certificate.</returns>
    public static X509Certificate2? WithKey(X509Certificate2 certificate, KeyPairFiles files, out string? error)
    {
        if (Read(files.Key!, out error) is not { } text)
            return null;
        try
        {
            string pem = certificate.ExportCertificatePem();
            if (LegacyPem.IsEncrypted(text))
                text = LegacyPem.Decrypt(text, files.Password ?? "");
            return text.Contains("BEGIN ENCRYPTED PRIVATE KEY", StringComparison.Ordinal)
                ? X509Certificate2.CreateFromEncryptedPem(pem, text, files.Password ?? "")
                : X509Certificate2.CreateFromPem(pem, text);
        }
        catch (Exception failure) when (failure is CryptographicException or ArgumentException or FormatException)
        {
            string hint = text.Contains("ENCRYPTED", StringComparison.Ordinal) ? " (it is encrypted: is the password right?)" : "";
            error = failure.Message + hint;
            return null;
        }
    }
}
