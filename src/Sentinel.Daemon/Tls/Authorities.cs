using System.Buffers;
using System.Security.Cryptography.X509Certificates;

namespace Sentinel.Daemon.Tls;

/// <summary>Reads whom to trust: <c>tls-ca-cert-file</c> and <c>tls-ca-cert-dir</c>, and nobody else; the system's authorities play no part.</summary>
internal static class Authorities
{
    /// <summary>Files that count in a folder, at most; it is read anew when something in it changes.</summary>
    private const int FilesMax = 1000;

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");
    private static readonly string[] Extensions = [".pem", ".crt", ".cer"];

    /// <summary>The files that <paramref name="options"/> name.</summary>
    /// <param name="options">Names them.</param>
    /// <param name="error">Why the folder cannot be read; null: it can, and they are returned.</param>
    /// <remarks>
    /// OpenSSL finds authorities in a folder by names made with <c>openssl rehash</c>, and only so. A folder that was never
    /// treated so, such as a mounted secret, would be of no use; there all certificates count.
    /// </remarks>
    public static IReadOnlyList<string> Files(TlsOptions options, out string? error)
    {
        error = null;
        List<string> files = options.AuthoritiesFile is { } file ? [file] : [];
        if (options.AuthoritiesFolder is not { } folder || !Directory.Exists(folder))
            return files;
        string[] all;
        try
        {
            all = Directory.GetFiles(folder);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            error = unreadable.Message;
            return [];
        }
        string[] hashed = [.. all.Where(path => IsHashName(Path.GetFileName(path)))];
        files.AddRange((hashed.Length > 0 ? hashed : all.Where(path => Extensions.Contains(Path.GetExtension(path)))).Order(StringComparer.Ordinal).Take(FilesMax));
        return files;
    }

    /// <summary>Reads those files.</summary>
    /// <param name="options">Which of them must be good: the file alone. One in the folder that cannot be read is passed over, as OpenSSL does.</param>
    /// <param name="error">Why the file, or the folder, cannot be read.</param>
    public static X509Certificate2Collection? Read(TlsOptions options, out string? error)
    {
        IReadOnlyList<string> files = Files(options, out error);
        if (error is not null)
            return null;
        var authorities = new X509Certificate2Collection();
        foreach (string path in files)
        {
            if (PemFile.Certificates(path, out string? problem) is { } found)
            {
                authorities.AddRange(found);
            }
            else if (path == options.AuthoritiesFile)
            {
                error = problem;
                return null;
            }
        }
        return authorities;
    }

    /// <summary>Such as <c>9d66eef0.0</c>.</summary>
    private static bool IsHashName(string name) =>
        name.Length > 9 && name[8] == '.' && name.AsSpan(0, 8).IndexOfAnyExcept(HexDigits) < 0 && !name.AsSpan(9).ContainsAnyExceptInRange('0', '9');
}
