using Sentinel.Core;

namespace Sentinel.Simulation.Sentinels.Legacy;

/// <summary>Another Sentinel, as it watches one master.</summary>
internal sealed class Peer(LegacySentinel sentinel, Master master, Link link, SentinelId id, Address address) : Instance(sentinel, link, address)
{
    public SentinelId Id { get; } = id;
    public override Master Owner => master;
    public override InstanceKind Kind => InstanceKind.Sentinel;
    public override string Prefix => $"sentinel {Id} {Address.Host} {Address.Port} @ {master.Options.Name} {master.Address.Host} {master.Address.Port}";

    /// <summary>Whether it said that the master is down.</summary>
    public bool SaysDown { get; set; }

    /// <summary>When it last said whether.</summary>
    public Instant SaidAt { get; set; } = sentinel.Now;

    public SentinelId? VotedLeader { get; set; }
    public Epoch VotedEpoch { get; set; }
}
