namespace Sentinel.Daemon.Commands;

/// <summary>The ACL categories of the commands of a Sentinel, in the order in which <c>COMMAND</c> shows them.</summary>
[Flags]
internal enum CommandCategories
{
    None = 0,
    PubSub = 1 << 0,
    Admin = 1 << 1,
    Fast = 1 << 2,
    Slow = 1 << 3,
    Dangerous = 1 << 4,
    Connection = 1 << 5,
}
