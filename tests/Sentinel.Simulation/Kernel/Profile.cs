using System.Collections.Immutable;
using Sentinel.Core;
using Sentinel.Simulation.Nodes;

namespace Sentinel.Simulation.Kernel;

/// <summary>A kind of run: which clusters are drawn, and which faults befall them.</summary>
internal enum Profile
{
    /// <summary>Anything.</summary>
    Any,

    /// <summary>Exactly one fault, of one master, with Sentinels and network sound: it gives at most one switch.</summary>
    OneFault,

    /// <summary>Sentinels of ours and of Redis' kind together.</summary>
    Mixed,

    /// <summary>Many groups that fail at once.</summary>
    Mass,

    /// <summary>Partitions and blocked directions only.</summary>
    Partitions,

    /// <summary>Sentinels that crash, freeze and have bad disks, while masters fail.</summary>
    Sentinels,

    /// <summary>A master that dies for good, and what makes its replacement hard: leaders to whom something happens, a replica without data.</summary>
    Replacement,

    /// <summary>Operators who order failovers on both sides of partitions.</summary>
    Orders,

    /// <summary>Operators who order switches that are to lose nothing, and what goes wrong in the middle of them.</summary>
    Planned,

    /// <summary>Several groups, whose nodes get each other's addresses, while masters fail.</summary>
    Addresses,

    /// <summary>Masters that are fenced: on small sides of partitions, after the death of Sentinels, at their return.</summary>
    Fencing,

    /// <summary>No fault at all: nothing may happen.</summary>
    Quiet,

    /// <summary>What redis-sentinel does not know is in use (see <see cref="DetectionDraw"/>), and masters crash, flap and are not heard by some.</summary>
    Detection,

    /// <summary>What a failover will need is looked at, and nodes refuse orders of role all the time, while masters fail.</summary>
    Rights,

    /// <summary>As <see cref="Addresses"/>, and nodes get the addresses of another group's masters, too: their replicas follow who is there.</summary>
    TakenMasters,

    /// <summary>Anything, and operators who reset, remove and adopt without a look, and order more in the middle of failovers.</summary>
    Operators,

    /// <summary>Something befalls the one that a failover or a planned switch has just chosen; some groups are fenced, too.</summary>
    Chosen,
}

/// <summary>Draws clusters.</summary>
internal static class TopologyDraw
{
    private static readonly double[] s_downAfterSeconds = [0.5, 1, 1, 2, 2, 3, 5, 5, 10, 30];
    private static readonly double[] s_failoverTimeoutSeconds = [3, 10, 10, 20, 60, 180];

    private static readonly double[] s_fenceParts = [0.25, 0.4, 0.5, 0.8];

    public static Topology Draw(ulong seed, Profile profile)
    {
        Random random = Chance.Stream(seed, "topology");
        int all = random.Next(20) switch { < 13 => 3, < 18 => 5, _ => 7 };
        bool isMixed = profile is Profile.Mixed || (profile is Profile.Any or Profile.Operators && random.OneIn(6));
        int legacy = isMixed ? random.Next(1, all) : 0;
        int groups = profile is Profile.Mass ? random.Next(6, 13) : profile is Profile.Addresses or Profile.TakenMasters ? random.Next(2, 4) : random.Next(20) switch { < 15 => 1, < 18 => 2, _ => 3 };
        TimeSpan downAfter = TimeSpan.FromSeconds(random.Pick(s_downAfterSeconds));
        // What redis-sentinel does with shorter ones in a mixed quorum is its own fault (README, differences).
        if (isMixed && downAfter < TimeSpan.FromSeconds(2))
            downAfter = TimeSpan.FromSeconds(2);
        Random? fence = profile is Profile.Fencing or Profile.Chosen ? Chance.Stream(seed, "fence") : null;
        var topology = new Topology
        {
            Sentinels = all - legacy,
            LegacySentinels = legacy,
            Groups = [.. Enumerable.Range(0, groups).Select(g => Fenced(DrawGroup(random, g, groups, all, downAfter, profile), fence))],
            IsColocated = random.OneIn(2),
            DelayMin = random.Between(TimeSpan.FromMicroseconds(50), TimeSpan.FromMilliseconds(random.OneIn(4) ? 20 : 1)),
            DelayNoise = random.Between(TimeSpan.FromMicroseconds(50), TimeSpan.FromMilliseconds(random.OneIn(4) ? 30 : 2)),
            SaveTime = random.Between(TimeSpan.FromMicroseconds(500), TimeSpan.FromMilliseconds(random.OneIn(5) ? 80 : 8)),
            ClientsPerGroup = profile is Profile.Mass ? 1 : random.Next(1, 4),
            // The more is written, the more a switch that does not wait for all of it loses.
            WritePause = profile is Profile.Planned ? random.Between(TimeSpan.FromMilliseconds(5), TimeSpan.FromMilliseconds(50)) : random.Between(TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(1000)),
        };
        if (profile is Profile.Rights)
            return Examined(topology, Chance.Stream(seed, "rights"));
        return profile is Profile.Detection ? DetectionDraw.Of(topology, Chance.Stream(seed, "detection")) : topology;
    }

    private static GroupTopology Fenced(GroupTopology group, Random? random) => random is null
        ? group
        : group with { Options = group.Options with { FenceAfter = group.Options.DownAfter * random.Pick(s_fenceParts) } };

    private static Topology Examined(Topology topology, Random random) => topology with
    {
        Groups = [.. topology.Groups.Select(group => group with { PreflightPeriod = random.Seconds(1, 10) })],
    };

    private static GroupTopology DrawGroup(Random random, int number, int groups, int sentinels, TimeSpan downAfter, Profile profile)
    {
        int majority = sentinels / 2 + 1;
        int replicas = profile is Profile.OneFault or Profile.Replacement or Profile.Fencing or Profile.Rights or Profile.Chosen ? random.Next(1, 4) : random.Next(10) switch { < 1 => 0, < 4 => 1, < 8 => 2, < 9 => 3, _ => 5 };
        Persistence persistence = random.Next(10) switch { < 5 => Persistence.AppendOnly, < 8 => Persistence.Snapshots, _ => Persistence.None };
        int minReplicas = replicas > 0 && random.OneIn(5) ? 1 : 0;
        bool knowsOnlySlaveOf = random.OneIn(profile is Profile.Planned ? 2 : 10);
        bool canRewrite = !random.OneIn(10);
        return new GroupTopology
        {
            Options = new MasterOptions
            {
                Name = groups == 1 ? "mymaster" : $"group{number + 1}",
                Quorum = random.Next(10) switch { < 8 => majority, < 9 => 1, _ => random.Next(majority, sentinels + 1) },
                DownAfter = downAfter,
                FailoverTimeout = TimeSpan.FromSeconds(random.Pick(s_failoverTimeoutSeconds)),
                ParallelSyncs = random.Next(1, 4),
                RebootDownAfter = random.OneIn(10) ? TimeSpan.FromSeconds(5) : TimeSpan.Zero,
            },
            Nodes = [.. Enumerable.Range(0, replicas + 1).Select(n => new NodeSettings
            {
                Priority = n > 1 && random.OneIn(8) ? 0 : random.OneIn(8) ? 50 : 100,
                Persistence = persistence,
                LoadTime = random.Seconds(0.05, random.OneIn(4) ? 8 : 0.5),
                FullSyncTime = random.Seconds(0.1, random.OneIn(4) ? 15 : 1),
                Backlog = random.OneIn(4) ? 20 : 2000,
                MinReplicasToWrite = minReplicas,
                KnowsOnlySlaveOf = knowsOnlySlaveOf,
                CanRewriteConfig = canRewrite,
            })],
        };
    }
}
