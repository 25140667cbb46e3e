namespace Sentinel.Daemon.Links;

/// <summary>A connection cannot be made as it is configured, here or at the other end: somebody has to change something.</summary>
internal sealed class LinkSetupException(string reason, Exception cause) : IOException(reason, cause);
