namespace Sentinel.Daemon.Tls;

/// <summary>A certificate and its private key, in files.</summary>
/// <param name="Certificate">Absolute path of the certificate and what links it to an authority, in PEM; null: none.</param>
/// <param name="Key">Absolute path of the key, in PEM; null: none.</param>
/// <param name="Password">Decrypts the key; null: it is not encrypted.</param>
internal sealed record KeyPairFiles(string? Certificate = null, string? Key = null, string? Password = null)
{
    /// <summary>Says nothing of the password, for it would end in a log.</summary>
    public override string ToString() => $"{Certificate} with {Key}";
}
