namespace Sentinel.Daemon.Tls;

/// <summary>Whether clients must show a certificate; the values of <c>tls-auth-clients</c>.</summary>
internal enum TlsClientCertificates
{
    /// <summary>They are not asked for one.</summary>
    No,

    /// <summary>Without a valid one they are refused.</summary>
    Yes,

    /// <summary>They may have none; one that they show must be valid.</summary>
    Optional,
}
