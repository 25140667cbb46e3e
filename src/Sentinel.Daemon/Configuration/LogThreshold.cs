namespace Sentinel.Daemon.Configuration;

/// <summary>The least grave level that is logged, in the words of <c>loglevel</c>.</summary>
internal enum LogThreshold
{
    /// <summary>Everything.</summary>
    Debug,

    /// <summary>What is rarely useful, without the details.</summary>
    Verbose,

    /// <summary>What one wants to know in production.</summary>
    Notice,

    /// <summary>Only what is important or critical.</summary>
    Warning,

    /// <summary>No log. Known to Redis since 7.2.</summary>
    Nothing,
}
