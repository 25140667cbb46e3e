using Sentinel.Core;
using Sentinel.Simulation.Sentinels;

namespace Sentinel.Simulation.Tests;

/// <summary>The modelled redis-sentinel keeps the times and rules of the specification.</summary>
public class LegacySentinelTests
{
    public static TheoryData<ulong> Seeds => [1, 2, 3, 4, 5, 6, 7, 8];

    [Theory, MemberData(nameof(Seeds))]
    public void Three_fail_over_a_killed_master_with_the_times_that_were_measured(ulong seed)
    {
        var cluster = new LegacyCluster(seed);
        cluster.Nodes[0].Kill();
        Assert.True(cluster.Run(() => cluster.Sentinels.TrueForAll(sentinel => sentinel.MasterOf("mymaster") != cluster.Nodes[0].Address), atMost: 60));
        cluster.Run(5);
        List<Told> story = cluster.Story();
        Told elected = story.Find(told => told.Name == "+elected-leader")!;
        Told First(string name) => story.Find(told => told.Name == name && told.Who == elected.Who)!;
        Assert.All(story.FindAll(told => told.Name == "+sdown" && told.At < 3.5), told => Assert.InRange(told.At, 2.9, 3.3));
        Assert.Equal(3, story.Count(told => told.Name == "+switch-master"));
        if (story.Exists(told => told.Name == "-failover-abort-not-elected"))
            return;    // a split vote has times of its own
        Assert.InRange(First("+elected-leader").At - First("+try-failover").At, 0.0, 0.11);
        Assert.InRange(First("+selected-slave").At - First("+elected-leader").At, 0.05, 0.11);
        Assert.InRange(First("+failover-state-wait-promotion").At - First("+selected-slave").At, 0.05, 0.11);
        Assert.InRange(First("+promoted-slave").At - First("+odown").At, 0.2, 1.3);
        double observed = story.Where(told => told.Name == "+switch-master" && told.Who != elected.Who).Max(told => told.At);
        Assert.InRange(observed - First("+promoted-slave").At, 0.0, 0.15);
        Assert.InRange(observed - First("+odown").At, 0.3, 1.5);
        Assert.Equal(elected.Who, story.Last(told => told.Name == "+switch-master").Who);
        Assert.InRange(First("+switch-master").At - observed, 0.8, 2.5);
    }
}
