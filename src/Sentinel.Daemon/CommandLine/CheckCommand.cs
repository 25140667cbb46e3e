using System.Collections.Immutable;
using Sentinel.Core;
using Sentinel.Daemon.Configuration;

namespace Sentinel.Daemon.CommandLine;

/// <summary><c>sentinel check CONF</c>: says all that is wrong with a configuration, and what may go wrong with it. Starts and changes nothing.</summary>
/// <remarks>
/// Exit codes, for scripts: 0 when a Sentinel starts on it; 1 when it would not; with <c>--strict</c> 2 when it starts
/// but there are risks. Other options are those of a start, and so are their effects. <c>--help</c> among them asks for
/// something else (<see cref="Usage"/>).
/// </remarks>
internal static class CheckCommand
{
    private const int WouldNotStart = 1;
    private const int HasRisks = 2;

    /// <summary>Does the work when the command line asks for it.</summary>
    /// <param name="arguments">Those of the command line.</param>
    /// <param name="directory">Where relative paths begin.</param>
    /// <param name="input">What <c>-</c> among the arguments is read from.</param>
    /// <param name="output">Where the findings go.</param>
    /// <param name="time">Now, against which certificates are held.</param>
    /// <returns>The exit code; null: the command line asks for something else.</returns>
    public static int? Answer(IReadOnlyList<string> arguments, string directory, TextReader input, Stream output, TimeProvider time)
    {
        if (arguments is not ["check", ..] || Usage.IsAskedFor(arguments.Skip(1)))
            return null;
        string[] rest = [.. arguments.Skip(1).Where(argument => argument is not ("--json" or "--strict"))];
        // a file of the name "check" itself is meant by "./check"
        Examination examined = ConfigurationLoader.Examine(ConfigurationArguments.Parse(rest, directory), input);
        ImmutableArray<Finding> findings = Findings(examined, time.GetUtcNow());
        if (arguments.Contains("--json"))
        {
            CheckReport.WriteJson(output, examined.Configuration.File, findings);
        }
        else
        {
            using var text = new StreamWriter(output, leaveOpen: true);
            CheckReport.WriteText(text, examined.Configuration.File, findings);
        }
        return findings.Any(finding => finding.Gravity == Gravity.Problem) ? WouldNotStart
            : arguments.Contains("--strict") && findings.Any(finding => finding.Gravity == Gravity.Risk) ? HasRisks
            : 0;
    }

    /// <summary>All that is to be said, the gravest first, otherwise in the order of the lines.</summary>
    private static ImmutableArray<Finding> Findings(Examination examined, DateTimeOffset now) =>
    [
        .. ((IEnumerable<Finding>)
            (!examined.IsRead ? Mistakes(examined) :    // of a file that nobody has seen there is no more to say
            [
                .. Mistakes(examined), .. Users(examined), .. Doubts(examined),
                .. FileChecks.Of(examined), .. TlsChecks.Of(examined, now), .. MasterChecks.Of(examined), .. ServerChecks.Of(examined),
            ])).OrderBy(finding => finding.Gravity).ThenBy(finding => finding.Line is null ? 0 : examined.Lines.IndexOf(finding.Line)),
    ];

    /// <summary>What stops a start; but of a master whose own line is wrong, not that the lines about it find none.</summary>
    private static IEnumerable<Finding> Mistakes(Examination examined)
    {
        HashSet<string> broken = [.. examined.Mistakes.Where(mistake => IsMonitor(mistake.Line)).Select(mistake => mistake.Line!.Words[2])];
        return examined.Mistakes
            .Where(mistake => mistake.Original != StatementReader.NoSuchMaster || !broken.Contains(mistake.Line!.Words[2]))
            .Select(mistake => Mistake(mistake, mistake.Line));
    }

    /// <summary>What is wrong with the users, which a start finds out last.</summary>
    private static IEnumerable<Finding> Users(Examination examined)
    {
        SentinelConfiguration configuration = examined.Configuration;
        return configuration is { AclFile: null, Users.IsEmpty: true } ? []
            : SentinelProcess.MistakesOfUsers(configuration).Select(mistake => Mistake(mistake, mistake.Line ?? examined.Directive("aclfile")));
    }

    private static IEnumerable<Finding> Doubts(Examination examined) =>
        examined.Configuration.Doubts.Select(doubt => Finding.Risk("number-cut", doubt.Line, doubt.What, doubt.Cure));

    private static Finding Mistake(ConfigurationException mistake, ConfigurationLine? line) =>
        Finding.Problem("mistake", line, Secrets.Hide(mistake.Original, line), Secrets.Hide(mistake.Cure, line));

    private static bool IsMonitor(ConfigurationLine? line) => line?.Words is ["sentinel", var statement, _, ..] && statement.Equals("monitor", StringComparison.OrdinalIgnoreCase);
}
