using Sentinel.Core;
using Sentinel.Simulation.Kernel;
using Sentinel.Simulation.Nodes;
using Sentinel.Simulation.Sentinels;

namespace Sentinel.Simulation.Checkers;

/// <summary>Guards one rule, with the eyes of one who sees the whole world.</summary>
internal abstract class Checker(World world)
{
    /// <summary>How old what a Sentinel knows of a node may be: an INFO period of calm, and some.</summary>
    protected static readonly TimeSpan NewsAge = TimeSpan.FromSeconds(15);

    /// <summary>What it is called in reports and in the README.</summary>
    public abstract string Name { get; }

    protected World World { get; } = world;

    /// <summary>A Sentinel published an event.</summary>
    public virtual void Happened(SimSentinel sentinel, SentinelEvent happened)
    {
    }

    /// <summary>A Sentinel told another one whom it voted for.</summary>
    public virtual void Voted(SimSentinel sentinel, string master, Epoch epoch, SentinelId leader)
    {
    }

    /// <summary>A state of a Sentinel is on disk to stay.</summary>
    public virtual void Saved(SimSentinel sentinel, SentinelState state)
    {
    }

    /// <summary>A Sentinel starts from what its disk has.</summary>
    public virtual void Restored(SimSentinel sentinel, SentinelState state)
    {
    }

    /// <summary>A Sentinel believes something new of where a master is.</summary>
    public virtual void Believes(SimSentinel sentinel, string master, Address address, Epoch configEpoch)
    {
    }

    /// <summary>A Sentinel is ordered to fail over.</summary>
    public virtual void OrderedFailover(SimSentinel sentinel, string master, FailoverOptions order)
    {
    }

    /// <summary>A Sentinel is told that the last switch was seen.</summary>
    public virtual void Acknowledged(SimSentinel sentinel, string master)
    {
    }

    /// <summary>It refused.</summary>
    public virtual void RefusedFailover(SimSentinel sentinel, string master)
    {
    }

    /// <summary>A node is about to obey a Sentinel.</summary>
    /// <param name="node">The node, still as it was.</param>
    /// <param name="by">Who told it.</param>
    /// <param name="master">Whom to follow; null: to be a master.</param>
    public virtual void Reconfiguring(RedisNode node, SimSentinel by, Address? master)
    {
    }

    /// <summary>A Sentinel of ours sends the order to be a master, or to hand over to another node.</summary>
    /// <param name="by">Who sends it.</param>
    /// <param name="master">Of which master's group.</param>
    /// <param name="node">Who is to be the master.</param>
    public virtual void Promoting(SentinelProcess by, string master, Address node)
    {
    }

    /// <summary>A master begins to hand over, as a Sentinel told it: to the replica that is as good as a promotion.</summary>
    public virtual void HandingOver(RedisNode node, SimSentinel by, RedisNode replica) => Reconfiguring(replica, by, master: null);

    /// <summary>A Sentinel holds the writes of a node for some time.</summary>
    public virtual void WritesHeld(RedisNode node, SimSentinel by, TimeSpan time)
    {
    }

    /// <summary>A node takes a write.</summary>
    public virtual void WriteTaken(RedisNode node)
    {
    }

    /// <summary>A node was started.</summary>
    public virtual void StartedAnew(RedisNode node)
    {
    }

    /// <summary>A node throws away something that it has; it has it still.</summary>
    public virtual void DataLost(DataLoss loss)
    {
    }

    /// <summary>All faults are healed, and all had their time.</summary>
    public virtual void Ended()
    {
    }

    /// <summary>Whether some Sentinel had two votes in an epoch, because it lost its memory in between; then there may be two leaders.</summary>
    protected bool HadTwoVotes(string master, Epoch epoch) => World.Ballots.HadTwoVotes(master, epoch);

    /// <summary>Whether a node has had data for so long that all who can hear it know.</summary>
    protected bool IsKnownToHaveData(RedisNode node) => node.HasDataSince is { } since && World.Agenda.Now - since >= NewsAge;

    protected void Violated(string what) => World.Violate(Name, what);
}
