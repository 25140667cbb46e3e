namespace Sentinel.Daemon.Configuration;

/// <summary>Where a line of the configuration came from; decides whether it is rewritten, and what may repeat what.</summary>
internal enum ConfigurationOrigin
{
    /// <summary>The configuration file itself: rewritten in place.</summary>
    File,

    /// <summary>A file that it includes: read, never written.</summary>
    Include,

    /// <summary>Options of the command line, or standard input: not in the file until it is first rewritten.</summary>
    CommandLine,
}
