using System.Collections.Immutable;
using Sentinel.Core;

namespace Sentinel.Daemon.Configuration;

/// <summary>Reads the configuration: the file, standard input, the options, in this order, and the files they include.</summary>
/// <remarks>
/// Generic directives take effect as they are read, the last one counting; <c>sentinel</c> lines are collected and
/// applied at the end (<see cref="StatementReader"/>). Redis changes its working directory in the middle of this; here
/// <see cref="SentinelConfiguration.Directory"/> plays that part, and paths come out absolute.
/// </remarks>
internal sealed class ConfigurationLoader
{
    /// <summary>Includes within includes; deeper ones include themselves.</summary>
    private const int IncludeDepthMax = 16;

    private static readonly EnumerationOptions AllEntries = new() { AttributesToSkip = FileAttributes.None, IgnoreInaccessible = true };

    private readonly List<ConfigurationLine> _statements = [];
    private SentinelConfiguration _configuration;

    private ConfigurationLoader(string file, string directory) =>
        _configuration = new SentinelConfiguration { File = file, Directory = directory };

    /// <summary>Reads what the command line names, and makes sure that it can be saved again.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="standardInput">Read to its end when the command line says so.</param>
    /// <exception cref="ConfigurationException">A file cannot be read or written, or holds a mistake.</exception>
    public static SentinelConfiguration Load(ConfigurationArguments arguments, TextReader standardInput)
    {
        string text = arguments.File is null ? "" : ReadFile(arguments.File);
        string more = arguments.ReadsStandardInput ? standardInput.ReadToEnd() : "";
        SentinelConfiguration configuration = Parse(text, $"{more}\n{arguments.Options}", arguments.File ?? "", arguments.Directory);
        CheckLogFile(configuration);
        if (arguments.File is null)
        {
            throw new ConfigurationException(
                "Sentinel needs config file on disk to save state. Exiting...",
                "name a configuration file as the first argument; it may be empty", isLogged: true);
        }
        if (Posix.CheckAccess(arguments.File, Posix.MayWrite) is { } error)
        {
            throw new ConfigurationException(
                $"Sentinel config file {arguments.File} is not writable: {error}. Exiting...",
                $"{arguments.File}: give the user we run as write permission on the file and its folder", isLogged: true);
        }
        return configuration;
    }

    /// <summary>Reads a text that is at hand. Files are touched only for <c>include</c>, and to check <c>dir</c> and scripts.</summary>
    /// <param name="text">The content of the configuration file.</param>
    /// <param name="more">What comes from elsewhere, not from the file; begins a new line when it begins with a newline.</param>
    /// <param name="file">Absolute path of the file.</param>
    /// <param name="directory">Absolute path of the directory to begin in.</param>
    /// <exception cref="ConfigurationException">It holds a mistake.</exception>
    public static SentinelConfiguration Parse(string text, string more, string file, string directory)
    {
        var loader = new ConfigurationLoader(file, directory);
        loader.ReadText(text + more, file, text.Length, ConfigurationOrigin.File, depth: 0);
        return StatementReader.Apply(Completed(loader._configuration), loader._statements);
    }

    /// <summary>Reads line by line; what begins behind <paramref name="ownLength"/> is not of the file but came with the command line.</summary>
    private void ReadText(string text, string file, int ownLength, ConfigurationOrigin origin, int depth)
    {
        int start = 0;
        int number = 0;
        foreach (string raw in text.Split('\n'))
        {
            number++;
            string trimmed = ConfigurationLexer.Trim(raw);
            // an empty last line is where the options begin, not a line of the file
            ConfigurationOrigin from = start < ownLength ? origin : ConfigurationOrigin.CommandLine;
            start += raw.Length + 1;
            if (trimmed.Length == 0 || trimmed[0] == '#')
                continue;
            if (!ConfigurationLexer.TrySplit(trimmed, out ImmutableArray<string> words))
            {
                throw new ConfigurationLine(from, file, number, trimmed, [""]).Error(
                    "Unbalanced quotes in configuration line", "close each quote, and put white space behind the closing one");
            }
            Read(new ConfigurationLine(from, file, number, trimmed, words), depth);
        }
    }

    private void Read(ConfigurationLine line, int depth)
    {
        if (line.Name == "include" && line.Words.Length == 2)
            Include(line, depth);
        else if (line.Name != "sentinel")
            _configuration = GenericDirectives.Apply(_configuration, line);
        else if (line.Words.Length > 1)    // alone it is the switch "--sentinel" of redis-server
            _statements.Add(line);
    }

    private void Include(ConfigurationLine line, int depth)
    {
        if (depth == IncludeDepthMax)
            throw line.Error("Too many nested includes.", $"{IncludeDepthMax} files include one another; does one include itself?");
        string path = Path.GetFullPath(line.Words[1], _configuration.Directory);
        foreach (string file in Matches(path))
        {
            string text = ReadFile(file);
            ReadText(text, file, int.MaxValue, ConfigurationOrigin.Include, depth + 1);
        }
    }

    /// <summary>The files that a path with wildcards means, in order; without wildcards the path itself, be it there or not.</summary>
    private static IEnumerable<string> Matches(string path)
    {
        if (!HasWildcard(path))
            return [path];
        IEnumerable<string> found = ["/"];
        foreach (string part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            found = HasWildcard(part)
                ? found.Where(Directory.Exists).SelectMany(folder => Directory.EnumerateFileSystemEntries(folder, "*", AllEntries)
                    .Where(entry => Path.GetFileName(entry).StartsWith('.') == part.StartsWith('.') && Glob.Matches(part, Path.GetFileName(entry))))
                : found.Select(folder => Path.Combine(folder, part));
        }
        return found.Where(File.Exists).Order(StringComparer.Ordinal);
    }

    private static bool HasWildcard(string path) => path.AsSpan().IndexOfAny("*?[") >= 0;

    /// <summary>Completes what hangs on several lines: paths, which are relative to the last <c>dir</c>, and the port for peers.</summary>
    private static SentinelConfiguration Completed(SentinelConfiguration configuration)
    {
        return configuration with
        {
            Log = configuration.Log with { File = Absolute(configuration.Log.File) },
            PidFile = Absolute(configuration.PidFile),
            UnixSocket = Absolute(configuration.UnixSocket),
            Tls = TlsDirectives.WithAbsolutePaths(configuration.Tls, configuration.Directory),
            // Peers connect as we do: it is one setting for the whole quorum.
            Options = configuration.Options with { TlsPort = configuration.Tls.IsForLinks ? configuration.Tls.Port : 0 },
        };

        string? Absolute(string? path) => path is null ? null : Path.GetFullPath(path, configuration.Directory);
    }

    private static string ReadFile(string path)
    {
        using var file = Posix.Open(path, out string? error);
        byte[]? content = file is null ? null : Posix.ReadAll(file, out error);
        return content is not null
            ? FileText.Decode(content)
            : throw new ConfigurationException(
                $"Fatal error, can't open config file '{path}': {error}",
                $"{path}: create the file, or correct the path or its permissions", isLogged: true);
    }

    private static void CheckLogFile(SentinelConfiguration configuration)
    {
        if (configuration.Log.File is not { } path)
            return;
        const UnixFileMode AsFopenDoes = (UnixFileMode)0b110_110_110;    // the umask takes its part
        using var file = Posix.OpenToAppend(path, AsFopenDoes, out string? error);
        if (file is null)
        {
            throw new ConfigurationException(
                $"Can't open the log file: {error}",
                $"logfile '{path}': create its folder, or correct the path or its permissions", isLogged: false);
        }
    }
}
