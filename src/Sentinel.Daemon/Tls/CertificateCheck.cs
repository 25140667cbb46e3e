using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Sentinel.Daemon.Tls;

/// <summary>Judges the certificate of the other side in one handshake, and remembers in words why it was refused.</summary>
/// <param name="who">What the other side is: <c>client</c> or <c>server</c>.</param>
/// <param name="isOptional">Whether it may have none.</param>
internal sealed class CertificateCheck(string who, bool isOptional)
{
    /// <summary>Why the certificate was refused; null: it was not.</summary>
    public string? Refusal { get; private set; }

    /// <summary>The callback of SslStream.</summary>
    public bool Judge(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        // As in Redis no name is compared: nodes are known by address, and the authority is for them alone.
        errors &= ~SslPolicyErrors.RemoteCertificateNameMismatch;
        if (certificate is null)
            Refusal = isOptional ? null : $"the {who} shows no certificate";
        else if (errors is not SslPolicyErrors.None)
            Refusal = $"the certificate of the {who}, {certificate.Subject}, is not good: {Reasons(chain)}";
        return Refusal is null;
    }

    private static string Reasons(X509Chain? chain) =>
        string.Join(", ", (chain?.ChainStatus ?? []).Select(status => $"{status.Status}: {status.StatusInformation.Trim()}").Distinct());
}
