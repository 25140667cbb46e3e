using System.Diagnostics;

namespace Sentinel.Daemon.Telemetry;

/// <summary>The parts of a failover, in their order: two before it begins, then the states of its leader.</summary>
internal enum FailoverPhase
{
    /// <summary>From <c>+sdown</c> to <c>+odown</c>: this Sentinel holds the master down, a quorum does not yet.</summary>
    Detect,

    /// <summary>From <c>+odown</c> to <c>+try-failover</c>: a quorum does; it is settled who stands for election.</summary>
    Agree,

    /// <summary>From <c>+try-failover</c> until elected: state <c>wait_start</c>.</summary>
    Elect,

    /// <summary>State <c>select_slave</c>.</summary>
    SelectReplica,

    /// <summary>State <c>send_slaveof_noone</c>.</summary>
    SendReplicaOfNoOne,

    /// <summary>State <c>wait_promotion</c>.</summary>
    WaitPromotion,

    /// <summary>State <c>reconf_slaves</c>: clients use the new master already.</summary>
    ReconfReplicas,
}

/// <summary>How phases are written in telemetry.</summary>
internal static class FailoverPhaseNames
{
    /// <summary>The phase's name: a state's as the wire has it, so that it is the same in INFO, log and trace.</summary>
    public static string Name(this FailoverPhase phase) => phase switch
    {
        FailoverPhase.Detect => "detect",
        FailoverPhase.Agree => "agree",
        FailoverPhase.Elect => "elect",
        FailoverPhase.SelectReplica => "select_slave",
        FailoverPhase.SendReplicaOfNoOne => "send_slaveof_noone",
        FailoverPhase.WaitPromotion => "wait_promotion",
        FailoverPhase.ReconfReplicas => "reconf_slaves",
        _ => throw new UnreachableException(),
    };
}
