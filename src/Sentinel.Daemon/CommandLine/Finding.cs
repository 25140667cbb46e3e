using Sentinel.Daemon.Configuration;

namespace Sentinel.Daemon.CommandLine;

/// <summary>One thing that <c>sentinel check</c> has to say.</summary>
/// <param name="Gravity">How bad it is.</param>
/// <param name="Code">Its name for machines, such as <c>quorum-of-one</c>; never changes its meaning.</param>
/// <param name="Line">Where; null: it is not one line's.</param>
/// <param name="What">What is so, in a sentence without a full stop.</param>
/// <param name="Cure">What to do, likewise.</param>
internal sealed record Finding(Gravity Gravity, string Code, ConfigurationLine? Line, string What, string Cure)
{
    /// <summary>What would be wrong at run time.</summary>
    public static Finding Risk(string code, ConfigurationLine? line, string what, string cure) => new(Gravity.Risk, code, line, what, cure);

    /// <summary>What is good to know.</summary>
    public static Finding Note(string code, ConfigurationLine? line, string what, string cure) => new(Gravity.Note, code, line, what, cure);

    /// <summary>What stops a start.</summary>
    public static Finding Problem(string code, ConfigurationLine? line, string what, string cure) => new(Gravity.Problem, code, line, what, cure);
}
