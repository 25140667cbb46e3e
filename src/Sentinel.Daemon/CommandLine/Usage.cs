using Sentinel.Daemon.Commands;

namespace Sentinel.Daemon.CommandLine;

/// <summary>What the command line answers without starting anything.</summary>
internal static class Usage
{
    /// <summary>Answers <c>--version</c> and <c>--help</c>.</summary>
    /// <returns>The exit code; null: the program is to start.</returns>
    public static int? Answer(IReadOnlyList<string> arguments)
    {
        switch (arguments)
        {
            case ["-v" or "--version"]:
                Console.WriteLine($"Sentinel v={ServerVersion.Own} redis={ServerVersion.Compatible} bits=64");
                return 0;
            case ["-h" or "--help"]:
                // Stream and exit code as redis-sentinel has them.
                Console.Error.WriteLine("""
                    Usage: sentinel /path/to/sentinel.conf [--directive value ...]
                           sentinel --version | --help

                    The file is read at start and rewritten whenever the state changes, so it and its folder must be writable.
                    Directives on the command line override the file, and end up in it.

                    Example: sentinel /etc/sentinel.conf --port 26380 --sentinel monitor mymaster 127.0.0.1 6379 2
                    """);
                return 1;
            default:
                return null;
        }
    }
}
