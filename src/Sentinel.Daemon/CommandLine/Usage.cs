using Sentinel.Daemon.Commands;

namespace Sentinel.Daemon.CommandLine;

/// <summary>What the command line answers without starting anything.</summary>
internal static class Usage
{
    /// <summary>Answers <c>--version</c> and <c>--help</c>, and refuses what this program is not.</summary>
    /// <param name="arguments">The arguments, the program's name not among them.</param>
    /// <param name="called">The program's name.</param>
    /// <returns>The exit code; null: the program is to start.</returns>
    public static int? Answer(IReadOnlyList<string> arguments, ProgramName called)
    {
        switch (arguments)
        {
            case ["check", ..] when IsAskedFor(arguments):
            case ["help", ..] when !called.IsForeign && !Path.Exists(arguments[0]):    // else it is a configuration file
            case ["-h" or "--help", ..] when !called.IsForeign:
                Console.WriteLine(Help(called.Name));
                return 0;
            case ["-v" or "--version", ..]:
                Console.WriteLine(Version(called));
                return 0;
            case ["-h" or "--help", ..]:
                // Stream and exit code as the program of that name has them.
                Console.Error.WriteLine(Help(called.Name));
                return 1;
            case ["--test-memory" or "--check-system", ..]:
                Console.Error.WriteLine($"{called.Name}: {arguments[0]} is not offered here; this program needs neither much memory nor a special clock.");
                return 1;
            default:
                if (!called.IsServer || arguments.Contains("--sentinel"))
                    return null;
                Console.Error.WriteLine($"{called.Name}: this program is a Sentinel, and no data node. To run it under this name, add --sentinel.");
                return 1;
        }
    }

    /// <summary>Whether one of these words asks for the usage.</summary>
    public static bool IsAskedFor(IEnumerable<string> words) => words.Any(word => word is "-h" or "--help");

    /// <remarks>Tools read the version from the line of Redis, <c>v=</c>; under a name of theirs it is what we stand in for.</remarks>
    private static string Version(ProgramName called)
    {
        string build = $"sha=00000000:0 malloc=dotnet-{Environment.Version} bits={8 * nint.Size} build={typeof(Usage).Module.ModuleVersionId.ToString("N")[..16]}";
        return called.IsForeign
            ? $"{called.Product} server v={ServerVersion.Compatible} {build} sentinel={ServerVersion.Own}"
            : $"Sentinel v={ServerVersion.Own} {build} redis={ServerVersion.Compatible}";
    }

    private static string Help(string name) => $"""
        Usage: {name} /path/to/sentinel.conf [--directive value ...] [-]
               {name} check /path/to/sentinel.conf [--json] [--strict]    what is wrong or risky in it; starts nothing
               {name} --version | --help | help

        Exit codes of check: 0 it starts (--strict: and there is no risk, else 2), 1 it does not.

        The file is read at start and rewritten whenever the state changes, so it and its folder must be writable.
        Directives on the command line override the file, and end up in it. A lone - at the end reads more of them from standard input.
        Called as redis-sentinel or valkey-sentinel, by a link, it is the same; as redis-server or valkey-server it needs --sentinel.

        Example: {name} /etc/sentinel.conf --port 26380 --sentinel monitor mymaster 127.0.0.1 6379 2
        """;
}
