namespace Sentinel.Daemon.CommandLine;

/// <summary>What a finding means to whoever wants to start a Sentinel.</summary>
internal enum Gravity
{
    /// <summary>It would not start.</summary>
    Problem,

    /// <summary>It would start, and one day do what nobody wanted.</summary>
    Risk,

    /// <summary>Good to know.</summary>
    Note,
}
