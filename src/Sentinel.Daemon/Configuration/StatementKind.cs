using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Sentinel.Daemon.Configuration;

/// <summary>One kind of <c>sentinel</c> line: its shape, which both reading and rewriting go by.</summary>
/// <param name="Name">The word after <c>sentinel</c>.</param>
/// <param name="Pass">When it takes effect.</param>
/// <param name="Words">The words after the name.</param>
internal sealed record StatementKind(string Name, LoadPass Pass, ImmutableArray<WordKind> Words)
{
    /// <summary>What stands for its words when people are told how to write it, such as <c>&lt;name&gt; &lt;seconds&gt;</c>.</summary>
    public required string Form { get; init; }

    /// <summary>Another name for the same.</summary>
    public string? Alias { get; init; }

    /// <summary>Whether the first word is the name of a master.</summary>
    public bool IsAboutMaster { get; init; }

    /// <summary>Places of the words that say what is set, where the others say to what. Two lines with the same key are about the same thing.</summary>
    public ImmutableArray<int> Key { get; init; } = [];

    /// <summary>Whether a second line of the same key is an error; otherwise the last one counts.</summary>
    public bool IsUnique { get; init; }

    /// <summary>Fewest words of a line; where <see cref="Words"/> has more, the last ones may be absent.</summary>
    public int WordsMin { get; init; } = Words.Length;

    /// <summary>Whether no redis-sentinel knows it, and would start on a file that holds it.</summary>
    public bool IsOurOwn { get; init; }

    /// <summary>Whether any number of words may follow.</summary>
    public bool IsOpenEnded { get; init; }

    public static readonly StatementKind MyId = Global("myid", "<40 characters>", WordKind.Text);
    public static readonly StatementKind DenyScriptsReconfig = Global("deny-scripts-reconfig", "<yes|no>", WordKind.YesNo);
    public static readonly StatementKind ResolveHostnames = Global("resolve-hostnames", "<yes|no>", WordKind.YesNo);
    public static readonly StatementKind AnnounceHostnames = Global("announce-hostnames", "<yes|no>", WordKind.YesNo);
    public static readonly StatementKind AnnounceIp = Global("announce-ip", "<address>", WordKind.QuotedIfAny);
    public static readonly StatementKind AnnouncePort = Global("announce-port", "<port>", WordKind.Number);
    public static readonly StatementKind SentinelUser = Global("sentinel-user", "<user>", WordKind.TextIfAny);
    public static readonly StatementKind SentinelPass = Global("sentinel-pass", "<password>", WordKind.TextIfAny);
    public static readonly StatementKind CurrentEpoch = Global("current-epoch", "<epoch>", WordKind.Epoch);

    public static readonly StatementKind Monitor =
        OfMaster("monitor", "<host> <port> <quorum>", WordKind.Host, WordKind.Number, WordKind.Number) with { Pass = LoadPass.Monitor, IsUnique = true };
    public static readonly StatementKind DownAfter = OfMaster("down-after-milliseconds", "<milliseconds>", WordKind.Number);
    public static readonly StatementKind FailoverTimeout = OfMaster("failover-timeout", "<milliseconds>", WordKind.Number);
    public static readonly StatementKind ParallelSyncs = OfMaster("parallel-syncs", "<count>", WordKind.Number);
    public static readonly StatementKind NotificationScript = OfMaster("notification-script", "<path>", WordKind.Text);
    public static readonly StatementKind ClientReconfigScript = OfMaster("client-reconfig-script", "<path>", WordKind.Text);
    public static readonly StatementKind AuthPass = OfMaster("auth-pass", "<password>", WordKind.Text);
    public static readonly StatementKind AuthUser = OfMaster("auth-user", "<user>", WordKind.Text);
    public static readonly StatementKind RebootDownAfter =
        OfMaster("master-reboot-down-after-period", "<milliseconds>", WordKind.Number) with { Alias = "primary-reboot-down-after-period" };
    public static readonly StatementKind ConfigEpoch = OfMaster("config-epoch", "<epoch>", WordKind.Epoch);
    public static readonly StatementKind LeaderEpoch = OfMaster("leader-epoch", "<epoch>", WordKind.Epoch);
    public static readonly StatementKind KnownReplica =
        OfMaster("known-replica", "<ip> <port>", WordKind.Host, WordKind.Number) with { Alias = "known-slave", Key = [0, 1, 2], IsUnique = true };
    /// <summary>The identity is absent in files of very old versions; such a line says nothing.</summary>
    public static readonly StatementKind KnownSentinel =
        OfMaster("known-sentinel", "<ip> <port> <myid>", WordKind.Host, WordKind.Number, WordKind.Text) with { Key = [0, 3], IsUnique = true, WordsMin = 3 };
    public static readonly StatementKind RenameCommand =
        OfMaster("rename-command", "<command> <name there>", WordKind.Command, WordKind.Text) with { Key = [0, 1], IsUnique = true };

    /// <summary>Our own: after how many seconds of being down a replica or peer is forgotten.</summary>
    public static readonly StatementKind AutoForget = OfMaster("auto-forget-after-seconds", "<seconds>", WordKind.Number) with { IsOurOwn = true };

    /// <summary>Our own: how long refused connections are borne.</summary>
    public static readonly StatementKind CrashDownAfter = OfMaster("crash-down-after-milliseconds", "<milliseconds>", WordKind.Number) with { IsOurOwn = true };

    /// <summary>Our own: whether replicas are asked before a silent master is replaced.</summary>
    public static readonly StatementKind Corroborate = OfMaster("corroborate", "<yes|no>", WordKind.YesNo) with { IsOurOwn = true };

    /// <summary>Our own: how long after a switch a master stays that somebody hears.</summary>
    public static readonly StatementKind FailoverCooldown = OfMaster("failover-cooldown-milliseconds", "<milliseconds>", WordKind.Number) with { IsOurOwn = true };

    /// <summary>Our own: an operator has paused a master, and why; an empty reason is one, too.</summary>
    public static readonly StatementKind Pause = OfMaster("pause", "<reason>", WordKind.Text) with { IsOurOwn = true };

    /// <summary>Our own: whether a master that lost its data counts as down.</summary>
    public static readonly StatementKind EmptyRestartFailover = OfMaster("empty-restart-failover", "<yes|no>", WordKind.YesNo) with { IsOurOwn = true };

    /// <summary>Our own: an identity and a URL.</summary>
    public static readonly StatementKind Webhook = new("webhook", LoadPass.Monitor, [WordKind.Text, WordKind.Text]) { Form = "<id> <url>", IsOurOwn = true };
    /// <summary>Our own: the identity of a webhook, and patterns.</summary>
    public static readonly StatementKind WebhookEvents =
        new("webhook-events", LoadPass.AfterMonitor, [WordKind.Text, WordKind.Text]) { Form = "<id> <pattern> ...", IsOpenEnded = true, IsOurOwn = true };

    /// <summary>Our own: after which silence of the other Sentinels a master may be fenced.</summary>
    public static readonly StatementKind FenceAfter = OfMaster("fence-after-milliseconds", "<milliseconds>", WordKind.Number) with { IsOurOwn = true };

    /// <summary>Our own: how often it is looked at what would go wrong in a failover.</summary>
    public static readonly StatementKind PreflightPeriod = OfMaster("preflight-period-seconds", "<seconds>", WordKind.Number) with { IsOurOwn = true };

    /// <summary>All of them.</summary>
    public static readonly ImmutableArray<StatementKind> All =
    [
        MyId, DenyScriptsReconfig, ResolveHostnames, AnnounceHostnames, AnnounceIp, AnnouncePort, SentinelUser, SentinelPass, CurrentEpoch,
        Monitor, DownAfter, FailoverTimeout, ParallelSyncs, NotificationScript, ClientReconfigScript, AuthPass, AuthUser, RebootDownAfter,
        ConfigEpoch, LeaderEpoch, KnownReplica, KnownSentinel, RenameCommand,
        AutoForget, CrashDownAfter, Corroborate, FailoverCooldown, Pause, EmptyRestartFailover, FenceAfter, PreflightPeriod,
        Webhook, WebhookEvents,
    ];

    private static readonly FrozenDictionary<string, StatementKind> ByName = All
        .SelectMany(kind => new[] { kind.Name, kind.Alias }.OfType<string>().Select(name => (name, kind)))
        .ToFrozenDictionary(pair => pair.name, pair => pair.kind, StringComparer.OrdinalIgnoreCase);

    /// <summary>Every name that a statement may have.</summary>
    public static IEnumerable<string> Names => ByName.Keys;

    /// <summary>How a line of it is written.</summary>
    public string Usage => $"sentinel {Name} {Form}";

    /// <summary>The kind of this name, case aside; null: there is none.</summary>
    public static StatementKind? Named(string name) => ByName.GetValueOrDefault(name);

    /// <summary>The kind of a line.</summary>
    /// <param name="words">The words of the whole line; the first is <c>sentinel</c> in any case.</param>
    /// <returns>Null when there is no such directive, or none of that many words.</returns>
    public static StatementKind? Of(ImmutableArray<string> words) =>
        words.Length >= 2 && words[0].Equals("sentinel", StringComparison.OrdinalIgnoreCase)
        && ByName.TryGetValue(words[1], out StatementKind? kind)
        && words.Length - 2 >= kind.WordsMin && (words.Length - 2 <= kind.Words.Length || kind.IsOpenEnded)
            ? kind
            : null;

    private static StatementKind Global(string name, string form, WordKind word) => new(name, LoadPass.BeforeMonitor, [word]) { Form = form };

    private static StatementKind OfMaster(string name, string form, params ImmutableArray<WordKind> words) =>
        new(name, LoadPass.AfterMonitor, [WordKind.Text, .. words]) { Form = $"<name> {form}", IsAboutMaster = true, Key = [0] };
}
