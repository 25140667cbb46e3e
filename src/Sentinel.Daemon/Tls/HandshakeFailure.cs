using System.Security.Authentication;

namespace Sentinel.Daemon.Tls;

/// <summary>Why a handshake failed, for an operator.</summary>
internal static class HandshakeFailure
{
    /// <summary>The reason in words.</summary>
    /// <param name="failure">What the handshake threw; what says most is innermost, often in OpenSSL's words.</param>
    /// <param name="check">Our own judgement in that handshake.</param>
    public static string Reason(Exception failure, CertificateCheck check)
    {
        if (check.Refusal is { } refusal)
            return refusal;
        Exception innermost = failure.GetBaseException();
        return innermost switch
        {
            // The other side hangs up: it did not speak TLS, or did not like what it saw and had no word for it.
            EndOfStreamException => "the other side closed the connection in the handshake",
            IOException { Message: var message } when message.Contains("EOF", StringComparison.Ordinal) => "the other side closed the connection in the handshake",
            // SslStream's own words for bytes that are not TLS: "Cannot determine the frame size or a corrupted frame was received."
            AuthenticationException { Message: var message } when message.Contains("frame", StringComparison.Ordinal) => "the other side does not speak TLS",
            _ => innermost.Message,
        };
    }
}
