namespace Sentinel.Daemon.Commands;

/// <summary>What <c>COMMAND</c> says of a command, in the order in which it says it.</summary>
[Flags]
internal enum CommandFlags
{
    None = 0,
    Admin = 1 << 0,
    PubSub = 1 << 1,
    NoScript = 1 << 2,
    Loading = 1 << 3,
    Stale = 1 << 4,
    Fast = 1 << 5,

    /// <summary>May be called before the client has authenticated.</summary>
    NoAuth = 1 << 6,
    NoMulti = 1 << 7,
    AllowBusy = 1 << 8,
}
