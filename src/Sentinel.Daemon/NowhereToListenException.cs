namespace Sentinel.Daemon;

/// <summary>The configuration names no address to listen on, or none of this machine.</summary>
internal sealed class NowhereToListenException() : Exception("Configured to not listen anywhere, exiting.");
