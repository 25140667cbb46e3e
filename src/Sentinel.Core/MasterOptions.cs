using System.Collections.Immutable;

namespace Sentinel.Core;

/// <summary>What <c>sentinel monitor</c> and the directives about one master say. Immutable: changed with <c>with</c>.</summary>
public sealed record MasterOptions
{
    /// <summary>What <see cref="DownAfter"/> is where nothing else is said.</summary>
    public static readonly TimeSpan DefaultDownAfter = TimeSpan.FromSeconds(30);

    /// <summary>What <see cref="FailoverTimeout"/> is where nothing else is said.</summary>
    public static readonly TimeSpan DefaultFailoverTimeout = TimeSpan.FromSeconds(180);

    /// <summary>The name by which clients ask, and by which Sentinels recognise the same group.</summary>
    public required string Name { get; init; }

    /// <summary>How many Sentinels, this one included, must hold the master down before a failover may be tried. At least 1.</summary>
    public required int Quorum { get; init; }

    /// <summary>Silence before an instance is subjectively down. Default 30 s, as in Redis.</summary>
    public TimeSpan DownAfter { get; init; } = DefaultDownAfter;

    /// <summary>Bound of each state of a failover. Default 180 s, as in Redis.</summary>
    public TimeSpan FailoverTimeout { get; init; } = DefaultFailoverTimeout;

    /// <summary>How many replicas may resynchronise with a new master at a time. Default 1; less than 1 counts as 1.</summary>
    public int ParallelSyncs { get; init; } = 1;

    /// <summary>How long a rebooted master may load its data before it counts as down; zero: for ever. Default zero, as in Redis.</summary>
    public TimeSpan RebootDownAfter { get; init; } = TimeSpan.Zero;

    /// <summary>How long a replica or peer may be down before it is forgotten; zero: for ever. Default zero, as in Redis.</summary>
    public TimeSpan AutoForgetAfter { get; init; } = TimeSpan.Zero;

    /// <summary>
    /// How long a data node whose host can be reached may refuse connections before it is subjectively down; zero: refusals count as
    /// silence does (<see cref="DownAfter"/>). Default zero. Redis does not know it.
    /// </summary>
    public TimeSpan CrashDownAfter { get; init; } = TimeSpan.Zero;

    /// <summary>Whether a silent master is left in its place as long as a replica hears it. Default false. Redis does not know it.</summary>
    public bool Corroborate { get; init; }

    /// <summary>How long after a switch a master stays that somebody hears; zero: no longer than any other. Default zero. Redis does not know it.</summary>
    public TimeSpan FailoverCooldown { get; init; } = TimeSpan.Zero;

    /// <summary>
    /// Why an operator wants no failover for now but by order, at most <see cref="PauseReasonMax"/> characters and perhaps none; null: it is not
    /// paused. Default null. Redis does not know it.
    /// </summary>
    public string? PauseReason { get; init; }

    /// <summary>Characters of <see cref="PauseReason"/>.</summary>
    public const int PauseReasonMax = 200;

    /// <summary>
    /// Whether a master that restarted without its data, or is another group's node, counts as down while a replica still has them. Default yes;
    /// ours alone.
    /// </summary>
    public bool EmptyRestartFailover { get; init; } = true;

    /// <summary>
    /// How long no majority of Sentinels may be heard before the writes of a master are held that not all replicas are attached to;
    /// zero: for ever. Default zero. See <see cref="Fence"/>.
    /// </summary>
    public TimeSpan FenceAfter { get; init; } = TimeSpan.Zero;

    /// <summary>
    /// How often it is looked at what would go wrong in a failover; zero: never. Default 60 s. Ours alone. See <see cref="Preflight"/>.
    /// </summary>
    public TimeSpan PreflightPeriod { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>ACL user on the group's data nodes; null: the default user.</summary>
    public string? AuthUser { get; init; }

    /// <summary>Password on the group's data nodes; null: none is sent.</summary>
    public string? AuthPass { get; init; }

    /// <summary>Program run for each warning about this master; null: none.</summary>
    public string? NotificationScript { get; init; }

    /// <summary>Program run when the master's address changes; null: none.</summary>
    public string? ClientReconfigScript { get; init; }

    /// <summary>Commands that the group's data nodes know under another name: old name in upper case, new name.</summary>
    public ImmutableSortedDictionary<string, string> RenamedCommands { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>What is sent to authenticate; null: nothing.</summary>
    public Credentials? Credentials => AuthPass is null ? null : new Credentials(AuthUser, AuthPass);
}

/// <summary>A password and, with ACLs, its user.</summary>
/// <param name="User">Null: the form of AUTH without a user.</param>
/// <param name="Password">May be empty.</param>
public sealed record Credentials(string? User, string Password)
{
    /// <summary>Says nothing of the password, for it would end in a log.</summary>
    public override string ToString() => $"Credentials of {User ?? "default"}";
}
