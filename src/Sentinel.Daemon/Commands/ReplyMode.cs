namespace Sentinel.Daemon.Commands;

/// <summary>Whether a client wants replies: <c>CLIENT REPLY</c>. Messages to which it has subscribed come in any case.</summary>
internal enum ReplyMode
{
    On,

    /// <summary>None until it says otherwise.</summary>
    Off,

    /// <summary>The call of <c>CLIENT REPLY SKIP</c> itself, which has no reply either.</summary>
    SkipNext,

    /// <summary>Not to the command that comes now.</summary>
    Skip,
}
