using Sentinel.Core.Tests.Cluster;

namespace Sentinel.Core.Tests;

/// <summary>Kills, pauses (of nodes and of Sentinels), partitions and bad disks drawn from a seed, with the safety rules checked all along and agreement at the end.</summary>
public class RandomFaultsTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 100)];

    [Theory, MemberData(nameof(Seeds))]
    public void Whatever_fails_no_rule_is_broken_and_healing_brings_agreement(int seed)
    {
        var random = new Random(seed);
        int sentinels = random.Next(2) == 0 ? 3 : 5;
        World world = World.Settled(sentinels, replicas: random.Next(1, 4), quorum: random.Next(1, (sentinels / 2) + 2));
        for (int i = 0; i < 40; i++)
        {
            Disturb(world, random);
            world.Run(random.NextDouble() * 2.5);
            CheckSafety(world, seed);
        }
        Heal(world);
        Address? agreed = null;
        bool Agree()
        {
            Address[] addresses = [.. world.Sentinels.Select(s => s.View.Address).Distinct()];
            agreed = addresses[0];
            return addresses.Length == 1
                && world.Node(addresses[0]).Master is null
                && world.Nodes.TrueForAll(node => node.Address == addresses[0] || node.Master == addresses[0])
                && world.Sentinels.TrueForAll(s => !s.View.IsSubjectivelyDown && s.View.Failover is FailoverStep.None);
        }

        bool agreement = false;
        for (int second = 0; second < 120 && !agreement; second++)
        {
            world.Run(seconds: 1);
            agreement = Agree();
        }
        CheckSafety(world, seed);
        Assert.True(agreement, $"seed {seed}: no agreement\n{string.Join('\n', world.Sentinels.Select(s => $"{s.Id.Short} {s.View.Address} {s.View.ConfigEpoch}"))}\n"
            + $"{string.Join('\n', world.Nodes.Select(n => $"{n.Address} follows {n.Master}"))}\n{string.Join('\n', world.Transcript.TakeLast(120))}");
        int switches = world.Count("+switch-master");
        world.Run(seconds: 60);
        Assert.True(switches == world.Count("+switch-master") && agreed == world.Sentinels[0].View.Address, $"seed {seed}: switched without a fault");
    }

    private static void Disturb(World world, Random random)
    {
        FakeNode node = world.Nodes[random.Next(world.Nodes.Count)];
        FakeSentinel sentinel = world.Sentinels[random.Next(world.Sentinels.Count)];
        FakeSentinel other = world.Sentinels[random.Next(world.Sentinels.Count)];
        switch (random.Next(15))
        {
            case 0 when node.IsAlive:
                node.Kill();
                break;
            case 1 or 2 when !node.IsAlive:
                node.Restart(asReplicaOf: random.Next(2) == 0 ? node.Master : null);
                break;
            case 3 when node is { IsAlive: true, IsFrozen: false }:
                node.Freeze();
                break;
            case 4 or 5 when node.IsFrozen:
                node.Thaw();
                break;
            case 6 when sentinel.IsRunning:
                sentinel.Kill();
                break;
            case 7 or 8 when !sentinel.IsRunning:
                sentinel.Restart();
                break;
            case 9:
                sentinel.CutOff(random.Next(2) == 0 ? node.Address : other.Address);
                break;
            case 10 or 11 when sentinel is { IsRunning: true, IsFrozen: false }:
                sentinel.Freeze();
                break;
            case 12 or 13 when sentinel.IsFrozen:
                sentinel.Thaw();
                break;
            case 14:
                sentinel.DiskError = sentinel.DiskError is null && random.Next(3) == 0 ? "No space left on device" : null;
                break;
            default:
                sentinel.Heal();
                // An order needs no votes: given to two Sentinels that cannot hear each other, both take the same epoch.
                if (random.Next(2) == 0 && world.Sentinels.TrueForAll(s => s.IsRunning && s.Unreachable.Count == 0 && s.View.Peers.All(peer => !peer.IsSubjectivelyDown)))
                    sentinel.Input(new FailoverRequested(new RequestId(1_000_000), World.Master));
                break;
        }
    }

    private static void Heal(World world)
    {
        foreach (FakeSentinel sentinel in world.Sentinels)
        {
            sentinel.DiskError = null;
            sentinel.Heal();
            if (!sentinel.IsRunning)
                sentinel.Restart();
            if (sentinel.IsFrozen)
                sentinel.Thaw();
        }
        foreach (FakeNode node in world.Nodes)
        {
            if (!node.IsAlive)
                node.Restart(asReplicaOf: node.Master);
            if (node.IsFrozen)
                node.Thaw();
        }
    }

    private static void CheckSafety(World world, int seed)
    {
        string Story() => $"seed {seed}\n{string.Join('\n', world.Transcript.TakeLast(150))}";
        foreach (FakeSentinel sentinel in world.Sentinels)
        {
            foreach (var votes in sentinel.VotesSpoken.GroupBy(vote => vote.Epoch))
                Assert.True(votes.Select(vote => vote.Leader).Distinct().Count() == 1, $"two votes of {sentinel.Id} in epoch {votes.Key}; {Story()}");
            Assert.True(sentinel.View.ConfigEpoch <= sentinel.Whole.CurrentEpoch, $"a configuration newer than the current epoch; {Story()}");
        }
        var elected = world.Sentinels.SelectMany(s => s.Events.Where(e => e.Name == "+elected-leader").Select(e => (e.Epoch, s.Id)));
        foreach (var leaders in elected.GroupBy(e => e.Epoch))
            Assert.True(leaders.Select(e => e.Id).Distinct().Count() == 1, $"two leaders in epoch {leaders.Key}; {Story()}");
        var configurations = world.Sentinels.SelectMany(s => s.Events.Where(e => e.Name == "+switch-master").Select(e => (e.Epoch, e.NewAddress)));
        foreach (var addresses in configurations.GroupBy(e => e.Epoch))
            Assert.True(addresses.Select(e => e.NewAddress).Distinct().Count() == 1, $"two masters in configuration epoch {addresses.Key}; {Story()}");
    }
}
