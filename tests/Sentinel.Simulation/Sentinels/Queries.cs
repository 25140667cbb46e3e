using Sentinel.Core;

namespace Sentinel.Simulation.Sentinels;

/// <summary>A client asks where the master of a group is.</summary>
internal sealed record AddressQuery(string MasterName);

/// <summary>What it is answered; null: the group is not monitored.</summary>
internal sealed record AddressAnswer(Address? Address);

/// <summary>A message on the hello channel of a node.</summary>
internal sealed record HelloPush(string Payload);

/// <summary>A connection is to get what is published on the hello channel.</summary>
internal sealed record Subscribe
{
    public static readonly Subscribe Instance = new();
}
