using System.Net.Security;
using System.Runtime.InteropServices;

namespace Sentinel.Daemon.Tls;

/// <summary>Reads <c>tls-ciphers</c> and <c>tls-ciphersuites</c>: OpenSSL's language, which OpenSSL itself is asked to read.</summary>
/// <remarks>
/// .NET takes ciphers by their numbers alone. The names, their groups (<c>HIGH</c>, <c>!aNULL</c>) and their order are those of
/// the library that does the encryption, so a table of our own would only be wrong some day. A security level
/// (<c>@SECLEVEL=0</c>) does not get through; it is a setting of the system's openssl.cnf.
/// </remarks>
internal static class CipherList
{
    /// <summary>The ciphers that a list means.</summary>
    /// <param name="ciphers">For TLS 1.2; null: the library's default.</param>
    /// <param name="suites">For TLS 1.3; null: the library's default.</param>
    /// <param name="problem">Which of the two cannot be read, in Redis' words; null: all is well.</param>
    /// <returns>Null when nothing was said, and when there is a problem.</returns>
    public static CipherSuitesPolicy? Read(string? ciphers, string? suites, out string? problem)
    {
        problem = null;
        if (ciphers is null && suites is null)
            return null;
        nint context = SSL_CTX_new(TLS_method());
        try
        {
            if (ciphers is not null && SSL_CTX_set_cipher_list(context, ciphers) == 0)
                problem = $"Failed to configure ciphers: {ciphers}";
            else if (suites is not null && SSL_CTX_set_ciphersuites(context, suites) == 0)
                problem = $"Failed to configure ciphersuites: {suites}";
#pragma warning disable CA1416 // there is no Sentinel for Windows
            return problem is null ? new CipherSuitesPolicy(Numbers(SSL_CTX_get_ciphers(context))) : null;
#pragma warning restore CA1416
        }
        finally
        {
            SSL_CTX_free(context);
        }
    }

    private static List<TlsCipherSuite> Numbers(nint stack)
    {
        List<TlsCipherSuite> numbers = [];
        for (int i = 0; i < OPENSSL_sk_num(stack); i++)
            numbers.Add((TlsCipherSuite)SSL_CIPHER_get_protocol_id(OPENSSL_sk_value(stack, i)));
        return numbers;
    }

#pragma warning disable SYSLIB1054, IDE1006, SA1300, CA2101 // source-generated imports need unsafe code; the names are the system's
    // The same library as .NET itself loads, which is therefore there.
    private const string Ssl = "libssl.so.3";
    private const string Crypto = "libcrypto.so.3";

    [DllImport(Ssl)]
    private static extern nint TLS_method();

    [DllImport(Ssl)]
    private static extern nint SSL_CTX_new(nint method);

    [DllImport(Ssl)]
    private static extern void SSL_CTX_free(nint context);

    [DllImport(Ssl)]
    private static extern int SSL_CTX_set_cipher_list(nint context, [MarshalAs(UnmanagedType.LPUTF8Str)] string ciphers);

    [DllImport(Ssl)]
    private static extern int SSL_CTX_set_ciphersuites(nint context, [MarshalAs(UnmanagedType.LPUTF8Str)] string suites);

    [DllImport(Ssl)]
    private static extern nint SSL_CTX_get_ciphers(nint context);

    [DllImport(Ssl)]
    private static extern ushort SSL_CIPHER_get_protocol_id(nint cipher);

    [DllImport(Crypto)]
    private static extern int OPENSSL_sk_num(nint stack);

    [DllImport(Crypto)]
    private static extern nint OPENSSL_sk_value(nint stack, int index);
#pragma warning restore SYSLIB1054, IDE1006, SA1300, CA2101
}
