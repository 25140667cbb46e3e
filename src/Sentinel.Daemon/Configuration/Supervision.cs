namespace Sentinel.Daemon.Configuration;

/// <summary>Who started this process and wants to know when it is ready, in the words of <c>supervised</c>.</summary>
internal enum Supervision
{
    /// <summary>By SIGSTOP to itself.</summary>
    Upstart,

    /// <summary>By datagrams to <c>NOTIFY_SOCKET</c>.</summary>
    Systemd,

    /// <summary>Whichever of the two the environment speaks of.</summary>
    Auto,

    /// <summary>Nobody.</summary>
    No,
}
