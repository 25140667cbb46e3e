using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Diagnostics;
using Sentinel.Core;
using Sentinel.Daemon.Commands;
using Sentinel.Daemon.Notifications;

namespace Sentinel.Daemon.Configuration;

/// <summary>Applies the <c>sentinel</c> lines, once all other lines have been.</summary>
/// <remarks>
/// Rules and messages: redis sentinel.c, sentinelHandleConfiguration. Numbers are read as C reads them
/// (<see cref="CNumber"/>). What other versions wrote themselves, and then refuse to read, is read here: the same
/// replica as <c>known-slave</c> and <c>known-replica</c> (Redis 7.0), and statements that stand in an included file
/// and, since they were once saved, in the main file too; the main file then counts.
/// </remarks>
internal sealed class StatementReader
{
    /// <summary>What is said of a line about a master that no line monitors.</summary>
    public const string NoSuchMaster = "No such master with specified name.";

    /// <summary>What concerns this Sentinel itself. Given the words after the name.</summary>
    private static readonly FrozenDictionary<StatementKind, Func<SentinelConfiguration, ConfigurationLine, string, SentinelConfiguration>> Globals =
        new Dictionary<StatementKind, Func<SentinelConfiguration, ConfigurationLine, string, SentinelConfiguration>>
        {
            [StatementKind.MyId] = (c, line, text) => c with { Id = Identity(line, text) },
            [StatementKind.CurrentEpoch] = (c, _, text) => c with { CurrentEpoch = Epoch.Max(c.CurrentEpoch, EpochOf(text)) },
            [StatementKind.DenyScriptsReconfig] = (c, line, text) => c with { DenyScriptsReconfig = YesNo(line, text, "options") },
            [StatementKind.ResolveHostnames] = (c, line, text) => c with { Options = c.Options with { ResolveHostnames = YesNo(line, text, "option") } },
            [StatementKind.AnnounceHostnames] = (c, line, text) => c with { Options = c.Options with { AnnounceHostnames = YesNo(line, text, "option") } },
            [StatementKind.AnnouncePort] = (c, _, text) => c with { Options = c.Options with { AnnouncePort = CNumber.ToInt(text) } },
            [StatementKind.AnnounceIp] = (c, _, text) => c with { Options = c.Options with { AnnounceIp = IfAny(text, c.Options.AnnounceIp) } },
            [StatementKind.SentinelUser] = (c, _, text) => c with { Options = c.Options with { SentinelUser = IfAny(text, c.Options.SentinelUser) } },
            [StatementKind.SentinelPass] = (c, _, text) => c with { Options = c.Options with { SentinelPass = IfAny(text, c.Options.SentinelPass) } },
        }.ToFrozenDictionary();

    /// <summary>What <see cref="MasterOptions"/> hold. Given the word after the master's name and the directory that scripts run in.</summary>
    private static readonly FrozenDictionary<StatementKind, Func<MasterOptions, ConfigurationLine, string, string, MasterOptions>> Options =
        new Dictionary<StatementKind, Func<MasterOptions, ConfigurationLine, string, string, MasterOptions>>
        {
            [StatementKind.DownAfter] = (o, line, text, _) => o with { DownAfter = Milliseconds(line, text, min: 1) },
            [StatementKind.FailoverTimeout] = (o, line, text, _) => o with { FailoverTimeout = Milliseconds(line, text, min: 1) },
            [StatementKind.RebootDownAfter] = (o, line, text, _) => o with { RebootDownAfter = Milliseconds(line, text, min: 0) },
            [StatementKind.AutoForget] = (o, line, text, _) => o with { AutoForgetAfter = Seconds(line, text) },
            [StatementKind.CrashDownAfter] = (o, line, text, _) => o with { CrashDownAfter = Milliseconds(line, text, min: 0) },
            [StatementKind.Corroborate] = (o, line, text, _) => o with { Corroborate = YesNo(line, text, "option") },
            [StatementKind.FailoverCooldown] = (o, line, text, _) => o with { FailoverCooldown = Milliseconds(line, text, min: 0) },
            [StatementKind.Pause] = (o, line, text, _) => o with { PauseReason = PauseReason(line, text) },
            [StatementKind.EmptyRestartFailover] = (o, line, text, _) => o with { EmptyRestartFailover = YesNo(line, text, "option") },
            [StatementKind.FenceAfter] = (o, line, text, _) => o with { FenceAfter = Milliseconds(line, text, min: 0) },
            [StatementKind.PreflightPeriod] = (o, line, text, _) => o with { PreflightPeriod = Seconds(line, text) },
            [StatementKind.ParallelSyncs] = (o, _, text, _) => o with { ParallelSyncs = CNumber.ToInt(text) },
            [StatementKind.AuthPass] = (o, _, text, _) => o with { AuthPass = text },
            [StatementKind.AuthUser] = (o, _, text, _) => o with { AuthUser = text },
            [StatementKind.NotificationScript] = (o, line, text, directory) =>
                o with { NotificationScript = Script(line, text, directory, "Notification") },
            [StatementKind.ClientReconfigScript] = (o, line, text, directory) =>
                o with { ClientReconfigScript = Script(line, text, directory, "Client reconfiguration") },
            [StatementKind.RenameCommand] = (o, line, text, _) => WithRenamed(o, line, text),
        }.ToFrozenDictionary();

    private readonly OrderedDictionary<string, (MasterState State, ConfigurationLine Line)> _masters = [];
    private readonly Dictionary<(string Master, Address Replica), ConfigurationLine> _replicas = [];
    private readonly Dictionary<(string Master, SentinelId Peer), ConfigurationLine> _peers = [];
    private readonly List<ConfigurationDoubt> _doubts = [];
    private SentinelConfiguration _configuration;

    private StatementReader(SentinelConfiguration configuration) => _configuration = configuration;

    /// <summary>Adds what the statements say to what the generic directives said.</summary>
    /// <param name="configuration">What the generic directives said.</param>
    /// <param name="statements">The statements, as they stand.</param>
    /// <param name="attempt">Does what it is given, which fails when a statement is wrong, in the order in which they take effect.</param>
    public static SentinelConfiguration Apply(
        SentinelConfiguration configuration, IReadOnlyList<ConfigurationLine> statements, Action<Action> attempt)
    {
        var reader = new StatementReader(configuration);
        foreach (LoadPass pass in Enum.GetValues<LoadPass>())
        {
            foreach (ConfigurationLine line in statements.Where(line => PassOf(line) == pass))
                attempt(() => reader.Apply(line));
        }
        return reader._configuration with { Masters = [.. reader._masters.Values.Select(master => master.State)], Doubts = [.. reader._doubts] };
    }

    /// <summary>When a line takes effect; one of no known kind fails in the last pass, after the others had their say.</summary>
    private static LoadPass PassOf(ConfigurationLine line) => StatementKind.Of(line.Words)?.Pass ?? LoadPass.AfterMonitor;

    private void Apply(ConfigurationLine line)
    {
        if (StatementKind.Of(line.Words) is not { } kind)
            throw line.Error("Unrecognized sentinel configuration statement.", UnknownNames.OfStatement(line));
        ImmutableArray<string> words = line.Words[2..];
        if (Globals.TryGetValue(kind, out var apply))
            _configuration = apply(_configuration, line, words[0]);
        else if (kind == StatementKind.Monitor)
            AddMaster(line, words);
        else if (kind == StatementKind.Webhook)
            AddWebhook(line, words[0], words[1]);
        else if (kind == StatementKind.WebhookEvents)
            SetWebhookEvents(line, words[0], words[1..]);
        else if (words.Length == kind.Words.Length)    // shorter is a known-sentinel without identity: ignored, even for an unknown master
            ApplyToMaster(kind, line, words);
        _doubts.AddRange(CutNumber.In(line, kind));
    }

    private void ApplyToMaster(StatementKind kind, ConfigurationLine line, ImmutableArray<string> words)
    {
        if (!_masters.TryGetValue(words[0], out var master))
        {
            string missing = $"sentinel monitor {ConfigurationLexer.Write(words[0])} <host> <port> <quorum>";
            throw line.Error(NoSuchMaster, $"there is no master '{words[0]}'; add a line '{missing}' or remove this one");
        }
        MasterState state = master.State;
        if (Options.TryGetValue(kind, out var apply))
            state = state with { Options = apply(state.Options, line, words[1], _configuration.Directory) };
        else if (kind == StatementKind.KnownReplica)
            state = WithReplica(state, line, words);
        else if (kind == StatementKind.KnownSentinel)
            state = WithPeer(state, line, words);
        else if (kind == StatementKind.ConfigEpoch)
            state = state with { ConfigEpoch = Raised(EpochOf(words[1])) };
        else if (kind == StatementKind.LeaderEpoch)
            state = state with { LeaderEpoch = Raised(EpochOf(words[1])) };
        else
            throw new UnreachableException(kind.Name);
        _masters[words[0]] = (state, master.Line);
    }

    private void AddMaster(ConfigurationLine line, ImmutableArray<string> words)
    {
        string name = words[0];
        int quorum = CNumber.ToInt(words[3]);
        if (quorum < 1)
            throw line.Error("Quorum must be 1 or greater.", $"quorum of '{name}' is {words[3]}; it must be at least 1");
        var state = new MasterState { Options = new MasterOptions { Name = name, Quorum = quorum }, Address = AddressOf(line, words[1], words[2]) };
        if (!_masters.TryGetValue(name, out var other) || other.Line.Origin == ConfigurationOrigin.Include)
            _masters[name] = (state, line);
        else if (line.Origin != ConfigurationOrigin.Include)
        {
            throw line.Error(
                "Duplicate master name.",
                $"master '{name}' is already monitored by {Place(other.Line)}; remove one of the two, or give it another name");
        }
    }

    private MasterState WithReplica(MasterState state, ConfigurationLine line, ImmutableArray<string> words)
    {
        Address replica = AddressOf(line, words[1], words[2]);
        if (_replicas.TryAdd((words[0], replica), line))
            return state with { Replicas = state.Replicas.Add(replica) };
        ConfigurationLine other = _replicas[(words[0], replica)];
        return MayRepeat(line, other) || !line.Words[1].Equals(other.Words[1], StringComparison.OrdinalIgnoreCase)
            ? state
            : throw line.Error(
                "Duplicate hostname and port for replica.",
                $"replica {replica} of '{words[0]}' is already named by {Place(other)}; remove one of the two");
    }

    private MasterState WithPeer(MasterState state, ConfigurationLine line, ImmutableArray<string> words)
    {
        Address address = AddressOf(line, words[1], words[2]);
        if (!SentinelId.TryParse(words[3], out SentinelId id))
            return state;    // no Sentinel has such an identity; the right one comes with its next hello
        if (_peers.TryAdd((words[0], id), line))
            return state with { Peers = state.Peers.Add(new PeerState(id, address)) };
        ConfigurationLine other = _peers[(words[0], id)];
        return MayRepeat(line, other)
            ? state
            : throw line.Error(
                "Duplicate runid for sentinel.",
                $"Sentinel {id} of '{words[0]}' is already named by {Place(other)}; remove one of the two");
    }

    private static MasterOptions WithRenamed(MasterOptions options, ConfigurationLine line, string text)
    {
        string command = text.ToUpperInvariant();
        return options.RenamedCommands.ContainsKey(command)
            ? throw line.Error(
                "Same command renamed multiple times with rename-command.",
                $"command {command} of '{options.Name}' is renamed twice; keep the line that is right")
            : options with { RenamedCommands = options.RenamedCommands.Add(command, line.Words[^1]) };
    }

    private void AddWebhook(ConfigurationLine line, string id, string url)
    {
        if (id.Length is 0 or > WebhookOptions.IdLengthMax || id.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.')))
        {
            throw line.Error(
                "Invalid webhook id.",
                $"'{id}' cannot name a webhook; use 1 to {WebhookOptions.IdLengthMax} letters, digits, '-', '_' and '.'");
        }
        if (_configuration.Webhooks.Any(webhook => webhook.Id == id))
            throw line.Error("Duplicate webhook id.", $"there is already a webhook '{id}'; give each its own id");
        if (!Uri.TryCreate(url, UriKind.Absolute, out Uri? uri) || (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps))
            throw line.Error("Invalid webhook URL.", $"'{url}' is no URL that can be called: it must begin with http:// or https://, such as https://host/path");
        _configuration = _configuration with { Webhooks = _configuration.Webhooks.Add(new WebhookOptions(id, uri, [])) };
    }

    private void SetWebhookEvents(ConfigurationLine line, string id, ImmutableArray<string> patterns)
    {
        WebhookOptions webhook = _configuration.Webhooks.FirstOrDefault(webhook => webhook.Id == id)
            ?? throw line.Error("No such webhook with specified id.", $"there is no webhook '{id}'; add a line 'sentinel webhook <id> <url>' or remove this one");
        WebhookOptions changed = webhook with { Events = [.. webhook.Events, .. patterns] };
        _configuration = _configuration with { Webhooks = _configuration.Webhooks.Replace(webhook, changed) };
    }

    private Address AddressOf(ConfigurationLine line, string host, string port)
    {
        int number = CNumber.ToInt(port);
        if (number is < 0 or > 65535)
            throw line.Error("Invalid port number.", $"port is {port}; it must be 0 to 65535");
        if (!Host.TryReadLiteral(host, out string canonical) && (!_configuration.Options.ResolveHostnames || host.Length == 0))
        {
            throw line.Error(
                "Can't resolve instance hostname.",
                $"'{host}' is no IP address; write one, or allow names with 'sentinel resolve-hostnames yes'");
        }
        return new Address(canonical, number);
    }

    private static SentinelId Identity(ConfigurationLine line, string text) =>
        SentinelId.TryParse(text, out SentinelId id)
            ? id
            : throw line.Error(
                "Malformed Sentinel id in myid option.",
                $"an identity is {SentinelId.Length} characters, hexadecimal as a rule; remove the line and a new one is drawn");

    private static Epoch EpochOf(string text) => new(CNumber.ToUInt64(text));

    /// <summary>Our own epoch is never behind one that we have taken part in.</summary>
    private Epoch Raised(Epoch epoch)
    {
        _configuration = _configuration with { CurrentEpoch = Epoch.Max(_configuration.CurrentEpoch, epoch) };
        return epoch;
    }

    private static string? IfAny(string text, string? otherwise) => text.Length > 0 ? text : otherwise;

    /// <summary>Reads a flag; <paramref name="noun"/> is a word in which Redis' messages differ.</summary>
    private static bool YesNo(ConfigurationLine line, string text, string noun) => text.ToLowerInvariant() switch
    {
        "yes" => true,
        "no" => false,
        _ => throw line.Error($"Please specify yes or no for the {line.Words[1].ToLowerInvariant()} {noun}.", $"'{text}' is neither yes nor no"),
    };

    private static TimeSpan Milliseconds(ConfigurationLine line, string text, int min)
    {
        int milliseconds = CNumber.ToInt(text);
        return milliseconds >= min
            ? TimeSpan.FromMilliseconds(milliseconds)
            : throw line.Error(
                min > 0 ? "negative or zero time parameter." : "negative time parameter.",
                $"'{text}' milliseconds; it must be at least {min}");
    }

    private static TimeSpan Seconds(ConfigurationLine line, string text)
    {
        int seconds = CNumber.ToInt(text);
        return seconds >= 0
            ? TimeSpan.FromSeconds(seconds)
            : throw line.Error("negative time parameter.", $"'{text}' seconds; it must be at least 0, which is: never");
    }

    private static string PauseReason(ConfigurationLine line, string text) =>
        text.Length <= MasterOptions.PauseReasonMax && ControlCharacters.AreAbsent(text)
            ? text
            : throw line.Error(
                "Invalid reason of a pause.",
                $"the reason has {text.Length} characters; write {MasterOptions.PauseReasonMax} at most, none of them a control character, in quotes");

    private static string Script(ConfigurationLine line, string path, string directory, string what) =>
        Posix.CheckAccess(DirectiveValues.FullPath(line, path, directory), Posix.MayExecute) is { } error
            ? throw line.Error(
                $"{what} script seems non existing or non executable.",
                $"'{path}': {error}; a script must exist and be executable at start, and a relative path starts in {directory}")
            : path;

    private static bool MayRepeat(ConfigurationLine line, ConfigurationLine other) =>
        line.Origin == ConfigurationOrigin.Include || other.Origin == ConfigurationOrigin.Include;

    private static string Place(ConfigurationLine line) =>
        line.Origin != ConfigurationOrigin.CommandLine ? $"line {line.Number} of {line.File}"
        : line.IsOfStandardInput ? "a line of standard input"
        : "an option of the command line";
}
