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
    /// <summary>Includes within includes. Recursion, so the stack is the bound; nobody needs more than a few.</summary>
    private const int IncludeDepthMax = 64;

    /// <summary>Included files in all. A file that includes two, which include two each, and so on, soon is a million.</summary>
    private const int IncludesMax = 10_000;

    /// <summary>Characters to read in all, so that <c>include /dev/zero</c> comes to an end. A thousand masters take less than one million.</summary>
    private const int TextMax = 1 << 26;

    private static readonly EnumerationOptions AllEntries = new() { AttributesToSkip = FileAttributes.None, IgnoreInaccessible = true };

    private readonly List<ConfigurationLine> _lines = [];
    private readonly List<ConfigurationException>? _mistakes;
    private readonly Stack<string> _open = [];
    private SentinelConfiguration _configuration;
    private bool _isUnread;
    private int _includes;
    private int _read;

    /// <param name="file">Absolute path of the file.</param>
    /// <param name="directory">Absolute path of the directory to begin in.</param>
    /// <param name="mistakes">Where mistakes are collected; null: the first one is thrown.</param>
    private ConfigurationLoader(string file, string directory, List<ConfigurationException>? mistakes)
    {
        _mistakes = mistakes;
        _configuration = new SentinelConfiguration { File = file, Directory = directory };
    }

    /// <summary>Reads what the command line names, and makes sure that it can be saved again.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="standardInput">Read to its end when the command line says so.</param>
    /// <exception cref="ConfigurationException">A file cannot be read or written, or holds a mistake.</exception>
    public static SentinelConfiguration Load(ConfigurationArguments arguments, TextReader standardInput)
    {
        var loader = new ConfigurationLoader(arguments.File ?? "", arguments.Directory, mistakes: null);
        FileStamp? stamp = arguments.File is { } file ? Posix.Stamp(file) : null;
        SentinelConfiguration configuration = loader.Read(arguments, standardInput) with { ReadAs = stamp };
        CheckLogFile(configuration);
        CheckStateFile(arguments);
        return configuration;
    }

    /// <summary>Reads what <see cref="Load"/> would read, mistakes and all. Makes no file.</summary>
    public static Examination Examine(ConfigurationArguments arguments, TextReader standardInput)
    {
        List<ConfigurationException> mistakes = [];
        var loader = new ConfigurationLoader(arguments.File ?? "", arguments.Directory, mistakes);
        SentinelConfiguration configuration = loader.Read(arguments, standardInput);
        loader.Try(() => CheckLogFile(configuration, mayCreate: false));
        bool isWritable = !loader._isUnread && loader.Try(() => CheckStateFile(arguments));    // of one that cannot be read that is said already
        return new Examination(configuration, [.. loader._lines], [.. mistakes]) { IsRead = arguments.File is not null && !loader._isUnread, IsWritable = isWritable };
    }

    /// <summary>Reads a text that is at hand. Files are touched only for <c>include</c>, and to check <c>dir</c> and scripts.</summary>
    /// <param name="text">The content of the configuration file.</param>
    /// <param name="more">What comes from elsewhere, not from the file; begins a new line when it begins with a newline.</param>
    /// <param name="file">Absolute path of the file.</param>
    /// <param name="directory">Absolute path of the directory to begin in.</param>
    /// <exception cref="ConfigurationException">It holds a mistake.</exception>
    public static SentinelConfiguration Parse(string text, string more, string file, string directory)
    {
        return new ConfigurationLoader(file, directory, mistakes: null).Read(text, input: "", more);
    }

    private SentinelConfiguration Read(ConfigurationArguments arguments, TextReader standardInput)
    {
        string text = "";
        if (arguments.File is { } file)
            _isUnread = !Try(() => text = ReadFile(file));
        return Read(text, arguments.ReadsStandardInput ? standardInput.ReadToEnd() : "", $"\n{arguments.Options}");
    }

    /// <param name="text">What the file holds.</param>
    /// <param name="input">What came from standard input.</param>
    /// <param name="more">What else came with the command line.</param>
    private SentinelConfiguration Read(string text, string input, string more)
    {
        _open.Push(_configuration.File);
        ReadText(text + input + more, _configuration.File, text.Length, text.Length + input.Length, ConfigurationOrigin.File);
        // alone it is the switch "--sentinel" of redis-server
        ConfigurationLine[] statements = [.. _lines.Where(line => line is { Name: "sentinel", Words.Length: > 1 })];
        return StatementReader.Apply(Completed(_configuration), statements, step => Try(step));
    }

    /// <summary>Takes one step; where mistakes are collected, a wrong one has no effect.</summary>
    /// <returns>False: it was wrong.</returns>
    private bool Try(Action step)
    {
        try
        {
            step();
            return true;
        }
        catch (ConfigurationException mistake) when (_mistakes is not null)
        {
            _mistakes.Add(mistake);
            return false;
        }
    }

    /// <summary>Reads line by line; what begins behind <paramref name="ownLength"/> is not of the file but came with the command line, up to <paramref name="inputEnd"/> from standard input.</summary>
    private void ReadText(string text, string file, int ownLength, int inputEnd, ConfigurationOrigin origin)
    {
        int start = 0;
        int number = 0;
        foreach (string raw in text.Split('\n'))
        {
            number++;
            string trimmed = ConfigurationLexer.Trim(raw);
            // an empty last line is where the options begin, not a line of the file
            ConfigurationOrigin from = start < ownLength ? origin : ConfigurationOrigin.CommandLine;
            bool isInput = start >= ownLength && start < inputEnd;
            start += raw.Length + 1;
            if (trimmed.Length == 0 || trimmed[0] == '#')
                continue;
            bool isWhole = ConfigurationLexer.TrySplit(trimmed, out ImmutableArray<string> words);
            if (isWhole && words.IsEmpty)    // only a form feed, say: between words it is blank, around a line it is not
                continue;
            var line = new ConfigurationLine(from, file, number, trimmed, isWhole ? words : [""]) { IsOfStandardInput = isInput };
            _lines.Add(line);
            Try(() => Apply(line));
        }
    }

    private void Apply(ConfigurationLine line)
    {
        if (line.Words is [""])
            throw line.Error("Unbalanced quotes in configuration line", "close each quote, and put white space behind the closing one");
        if (line.Name == "include" && line.Words.Length == 2)
            Include(line);
        else if (line.Name != "sentinel")
            _configuration = GenericDirectives.Apply(_configuration, line);
    }

    private void Include(ConfigurationLine line)
    {
        string path = DirectiveValues.FullPath(line, line.Words[1], _configuration.Directory);
        foreach (string file in Matches(path))
        {
            if (_open.Contains(file))
                throw line.Error("Too many nested includes.", $"'{file}' includes itself, by way of {string.Join(" and ", _open.Reverse())}; remove one of the lines");
            if (_open.Count > IncludeDepthMax)
                throw line.Error("Too many nested includes.", $"{IncludeDepthMax} files include one another; does one include itself by another name?");
            if (++_includes > IncludesMax)
                throw line.Error("Too many includes.", $"more than {IncludesMax} files are included; do files include each other more than once?");
            _open.Push(file);
            ReadText(ReadFile(file, line), file, int.MaxValue, int.MaxValue, ConfigurationOrigin.Include);
            _open.Pop();
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

    private string ReadFile(string path, ConfigurationLine? includedBy = null)
    {
        using var file = Posix.Open(path, out string? error);
        byte[]? content = file is null ? null : Posix.ReadAll(file, out error, TextMax - _read);
        _read += content?.Length ?? 0;
        return content is not null
            ? FileText.Decode(content)
            : throw new ConfigurationException(
                $"Fatal error, can't open config file '{path}': {error}",
                $"{path}: create the file, or correct the path or its permissions{(includedBy is null ? "" : $"; it is included by {includedBy.File}:{includedBy.Number}")}",
                isLogged: true);
    }

    private static void CheckStateFile(ConfigurationArguments arguments)
    {
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
    }

    private static void CheckLogFile(SentinelConfiguration configuration, bool mayCreate = true)
    {
        if (configuration.Log.File is not { } path)
            return;
        const UnixFileMode AsFopenDoes = (UnixFileMode)0b110_110_110;    // the umask takes its part
        string? error;
        if (mayCreate)
            Posix.OpenToAppend(path, AsFopenDoes, out error)?.Dispose();
        else
            error = Posix.CheckAccess(File.Exists(path) ? path : Path.GetDirectoryName(path)!, Posix.MayWrite);
        if (error is not null)
        {
            throw new ConfigurationException(
                $"Can't open the log file: {error}",
                $"logfile '{path}': create its folder, or correct the path or its permissions", isLogged: false);
        }
    }
}
