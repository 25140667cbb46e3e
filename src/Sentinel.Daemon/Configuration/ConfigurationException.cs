namespace Sentinel.Daemon.Configuration;

/// <summary>The configuration cannot be used: an operator's mistake, with its place and its cure.</summary>
internal sealed class ConfigurationException : Exception
{
    private readonly string _hint;

    /// <summary>A mistake in one line.</summary>
    public ConfigurationException(ConfigurationLine line, string message, string cure)
        : base($"{line.Place}: {cure}")
    {
        Line = line;
        Original = message;
        Cure = cure;
        _hint = $"{line.Place}: {cure}";
    }

    /// <summary>A mistake that is not one line's.</summary>
    /// <param name="message">What Redis says, to the letter.</param>
    /// <param name="cure">What is wrong and how to put it right, with the place.</param>
    /// <param name="isLogged">See <see cref="IsLogged"/>.</param>
    public ConfigurationException(string message, string cure, bool isLogged)
        : base(cure)
    {
        Original = message;
        Cure = cure;
        _hint = cure;
        IsLogged = isLogged;
    }

    /// <summary>What Redis says, to the letter.</summary>
    public string Original { get; }

    /// <summary>What is wrong and how to put it right.</summary>
    public string Cure { get; }

    /// <summary>The line at fault; null when it is not one line's fault.</summary>
    public ConfigurationLine? Line { get; }

    /// <summary>Redis says this one in its log, at warning level, and not on standard error; each line of <see cref="Report"/> is then a log line.</summary>
    public bool IsLogged { get; }

    /// <summary>What the operator is to see. Ends without a newline.</summary>
    /// <param name="product">Name and version in the headline, such as <c>Redis 7.2.4</c>.</param>
    /// <remarks>
    /// The block of Redis, whose last line is its message to the letter (scripts look for it), and a line of ours that
    /// says where and what to do.
    /// </remarks>
    public string Report(string product)
    {
        string said = $"{Original}\nHint: {_hint}";
        if (IsLogged)
            return said;
        string headline = $"\n*** FATAL CONFIG FILE ERROR ({product}) ***\n";
        return Line is null
            ? headline + said
            : $"{headline}Reading the configuration file, at line {Line.Number}\n>>> '{Line.Text}'\n{said}";
    }
}
