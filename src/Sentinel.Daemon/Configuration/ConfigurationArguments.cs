using System.Text;

namespace Sentinel.Daemon.Configuration;

/// <summary>What the command line says about the configuration: a file, standard input, and options that are lines of configuration.</summary>
/// <param name="Directory">The directory we were started in; relative paths are relative to it.</param>
/// <param name="File">Absolute path of the configuration file, links not resolved; null: none was given.</param>
/// <param name="ReadsStandardInput">Whether more configuration comes from standard input.</param>
/// <param name="Options">The options as lines of configuration, separated by newlines.</param>
internal sealed record ConfigurationArguments(string Directory, string? File, bool ReadsStandardInput, string Options)
{
    /// <summary>Reads the arguments of the process, the program's name not among them.</summary>
    /// <remarks>
    /// Source: redis server.c, main. A word <c>--name</c> begins a line; the words after it are its values, each
    /// quoted, up to the next <c>--name</c>. The first word after a name without a value is its value even when it
    /// begins with <c>--</c>, except after <c>--sentinel</c> (which may stand alone) and <c>--save</c> (which then
    /// means <c>save ""</c>).
    /// </remarks>
    public static ConfigurationArguments Parse(IReadOnlyList<string> arguments, string directory)
    {
        string? file = arguments is [{ } first, ..] && !first.StartsWith('-') ? Path.GetFullPath(first, directory) : null;
        bool readsStandardInput = false;
        var options = new StringBuilder();
        bool awaitsValue = false;
        for (int i = file is null ? 0 : 1; i < arguments.Count; i++)
        {
            string argument = arguments[i];
            bool isLast = i == arguments.Count - 1;
            if (argument == "-" && (i == 0 || isLast))
            {
                readsStandardInput = true;
            }
            else if (!awaitsValue && IsName(argument))
            {
                if (options.Length > 0)
                    options.Append('\n');
                options.Append(argument.AsSpan(2)).Append(' ');
                bool standsAlone = isLast || IsName(arguments[i + 1]);
                if (standsAlone && argument.Equals("--save", StringComparison.OrdinalIgnoreCase))
                    options.Append("\"\"");
                else
                    awaitsValue = HasOneWord(argument) && !(standsAlone && argument.Equals("--sentinel", StringComparison.OrdinalIgnoreCase));
            }
            else
            {
                options.Append(ConfigurationLexer.Quote(argument)).Append(' ');
                awaitsValue = false;
            }
        }
        return new ConfigurationArguments(directory, file, readsStandardInput, options.ToString());
    }

    private static bool IsName(string argument) => argument.StartsWith("--", StringComparison.Ordinal);

    private static bool HasOneWord(string argument) => ConfigurationLexer.TrySplit(argument, out var words) && words.Length == 1;
}
