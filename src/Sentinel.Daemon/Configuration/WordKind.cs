namespace Sentinel.Daemon.Configuration;

/// <summary>What a word of a <c>sentinel</c> line is; decides when two ways of writing it mean the same.</summary>
internal enum WordKind
{
    /// <summary>Taken as it is: names, passwords, paths, identities.</summary>
    Text,

    /// <summary>Text that counts as absent when empty.</summary>
    TextIfAny,

    /// <summary>Text that is always written in quotes, and counts as absent when empty.</summary>
    QuotedIfAny,

    /// <summary>An IP address or host name, case aside.</summary>
    Host,

    /// <summary>As C's <c>atoi</c> reads it.</summary>
    Number,

    /// <summary>As C's <c>strtoull</c> reads it.</summary>
    Epoch,

    /// <summary><c>yes</c> or <c>no</c>, case aside.</summary>
    YesNo,

    /// <summary>The name of a command, case aside.</summary>
    Command,
}
