namespace Sentinel.Daemon.Configuration;

/// <summary>A line that is taken as Redis takes it, and so hardly says what was meant.</summary>
/// <param name="Line">The line.</param>
/// <param name="What">What became of it, in a sentence without a full stop.</param>
/// <param name="Cure">What to write instead, likewise.</param>
internal sealed record ConfigurationDoubt(ConfigurationLine Line, string What, string Cure)
{
    /// <summary>What to do where no master is monitored, which is no line's fault.</summary>
    public const string CureOfNoMaster = "add a line 'sentinel monitor <name> <host> <port> <quorum>', or SENTINEL MONITOR once it runs";
}
