namespace Sentinel.Daemon;

/// <summary>Somebody else listens on our Unix socket, or we may not find out whether somebody does.</summary>
/// <param name="path">The socket.</param>
/// <param name="reason">The system's words.</param>
internal sealed class UnixSocketInUseException(string path, string reason)
    : Exception($"Failed opening Unix socket: {path}: {reason}. Is another Sentinel running?");
