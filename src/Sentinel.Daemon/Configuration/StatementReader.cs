using System.Collections.Immutable;
using Sentinel.Core;

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
    private readonly OrderedDictionary<string, (MasterState State, ConfigurationLine Line)> _masters = [];
    private readonly Dictionary<(string Master, Address Replica), ConfigurationLine> _replicas = [];
    private readonly Dictionary<(string Master, SentinelId Peer), ConfigurationLine> _peers = [];
    private readonly HashSet<string> _webhooksWithEvents = [];
    private SentinelConfiguration _configuration;

    private StatementReader(SentinelConfiguration configuration) => _configuration = configuration;

    /// <summary>Adds what the statements say to what the generic directives said.</summary>
    /// <exception cref="ConfigurationException">One of them is wrong; the first one, in the order in which they take effect.</exception>
    public static SentinelConfiguration Apply(SentinelConfiguration configuration, IReadOnlyList<ConfigurationLine> statements)
    {
        var reader = new StatementReader(configuration);
        foreach (LoadPass pass in Enum.GetValues<LoadPass>())
        {
            foreach (ConfigurationLine line in statements.Where(line => PassOf(line) == pass))
                reader.Apply(line);
        }
        return reader._configuration with { Masters = [.. reader._masters.Values.Select(master => master.State)] };
    }

    /// <summary>A line of no known kind fails in the last pass, when the others have had their say.</summary>
    private static LoadPass PassOf(ConfigurationLine line) => StatementKind.Of(line.Words)?.Pass ?? LoadPass.AfterMonitor;

    private void Apply(ConfigurationLine line)
    {
        StatementKind? kind = StatementKind.Of(line.Words);
        ImmutableArray<string> words = line.Words[2..];
        if (kind == StatementKind.MyId)
            _configuration = _configuration with { Id = Identity(line) };
        else if (kind == StatementKind.CurrentEpoch)
            RaiseEpoch(new Epoch(CNumber.ToUInt64(words[0])));
        else if (kind == StatementKind.DenyScriptsReconfig)
            _configuration = _configuration with { DenyScriptsReconfig = YesNo(line, "options") };
        else if (kind == StatementKind.ResolveHostnames)
            _configuration = _configuration with { ResolveHostnames = YesNo(line, "option") };
        else if (kind == StatementKind.AnnounceHostnames)
            _configuration = _configuration with { AnnounceHostnames = YesNo(line, "option") };
        else if (kind == StatementKind.AnnouncePort)
            SetOptions(options => options with { AnnouncePort = CNumber.ToInt(words[0]) });
        else if (kind == StatementKind.AnnounceIp)
            SetOptions(options => options with { AnnounceIp = words[0].Length > 0 ? words[0] : options.AnnounceIp });
        else if (kind == StatementKind.SentinelUser)
            SetOptions(options => options with { SentinelUser = words[0].Length > 0 ? words[0] : options.SentinelUser });
        else if (kind == StatementKind.SentinelPass)
            SetOptions(options => options with { SentinelPass = words[0].Length > 0 ? words[0] : options.SentinelPass });
        else if (kind == StatementKind.Monitor)
            AddMaster(line, words);
        else if (kind == StatementKind.Webhook)
            AddWebhook(line, words[0], words[1]);
        else if (kind == StatementKind.WebhookEvents)
            SetWebhookEvents(line, words[0], words[1..]);
        else if (kind == StatementKind.KnownSentinel && words.Length == 3)
            return;    // the form of very old versions, without the identity: Redis ignores it, even for an unknown master
        else if (kind is null)
            throw Unrecognized(line);
        else
            ApplyToMaster(kind, line, words);
    }

    private void ApplyToMaster(StatementKind kind, ConfigurationLine line, ImmutableArray<string> words)
    {
        string name = words[0];
        if (!_masters.TryGetValue(name, out var master))
            throw line.Error("No such master with specified name.", $"there is no master '{name}'; add a 'sentinel monitor {ConfigurationLexer.Write(name)} <host> <port> <quorum>' line or remove this one");

        MasterState state = master.State;
        MasterOptions options = state.Options;
        string value = words[1];
        if (kind == StatementKind.KnownReplica)
            state = WithReplica(state, line, words);
        else if (kind == StatementKind.KnownSentinel)
            state = WithPeer(state, line, words);
        else if (kind == StatementKind.ConfigEpoch)
            RaiseEpoch((state = state with { ConfigEpoch = new Epoch(CNumber.ToUInt64(value)) }).ConfigEpoch);
        else if (kind == StatementKind.LeaderEpoch)
            RaiseEpoch((state = state with { LeaderEpoch = new Epoch(CNumber.ToUInt64(value)) }).LeaderEpoch);
        else if (kind == StatementKind.DownAfter)
            options = options with { DownAfter = Milliseconds(line, value, min: 1) };
        else if (kind == StatementKind.FailoverTimeout)
            options = options with { FailoverTimeout = Milliseconds(line, value, min: 1) };
        else if (kind == StatementKind.RebootDownAfter)
            options = options with { RebootDownAfter = Milliseconds(line, value, min: 0) };
        else if (kind == StatementKind.ParallelSyncs)
            options = options with { ParallelSyncs = CNumber.ToInt(value) };
        else if (kind == StatementKind.AuthPass)
            options = options with { AuthPass = value };
        else if (kind == StatementKind.AuthUser)
            options = options with { AuthUser = value };
        else if (kind == StatementKind.NotificationScript)
            options = options with { NotificationScript = Script(line, value, "Notification") };
        else if (kind == StatementKind.ClientReconfigScript)
            options = options with { ClientReconfigScript = Script(line, value, "Client reconfiguration") };
        else if (kind == StatementKind.RenameCommand)
            options = WithRenamed(options, line, words);
        else
            throw new System.Diagnostics.UnreachableException(kind.Name);
        _masters[name] = (state with { Options = options }, master.Line);
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
            throw line.Error("Duplicate master name.", $"master '{name}' is already monitored by {Place(other.Line)}; remove one of the two, or give it another name");
    }

    private MasterState WithReplica(MasterState state, ConfigurationLine line, ImmutableArray<string> words)
    {
        Address replica = AddressOf(line, words[1], words[2]);
        if (_replicas.TryAdd((words[0], replica), line))
            return state with { Replicas = state.Replicas.Add(replica) };
        ConfigurationLine other = _replicas[(words[0], replica)];
        return MayRepeat(line, other) || !line.Words[1].Equals(other.Words[1], StringComparison.OrdinalIgnoreCase)
            ? state
            : throw line.Error("Duplicate hostname and port for replica.", $"replica {replica} of '{words[0]}' is already named by {Place(other)}; remove one of the two");
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
            : throw line.Error("Duplicate runid for sentinel.", $"Sentinel {id} of '{words[0]}' is already named by {Place(other)}; remove one of the two");
    }

    private static MasterOptions WithRenamed(MasterOptions options, ConfigurationLine line, ImmutableArray<string> words)
    {
        string command = words[1].ToUpperInvariant();
        return options.RenamedCommands.ContainsKey(command)
            ? throw line.Error("Same command renamed multiple times with rename-command.", $"command {command} of '{words[0]}' is renamed twice; keep the line that is right")
            : options with { RenamedCommands = options.RenamedCommands.Add(command, words[2]) };
    }

    private void AddWebhook(ConfigurationLine line, string id, string url)
    {
        if (id.Length is 0 or > Webhook.IdLengthMax || id.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.')))
            throw line.Error("Invalid webhook id.", $"'{id}' cannot name a webhook; use 1 to {Webhook.IdLengthMax} letters, digits, '-', '_' and '.'");
        if (_configuration.Webhooks.Any(webhook => webhook.Id == id))
            throw line.Error("Duplicate webhook id.", $"there is already a webhook '{id}'; give each its own id");
        if (!Uri.TryCreate(url, UriKind.Absolute, out Uri? uri) || (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps))
            throw line.Error("Invalid webhook URL.", $"'{url}' is no absolute URL; write one such as https://host/path");
        _configuration = _configuration with { Webhooks = _configuration.Webhooks.Add(new Webhook(id, uri)) };
    }

    private void SetWebhookEvents(ConfigurationLine line, string id, ImmutableArray<string> patterns)
    {
        Webhook webhook = _configuration.Webhooks.FirstOrDefault(webhook => webhook.Id == id)
            ?? throw line.Error("No such webhook with specified id.", $"there is no webhook '{id}'; add a 'sentinel webhook {ConfigurationLexer.Write(id)} <url>' line or remove this one");
        Webhook changed = webhook with { EventPatterns = _webhooksWithEvents.Add(id) ? patterns : [.. webhook.EventPatterns, .. patterns] };
        _configuration = _configuration with { Webhooks = _configuration.Webhooks.Replace(webhook, changed) };
    }

    private Address AddressOf(ConfigurationLine line, string host, string port)
    {
        int number = CNumber.ToInt(port);
        if (number is < 0 or > 65535)
            throw line.Error("Invalid port number.", $"port is {port}; it must be 0 to 65535");
        if (!Host.TryReadLiteral(host, out string canonical) && (!_configuration.ResolveHostnames || host.Length == 0))
            throw line.Error("Can't resolve instance hostname.", $"'{host}' is no IP address; write one, or allow names with 'sentinel resolve-hostnames yes'");
        return new Address(canonical, number);
    }

    private static SentinelId Identity(ConfigurationLine line) =>
        SentinelId.TryParse(line.Words[2], out SentinelId id)
            ? id
            : throw line.Error("Malformed Sentinel id in myid option.", $"an identity is {SentinelId.Length} characters, hexadecimal as a rule; remove the line and a new one is drawn");

    /// <summary>Reads a flag; <paramref name="noun"/> is a word in which Redis' messages differ.</summary>
    private static bool YesNo(ConfigurationLine line, string noun) => line.Words[2].ToLowerInvariant() switch
    {
        "yes" => true,
        "no" => false,
        _ => throw line.Error($"Please specify yes or no for the {line.Words[1].ToLowerInvariant()} {noun}.", $"'{line.Words[2]}' is neither yes nor no"),
    };

    private static TimeSpan Milliseconds(ConfigurationLine line, string value, int min)
    {
        int milliseconds = CNumber.ToInt(value);
        return milliseconds >= min
            ? TimeSpan.FromMilliseconds(milliseconds)
            : throw line.Error(min > 0 ? "negative or zero time parameter." : "negative time parameter.", $"'{value}' milliseconds; it must be at least {min}");
    }

    private string Script(ConfigurationLine line, string path, string what) =>
        Posix.CheckAccess(Path.GetFullPath(path, _configuration.Directory), Posix.MayExecute) is { } error
            ? throw line.Error($"{what} script seems non existing or non executable.", $"'{path}': {error}; scripts must exist and be executable at start (relative paths start in {_configuration.Directory})")
            : path;

    private void RaiseEpoch(Epoch epoch) =>
        _configuration = _configuration with { CurrentEpoch = Epoch.Max(_configuration.CurrentEpoch, epoch) };

    private void SetOptions(Func<SentinelOptions, SentinelOptions> change) =>
        _configuration = _configuration with { Options = change(_configuration.Options) };

    private static bool MayRepeat(ConfigurationLine line, ConfigurationLine other) =>
        line.Origin == ConfigurationOrigin.Include || other.Origin == ConfigurationOrigin.Include;

    private static string Place(ConfigurationLine line) =>
        line.Origin == ConfigurationOrigin.CommandLine ? "an option of the command line" : $"line {line.Number} of {line.File}";

    private static ConfigurationException Unrecognized(ConfigurationLine line) =>
        line.Error("Unrecognized sentinel configuration statement.", $"there is no statement 'sentinel {line.Words[1]}' with {line.Words.Length - 2} words after it");
}
