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

/// <summary>A client wants to be told when a master is replaced (SUBSCRIBE <c>+switch-master</c>).</summary>
internal sealed record SubscribeSwitches
{
    public static readonly SubscribeSwitches Instance = new();
}

/// <summary>A Sentinel says that a master was replaced.</summary>
internal sealed record SwitchPush(string MasterName);
