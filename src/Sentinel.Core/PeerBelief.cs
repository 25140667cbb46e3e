using System.Globalization;

namespace Sentinel.Core;

/// <summary>What a peer answers to <c>SENTINEL MASTER</c>, as far as agreements need it.</summary>
/// <param name="Address">Where it believes the master to be.</param>
/// <param name="ConfigEpoch">The epoch of that belief.</param>
/// <param name="Failover">The failover that it leads.</param>
/// <param name="AwaitsLeader">Whether it has voted for somebody who may be about to make another node the master. Redis' kind does not tell.</param>
/// <param name="HoldsDown">Whether it holds the master down.</param>
internal sealed record PeerBelief(Address Address, Epoch ConfigEpoch, FailoverStep Failover, bool AwaitsLeader = false, bool HoldsDown = false)
{
    /// <summary>Reads the flat pairs of the reply.</summary>
    /// <returns>Null for an error or anything malformed.</returns>
    public static PeerBelief? Parse(Reply reply)
    {
        if (reply is not Reply.List { Items: var items })
            return null;
        string? host = null;
        int port = 0;
        Epoch? configEpoch = null;
        FailoverStep failover = FailoverStep.None;
        (bool awaitsLeader, bool holdsDown) = (false, false);
        for (int i = 0; i + 1 < items.Length; i += 2)
        {
            if (items[i] is not Reply.Text { Value: var key } || items[i + 1] is not Reply.Text { Value: var value })
                continue;
            switch (key)
            {
                case "ip":
                    host = value;
                    break;
                case "port" when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int number):
                    port = number;
                    break;
                case "config-epoch" when ulong.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number):
                    configEpoch = new Epoch(number);
                    break;
                case "failover-state":
                    failover = FailoverSteps.Parse(value);
                    break;
                case "flags":
                    holdsDown = value.Split(',').Contains("s_down", StringComparer.Ordinal);
                    break;
                case "awaited-leader":
                    awaitsLeader = true;
                    break;
                default:
                    break;
            }
        }
        return host is not null && configEpoch is { } epoch ? new PeerBelief(new Address(host, port), epoch, failover, awaitsLeader, holdsDown) : null;
    }
}

/// <summary>The wire words of <see cref="FailoverStep"/>.</summary>
public static class FailoverSteps
{
    /// <summary>The word of <c>failover-state</c>.</summary>
    public static string Word(this FailoverStep step) => step switch
    {
        FailoverStep.None => "none",
        FailoverStep.WaitStart => "wait_start",
        FailoverStep.SelectReplica => "select_slave",
        FailoverStep.SendReplicaOfNoOne => "send_slaveof_noone",
        FailoverStep.WaitPromotion => "wait_promotion",
        FailoverStep.ReconfReplicas => "reconf_slaves",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>The step of a word; <c>update_config</c>, which only Redis Sentinel has, counts as its last step.</summary>
    internal static FailoverStep Parse(string word) => word switch
    {
        "wait_start" => FailoverStep.WaitStart,
        "select_slave" => FailoverStep.SelectReplica,
        "send_slaveof_noone" => FailoverStep.SendReplicaOfNoOne,
        "wait_promotion" => FailoverStep.WaitPromotion,
        "reconf_slaves" or "update_config" => FailoverStep.ReconfReplicas,
        _ => FailoverStep.None,
    };
}
