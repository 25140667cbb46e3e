using System.Collections.Immutable;
using System.Globalization;
using Sentinel.Simulation.Kernel;
using Sentinel.Simulation.Scenarios;

namespace Sentinel.Simulation.Tool;

/// <summary>What the command line asks for.</summary>
internal sealed record Options
{
    /// <summary>What the help says.</summary>
    public const string Help =
        """
        Whole clusters of Sentinels, nodes and clients, simulated in one thread from one seed.

          dotnet run -c Release --project tests/Sentinel.Simulation -- WHAT [HOW]

        What to run:
          --seed N               one seed
          --seeds A..B           all seeds from A to B, in parallel
          --scenario NAME        one of the stories that are kept
          --scenarios            all of them
          --mutants              cores that break a rule on purpose, and which checker notices each
          --help                 this

        How:
          --minutes M            simulated minutes of faults in each run (default 10; may be 2.25)
          --profile NAME         kind of cluster and of faults: any (default), one-fault, mixed, mass, partitions, sentinels, replacement, orders, planned, addresses, fencing,
                                 quiet, detection, rights, taken-masters, operators, chosen; 'every': these by turns, the seed says which
          --keep I,J,K           of one seed: only these of its faults, by their numbers; 'none': no fault at all
          --transcript           of one seed or scenario: the whole story
          --transcript-file PATH where the story of a failing run goes (default: a file in the folder for temporary files)
          --no-shrink            what breaks a rule is only counted, and named at the end
          --coverage             at the end: how often what happened, and what never did
          --threads N            of many seeds: how many at a time (default: one for each core)

        A seed that breaks a rule is run again with fewer faults and less time, as long as the same rule breaks; the least
        that is left is shown, with the command that plays it again.
        Exit code: 0 no rule was broken, 1 one was, 2 this command line makes no sense.
        """;

    /// <summary>Whether only the help is wanted.</summary>
    public bool IsHelp { get; init; }

    /// <summary>Whether the checkers are to be checked.</summary>
    public bool IsMutationCheck { get; init; }

    /// <summary>Null: something else is wanted.</summary>
    public SeedRange? Seeds { get; init; }

    /// <summary>Stories to be played; empty: seeds are wanted.</summary>
    public ImmutableArray<Scenario> Scenarios { get; init; } = [];

    /// <summary>How long faults strike in a run; healing comes on top.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Kinds of runs, which the seeds take by turns.</summary>
    public ImmutableArray<Profile> Profiles { get; init; } = [Profile.Any];

    /// <summary>The faults that are kept, by their numbers; null: all.</summary>
    public ImmutableArray<int>? Kept { get; init; }

    /// <summary>Whether the whole story is shown.</summary>
    public bool ShowsTranscript { get; init; }

    /// <summary>Where the story of a failing run is written; null: to the folder for temporary files.</summary>
    public string? TranscriptFile { get; init; }

    public bool ShowsCoverage { get; init; }

    /// <summary>Whether what breaks a rule is told, as small as it can be made; else it is counted and named only.</summary>
    public bool TellsFindings { get; init; } = true;

    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>Reads a command line.</summary>
    /// <exception cref="UsageException">It makes no sense.</exception>
    public static Options Parse(IReadOnlyList<string> arguments)
    {
        var options = new Options();
        var given = new HashSet<string>(StringComparer.Ordinal);
        for (int i = 0; i < arguments.Count; i++)
        {
            string name = arguments[i];
            if (name is "--help" or "-h")
                return new Options { IsHelp = true };
            if (!given.Add(name))
                throw new UsageException($"{name} is given twice: keep one of them");
            options = name switch
            {
                "--seed" => options with { Seeds = SeedRange.One(Seed(name, Value())) },
                "--seeds" => options with { Seeds = Range(name, Value()) },
                "--minutes" => options with { Duration = Minutes(name, Value()) },
                "--scenario" => options with { Scenarios = [Story(name, Value())] },
                "--scenarios" => options with { Scenarios = [.. AllScenarios.All] },
                "--mutants" => options with { IsMutationCheck = true },
                "--profile" => options with { Profiles = ProfilesOf(name, Value()) },
                "--keep" => options with { Kept = Numbers(name, Value()) },
                "--transcript" => options with { ShowsTranscript = true },
                "--transcript-file" => options with { TranscriptFile = Value() },
                "--coverage" => options with { ShowsCoverage = true },
                "--no-shrink" => options with { TellsFindings = false },
                "--threads" => options with { Threads = Count(name, Value()) },
                _ => throw new UsageException($"{name} is not known: see --help"),
            };

            string Value() => ++i < arguments.Count ? arguments[i] : throw new UsageException($"{name} needs a value after it: see --help");
        }
        string[] subjects = [.. given.Where(name => name is "--seed" or "--seeds" or "--scenario" or "--scenarios" or "--mutants")];
        if (subjects.Length == 0)
            throw new UsageException("there is nothing to do: give --seed N or --seeds A..B, or see --help");
        if (subjects.Length > 1)
            throw new UsageException($"{string.Join(" and ", subjects)} are given: keep one of them");
        foreach (string name in given)
        {
            string[] fit = FitFor(name);
            if (!fit.Contains(subjects[0]))
                throw new UsageException($"{name} does not go with {subjects[0]}: it is for {string.Join(" and ", fit)}");
        }
        return options;
    }

    /// <summary>What a seed plays.</summary>
    public Case CaseOf(ulong seed) => new(seed, Profiles[(int)(seed % (ulong)Profiles.Length)], Duration) { Kept = Kept };

    /// <summary>A time as <c>--minutes</c> takes it.</summary>
    public static string MinutesOf(TimeSpan duration) => ((decimal)duration.Ticks / TimeSpan.TicksPerMinute).ToString("0.####", CultureInfo.InvariantCulture);

    /// <summary>A profile as <c>--profile</c> takes it: its words joined by hyphens.</summary>
    public static string NameOf(Profile profile) =>
        string.Concat(profile.ToString().Select((letter, i) => char.IsUpper(letter) ? $"{(i > 0 ? "-" : "")}{char.ToLowerInvariant(letter)}" : $"{letter}"));

    /// <summary>What an option says something about.</summary>
    private static string[] FitFor(string name) => name switch
    {
        "--keep" => ["--seed"],
        "--transcript" => ["--seed", "--scenario"],
        "--minutes" or "--profile" or "--transcript-file" or "--coverage" or "--no-shrink" or "--threads" => ["--seed", "--seeds"],
        _ => [name],
    };

    private static ImmutableArray<Profile> ProfilesOf(string name, string value)
    {
        Profile[] all = Enum.GetValues<Profile>();
        ImmutableArray<Profile> wanted = [.. all.Where(profile => value == "every" || NameOf(profile) == value)];
        return wanted.IsEmpty ? throw new UsageException($"{name} {value}: there is {string.Join(", ", all.Select(NameOf))}, every") : wanted;
    }

    private static Scenario Story(string name, string value) =>
        AllScenarios.Find(value) ?? throw new UsageException($"{name} {value}: there is no such story; --scenarios plays all there are, and names them");

    private static ulong Seed(string name, string value) =>
        SeedRange.TryParseSeed(value, out ulong seed) ? seed : throw new UsageException($"{name} {value}: a seed is a whole number, such as {name} 42");

    private static SeedRange Range(string name, string value)
    {
        if (!SeedRange.TryParse(value, out SeedRange? range))
            throw new UsageException($"{name} {value}: seeds are given as a range, such as {name} 1..1000");
        if (range!.Last < range.First)
            throw new UsageException($"{name} {value}: no seed is in it; the smaller one comes first: {name} {range.Last}..{range.First}");
        return range;
    }

    private static TimeSpan Minutes(string name, string value) =>
        decimal.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal minutes) && minutes is > 0 and <= 100_000
            ? TimeSpan.FromTicks((long)(minutes * TimeSpan.TicksPerMinute))
            : throw new UsageException($"{name} {value}: minutes are a number above 0, such as {name} 10 or {name} 2.25");

    private static int Count(string name, string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count > 0
            ? count
            : throw new UsageException($"{name} {value}: it must be a whole number above 0");

    private static ImmutableArray<int> Numbers(string name, string value)
    {
        if (value == "none")
            return [];
        var numbers = new SortedSet<int>();
        foreach (string part in value.Split(','))
        {
            if (!int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int number))
                throw new UsageException($"{name} {value}: faults are given by their numbers, such as {name} 0,3,12, or as {name} none");
            numbers.Add(number);
        }
        return [.. numbers];
    }
}
