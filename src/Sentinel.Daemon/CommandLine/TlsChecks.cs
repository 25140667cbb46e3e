using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Sentinel.Daemon.Configuration;
using Sentinel.Daemon.Logging;
using Sentinel.Daemon.Tls;
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
        if (!examined.Configuration.Tls.IsUsed)
            return [];
        Finding[] found =
        [
            .. OfMissing(examined),
            .. OfCertificate(examined, "tls-cert-file", now), .. OfCertificate(examined, "tls-client-cert-file", now), .. OfCertificate(examined, "tls-ca-cert-file", now),
            .. OfReadable(examined, "tls-key-file"), .. OfReadable(examined, "tls-client-key-file"), .. OfReadable(examined, "tls-ca-cert-dir"),
        ];
        return found.Any(finding => finding.Gravity == Gravity.Problem) ? found : [.. found, .. OfAllTogether(examined)];
    }

    private static IEnumerable<Finding> OfMissing(Examination examined) =>
        examined.Configuration.Tls.Missing().Select(missing => Problem("tls-file-missing", LineOf(examined), missing.Problem, missing.Cure));

    /// <summary>What only using the files shows: a key of another certificate, a wrong password, ciphers that nobody knows.</summary>
    private static Finding[] OfAllTogether(Examination examined)
    {
        using var log = new RedisLog(LogThreshold.Nothing, file: null, TimeProvider.System);
        return TlsContext.Create(examined.Configuration.Tls, log, TimeProvider.System, out string? problem) is null
            ? [Problem("tls-unusable", LineOf(examined), problem!, "correct what the tls- directives name, or their values")]
            : [];
    }

    /// <summary>The line that switches TLS on.</summary>
    private static ConfigurationLine? LineOf(Examination examined) => examined.Directive("tls-port") ?? examined.Directive("tls-replication");

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
