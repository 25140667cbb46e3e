using System.Security.Cryptography;
using Sentinel.Daemon.Configuration;

namespace Sentinel.Daemon.Tls;

/// <summary>Keys encrypted in OpenSSL's own old way (<c>Proc-Type: 4,ENCRYPTED</c>), which .NET does not read and Redis does.</summary>
/// <remarks>Source: RFC 1421, and OpenSSL's documentation of PEM_read (section "PEM encryption format").</remarks>
internal static class LegacyPem
{
    private const string Mark = "Proc-Type: 4,ENCRYPTED";
    private const int SaltLength = 8;

    /// <summary>Whether a text holds such a key.</summary>
    public static bool IsEncrypted(string text) => text.Contains(Mark, StringComparison.Ordinal);

    /// <summary>The same key in the clear.</summary>
    /// <exception cref="CryptographicException">The password is wrong, or the key is encrypted in a way that we do not know.</exception>
    /// <exception cref="FormatException">It is not as it should be.</exception>
    public static string Decrypt(string text, string password)
    {
        string[] lines = [.. text.Split('\n').Select(line => line.Trim())];
        int mark = Array.IndexOf(lines, Mark);
        int end = Array.FindIndex(lines, Math.Max(mark, 0), line => line.StartsWith("-----END ", StringComparison.Ordinal));
        string[] method = mark < 0 || end < mark + 2 ? [] : lines[mark + 1].Replace("DEK-Info: ", "", StringComparison.Ordinal).Split(',');
        if (mark < 1 || method.Length != 2)
            throw new FormatException("its header is not that of an encrypted key");
        byte[] vector = Convert.FromHexString(method[1]);
        byte[] content = Convert.FromBase64String(string.Concat(lines[(mark + 2)..end]));
        using SymmetricAlgorithm cipher = Cipher(method[0]);
        cipher.Key = DeriveKey(FileText.Encode(password), vector.AsSpan(0, Math.Min(SaltLength, vector.Length)), cipher.KeySize / 8);
        return $"{lines[mark - 1]}\n{Convert.ToBase64String(cipher.DecryptCbc(content, vector), Base64FormattingOptions.InsertLineBreaks)}\n{lines[end]}\n";
    }

#pragma warning disable CA5350, CA5351, S5547, S4790 // weak, and the operator's choice: what we read was written by others
    private static SymmetricAlgorithm Cipher(string name)
    {
        if (name == "DES-EDE3-CBC")
            return TripleDES.Create();
        int bits = name switch
        {
            "AES-128-CBC" => 128,
            "AES-192-CBC" => 192,
            "AES-256-CBC" => 256,
            _ => throw new CryptographicException($"keys encrypted with {name} cannot be read; convert it with 'openssl pkcs8 -topk8'"),
        };
        var cipher = Aes.Create();
        cipher.KeySize = bits;
        return cipher;
    }

    /// <summary>OpenSSL's EVP_BytesToKey with MD5 and one round.</summary>
    private static byte[] DeriveKey(byte[] password, ReadOnlySpan<byte> salt, int length)
    {
        byte[] key = [];
        byte[] block = [];
        while (key.Length < length)
        {
            block = MD5.HashData([.. block, .. password, .. salt]);
            key = [.. key, .. block];
        }
        return key[..length];
    }
#pragma warning restore CA5350, CA5351, S5547, S4790
}
