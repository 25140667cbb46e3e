using Sentinel.Simulation.Kernel;
using Sentinel.Simulation.Scenarios;
using Sentinel.Simulation.Tool;

namespace Sentinel.Simulation.Tests;

public class OptionsTests
{
    [Fact]
    public void A_seed_runs_ten_minutes_of_any_faults()
    {
        Options options = Parse("--seed 42");
        Assert.Equal(new SeedRange(42, 42), options.Seeds);
        Assert.Equal(TimeSpan.FromMinutes(10), options.Duration);
        Assert.Equal(Profile.Any, Assert.Single(options.Profiles));
        Assert.Null(options.Kept);
    }

    [Fact]
    public void Everything_can_be_asked_for()
    {
        Options options = Parse("--seed 42 --minutes 2.25 --profile mass --keep 7,3 --transcript --transcript-file /tmp/story --coverage --threads 3");
        Assert.Equal(TimeSpan.FromSeconds(135), options.Duration);
        Assert.Equal(Profile.Mass, Assert.Single(options.Profiles));
        Assert.Equal([3, 7], options.Kept!.Value.ToArray());
        Assert.True(options.ShowsTranscript);
        Assert.Equal("/tmp/story", options.TranscriptFile);
        Assert.True(options.ShowsCoverage);
        Assert.Equal(3, options.Threads);
    }

    [Fact]
    public void A_range_has_both_its_ends()
    {
        Options options = Parse("--seeds 5..8");
        Assert.Equal(new SeedRange(5, 8), options.Seeds);
        Assert.Equal(4UL, options.Seeds!.Count);
    }

    [Fact]
    public void Stories_are_asked_for_by_name_or_all()
    {
        Assert.Equal("clean-failover", Assert.Single(Parse("--scenario clean-failover --transcript").Scenarios).Name);
        Assert.Equal(AllScenarios.All, Parse("--scenarios").Scenarios.AsEnumerable());
    }

    [Fact]
    public void Of_every_profile_the_seeds_take_one_by_turns()
    {
        Options options = Parse("--seeds 1..1000 --profile every");
        Profile[] all = Enum.GetValues<Profile>();
        Assert.Equal(all, Enumerable.Range(0, all.Length).Select(seed => options.CaseOf((ulong)seed).Profile));
        Assert.Equal(options.CaseOf(3).Profile, options.CaseOf(3 + (ulong)all.Length).Profile);
    }

    [Fact]
    public void Every_profile_has_a_name_that_the_help_tells() =>
        Assert.All(Enum.GetValues<Profile>(), profile =>
        {
            Assert.Equal(profile, Assert.Single(Parse($"--seed 1 --profile {Options.NameOf(profile)}").Profiles));
            Assert.Contains(Options.NameOf(profile), Options.Help, StringComparison.Ordinal);
        });

    [Fact]
    public void All_faults_can_be_left_out() => Assert.Empty(Parse("--seed 1 --keep none").Kept!.Value);

    [Fact]
    public void The_checkers_can_be_checked() => Assert.True(Parse("--mutants").IsMutationCheck);

    [Fact]
    public void Help_needs_nothing_else() => Assert.True(Parse("--seed 1 --help").IsHelp);

    [Theory]
    [InlineData("", "there is nothing to do: give --seed N or --seeds A..B, or see --help")]
    [InlineData("--sed 1", "--sed is not known: see --help")]
    [InlineData("--seed", "--seed needs a value after it: see --help")]
    [InlineData("--seed -1", "--seed -1: a seed is a whole number, such as --seed 42")]
    [InlineData("--seed 1 --seed 2", "--seed is given twice: keep one of them")]
    [InlineData("--seed 1 --seeds 1..2", "--seed and --seeds are given: keep one of them")]
    [InlineData("--seeds 7", "--seeds 7: seeds are given as a range, such as --seeds 1..1000")]
    [InlineData("--seeds 7..x", "--seeds 7..x: seeds are given as a range, such as --seeds 1..1000")]
    [InlineData("--seeds 9..3", "--seeds 9..3: no seed is in it; the smaller one comes first: --seeds 3..9")]
    [InlineData("--seed 1 --minutes 0", "--minutes 0: minutes are a number above 0, such as --minutes 10 or --minutes 2.25")]
    [InlineData("--seed 1 --minutes 2,5", "--minutes 2,5: minutes are a number above 0, such as --minutes 10 or --minutes 2.25")]
    [InlineData("--seed 1 --keep 1,,2", "--keep 1,,2: faults are given by their numbers, such as --keep 0,3,12, or as --keep none")]
    [InlineData("--seeds 1..2 --keep 1", "--keep does not go with --seeds: it is for --seed")]
    [InlineData("--seeds 1..2 --transcript", "--transcript does not go with --seeds: it is for --seed and --scenario")]
    [InlineData("--scenarios --minutes 3", "--minutes does not go with --scenarios: it is for --seed and --seeds")]
    [InlineData("--mutants --minutes 3", "--minutes does not go with --mutants: it is for --seed and --seeds")]
    [InlineData("--scenario nonsense", "--scenario nonsense: there is no such story; --scenarios plays all there are, and names them")]
    [InlineData("--seed 1 --profile nonsense", "--profile nonsense: there is any, one-fault, mixed, mass, partitions, sentinels, replacement, orders, planned, addresses, fencing, quiet, detection, rights, taken-masters, operators, chosen, every")]
    [InlineData("--seeds 1..2 --threads 0", "--threads 0: it must be a whole number above 0")]
    public void What_makes_no_sense_is_refused_with_a_cure(string line, string complaint) =>
        Assert.Equal(complaint, Assert.Throws<UsageException>(() => Parse(line)).Message);

    [Fact]
    public void The_command_of_a_case_asks_for_that_case()
    {
        var @case = new Case(17, Profile.OneFault, TimeSpan.FromMinutes(2.3)) { Kept = [3, 12] };
        string command = FindingReport.CommandOf(@case);
        Options options = Parse(command[(command.IndexOf(" -- ", StringComparison.Ordinal) + 4)..]);
        Case again = options.CaseOf(options.Seeds!.First);
        Assert.Equal((@case.Seed, @case.Profile, @case.Duration), (again.Seed, again.Profile, again.Duration));
        Assert.Equal(@case.Kept.Value.ToArray(), options.Kept!.Value.ToArray());
    }

    private static Options Parse(string line) => Options.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
}
