using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Sentinel.Daemon.Configuration;
using static Sentinel.Daemon.CommandLine.Finding;

namespace Sentinel.Daemon.CommandLine;

/// <summary>Whether the files that TLS needs are there, and for how long they hold.</summary>
internal static class TlsChecks
{
    private static readonly TimeSpan Soon = TimeSpan.FromDays(30);

    /// <summary>All findings.</summary>
    /// <param name="examined">What was read.</param>
    /// <param name="now">Decides which certificates have expired.</param>
    public static IEnumerable<Finding> Of(Examination examined, DateTimeOffset now)
    {
        bool isServer = examined.Value("tls-port") is not (null or "0");
        bool isClient = "yes".Equals(examined.Value("tls-replication"), StringComparison.OrdinalIgnoreCase);
        if (!isServer && !isClient)
            return [];
        return
        [
            .. OfMissing(examined),
            .. OfCertificate(examined, "tls-cert-file", now), .. OfCertificate(examined, "tls-client-cert-file", now), .. OfCertificate(examined, "tls-ca-cert-file", now),
            .. OfReadable(examined, "tls-key-file"), .. OfReadable(examined, "tls-client-key-file"), .. OfReadable(examined, "tls-ca-cert-dir"),
        ];
    }

    private static IEnumerable<Finding> OfMissing(Examination examined)
    {
        ConfigurationLine? line = examined.Directive("tls-port") ?? examined.Directive("tls-replication");
        foreach (string name in (string[])["tls-cert-file", "tls-key-file"])
        {
            if (examined.Value(name) is null)
                yield return Problem("tls-file-missing", line, $"No {name} configured!", $"TLS is on; add a line '{name} <path>'");
        }
        if (examined.Value("tls-ca-cert-file") is null && examined.Value("tls-ca-cert-dir") is null)
            yield return Problem("tls-file-missing", line, "Either tls-ca-cert-file or tls-ca-cert-dir must be specified when TLS is on", "add one of the two");
    }

    private static IEnumerable<Finding> OfReadable(Examination examined, string name)
    {
        if (examined.Value(name) is not { } value)
            yield break;
        const int MayRead = 4;
        string path = Path.GetFullPath(value, examined.Configuration.Directory);
        if (Posix.CheckAccess(path, MayRead) is { } error)
            yield return Problem("tls-file-unreadable", examined.Directive(name), $"{name} '{path}' cannot be read: {error}", "create the file, or correct the path or its permissions");
        else if (name.Contains("key", StringComparison.Ordinal) && Posix.Stamp(path)?.Mode.HasFlag(UnixFileMode.OtherRead) == true)
            yield return Risk("tls-key-readable-by-all", examined.Directive(name), $"every user of this machine can read the key {path}", $"chmod o-r {path}");
    }

    private static Finding[] OfCertificate(Examination examined, string name, DateTimeOffset now)
    {
        Finding[] unreadable = [.. OfReadable(examined, name)];
        if (unreadable.Length > 0 || examined.Value(name) is not { } value)
            return unreadable;
        string path = Path.GetFullPath(value, examined.Configuration.Directory);
        ConfigurationLine? line = examined.Directive(name);
        try
        {
            using X509Certificate2 certificate = X509CertificateLoader.LoadCertificateFromFile(path);
            DateTimeOffset from = new(certificate.NotBefore);
            DateTimeOffset until = new(certificate.NotAfter);
            return from > now ? [Risk("tls-certificate-not-yet-valid", line, $"{path} is valid only from {Day(from)}", "wait, or set the clock right")]
                : until < now ? [Risk("tls-certificate-expired", line, $"{path} has expired on {Day(until)}: nobody will trust it", "renew it")]
                : until < now + Soon ? [Risk("tls-certificate-expires-soon", line, $"{path} expires on {Day(until)}", "renew it before")]
                : [];
        }
        catch (CryptographicException failure)
        {
            return [Problem("tls-file-unreadable", line, $"{path} is no certificate: {failure.Message}", "name a file in PEM form")];
        }
    }

    private static string Day(DateTimeOffset time) => $"{time.UtcDateTime:yyyy-MM-dd}";
}
