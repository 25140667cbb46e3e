namespace Sentinel.Daemon.Commands;

/// <summary>Which arguments of a command name channels that the user must be allowed to use.</summary>
internal enum ChannelArguments
{
    None,

    /// <summary>The first argument.</summary>
    First,

    /// <summary>All arguments.</summary>
    All,

    /// <summary>All arguments, as patterns.</summary>
    Patterns,
}
