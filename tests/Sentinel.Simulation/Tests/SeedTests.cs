using System.Collections.Immutable;
using Sentinel.Simulation.Kernel;
using Sentinel.Simulation.Tool;

namespace Sentinel.Simulation.Tests;

/// <summary>Whatever befalls a cluster, no rule is broken, and healing brings agreement.</summary>
public class SeedTests
{
    /// <summary>Seeds of each kind of run, together more than 300: the first ones, or with <c>FRESH_SEEDS=1</c> ones that are drawn anew.</summary>
    public static TheoryData<string, int, double> Many => new()
    {
        { "any", 120, 3 },
        { "mixed", 30, 2 },
        { "partitions", 40, 2 },
        { "sentinels", 40, 2 },
        { "addresses", 12, 2 },
        { "mass", 6, 1 },
        { "one-fault", 50, 1 },
        { "quiet", 10, 1 },
    };

    /// <summary>Cases that broke a rule, as small as they could be made, with what they found.</summary>
    public static TheoryData<string> Kept =>
    [
        // One leader: ordered in a partition, a failover took an epoch in which the others had elected somebody else.
        "--seed 48 --profile any --minutes 5.9 --keep 48,53",
        // Agreement: a replica that another leader had made a master before a partition ended was fit for nothing, and the configured master was a replica.
        "--seed 2 --profile any --minutes 2.3 --keep 22,37",
        // Agreement: a master that came back with its original configuration was a replica of its replica; neither was fit for ever.
        "--seed 19 --profile any --minutes 7.1 --keep 20,40",
        // Agreement: after the nodes' own FAILOVER the new master was not acknowledged, for it reported the role of a master.
        "--seed 30 --profile any --minutes 7.6 --keep 77",
        // Only fit replicas: one that had restarted empty was promoted for its offset, although another one had data.
        "--seed 23 --profile any --minutes 6.9 --keep 11,127,128,129",
        // Agreement: two groups fought for ever over a node that had got the address of one of the other's.
        "--seed 9 --profile addresses --minutes 8.7 --keep 0,3,5",
    ];

    [Theory, MemberData(nameof(Many))]
    public void No_seed_breaks_a_rule(string profile, int count, double minutes)
    {
        ulong first = Environment.GetEnvironmentVariable("FRESH_SEEDS") == "1" ? (ulong)Random.Shared.NextInt64(1_000_000_000) : 1;
        Options options = Options.Parse(["--seeds", $"{first}..{first + (ulong)count - 1}", "--profile", profile, "--minutes", FormattableString.Invariant($"{minutes}")]);
        var batch = new Batch(options, @case => Simulator.Run(@case), CancellationToken.None);
        batch.Run(_ => { }, Progress.Period);
        Assert.Equal((ulong)count, batch.Totals.Runs);
        Assert.True(batch.Totals.Findings.Count == 0, Tell(batch.Totals));
    }

    [Theory, MemberData(nameof(Kept))]
    public void A_case_that_once_broke_a_rule_breaks_none(string line)
    {
        Options options = Options.Parse(line.Split(' '));
        Outcome outcome = Simulator.Run(new Case(options.Seeds!.First, options.Profile, options.Duration) { Kept = options.Kept });
        Assert.True(outcome.Violations.IsEmpty, string.Join('\n', outcome.Violations));
    }

    private static string Tell(Totals totals) =>
        string.Join('\n', totals.Findings.Select(finding => $"{finding.Violation.Checker}: {finding.Violation.What}\n  {FindingReport.CommandOf(finding.Case)}"));
}
