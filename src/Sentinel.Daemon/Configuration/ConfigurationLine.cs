using System.Collections.Immutable;

namespace Sentinel.Daemon.Configuration;

/// <summary>One line of the configuration that is neither empty nor a comment, and where it stands.</summary>
/// <param name="Origin">Where it came from.</param>
/// <param name="File">Path of the file it stands in; of what came with the command line the file that it came with.</param>
/// <param name="Number">From 1. Options count on after the last line of the file, as in Redis.</param>
/// <param name="Text">The line without the blanks around it.</param>
/// <param name="Words">At least one.</param>
internal sealed record ConfigurationLine(ConfigurationOrigin Origin, string File, int Number, string Text, ImmutableArray<string> Words)
{
    /// <summary>The directive, in lower case.</summary>
    public string Name { get; } = Words[0].ToLowerInvariant();

    /// <summary>Of what came with the command line: whether it was read from standard input, and is no option.</summary>
    public bool IsOfStandardInput { get; init; }

    /// <summary>Where it stands, for people: file and line, unless it is in no file.</summary>
    public string Place => Origin != ConfigurationOrigin.CommandLine ? $"{File}:{Number}" : IsOfStandardInput ? "standard input" : "command line";

    /// <summary>The words after the directive.</summary>
    public ImmutableArray<string> Arguments => Words[1..];

    /// <summary>The exception to throw when this line is wrong.</summary>
    /// <param name="message">What Redis says of such a line, to the letter.</param>
    /// <param name="cure">What is wrong and how to put it right, in a sentence without a full stop.</param>
    public ConfigurationException Error(string message, string cure) => new(this, message, cure);
}
