using System.Globalization;

namespace Sentinel.Core;

/// <summary>What would go wrong if the master failed now, from what is known of all instances.</summary>
/// <param name="master">The group.</param>
/// <param name="local">This Sentinel.</param>
/// <param name="isKnown">Whether a finding was told already; it stays until things are clearly better.</param>
internal sealed class FailoverOutlook(MasterMonitor master, LocalSentinel local, Func<FindingKind, Instance, bool> isKnown)
{
    /// <summary>A difference of clocks that is no matter of milliseconds any more: keys live shorter or longer by it.</summary>
    private static readonly TimeSpan ClockDifferenceMax = TimeSpan.FromSeconds(5);

    /// <summary>What a failover takes, beside the silence before it.</summary>
    private static readonly TimeSpan SwitchTime = TimeSpan.FromSeconds(5);

    /// <summary>How much more than enough a backlog must hold before it is said to be enough again.</summary>
    private const double BacklogMargin = 1.5;

    /// <summary>Replicas of which it is told why they cannot be promoted.</summary>
    private const int ShownMax = 5;

    /// <summary>Characters of a node's error.</summary>
    private const int ErrorMax = 200;

    private readonly List<(Instance Instance, Finding Finding)> _found = [];

    /// <summary>Looks at everything.</summary>
    public List<(Instance Instance, Finding Finding)> Look()
    {
        foreach (DataNode node in master.Nodes)
            Look(node);
        foreach (Replica replica in master.Replicas.Where(replica => !master.IsMaster(replica)))
            Look(replica);
        foreach (Peer peer in master.Peers)
        {
            if (peer.IsSubjectivelyDown && local.Now - peer.LastHelloAt < 3 * local.Timing.PublishPeriod)
                Found(FindingKind.Unreachable, peer, "its hellos come, but it does not answer at the address that it announces: it cannot be asked for its vote; see sentinel announce-ip and announce-port");
        }
        LookAtCandidates();
        LookAtVotes();
        return _found;
    }

    private void Look(DataNode node)
    {
        Checkup checkup = node.Checkup;
        if (Preflight.Refusal(node) is { } refusal)
            Found(FindingKind.Rights, node, $"{refusal}: it would take no order to become a master or a replica; grant the right, or tell the other name with sentinel rename-command");
        if (checkup.HasConfigurationFile is false)
            Found(FindingKind.ConfigurationFile, node, "it runs without a configuration file: after a restart it would not know what it was told to be");
        else if (checkup.RewriteComplaint is { } complaint)
            Found(FindingKind.ConfigurationFile, node, $"it could not write its configuration file when it was last told what to be, and may forget it at a restart: {Cut(complaint)}");
        if (checkup.HelloRefusal is { } error)
            Found(FindingKind.Hellos, node, $"it refuses hellos, by which Sentinels find each other: {Cut(error)}");
        if (node.Address.IsLoopback && master.Peers.Find(peer => !peer.Address.IsLoopback) is { } elsewhere)
            Found(FindingKind.Loopback, node, $"its address is that of this machine alone, and the Sentinel at {elsewhere.Told} is told it, too; see replica-announce-ip");
        LookAtVersion(node);
        LookAtBacklog(node);
        LookAtMasterAuth(node);
    }

    private void Look(Replica replica)
    {
        if (replica.IsSubjectivelyDown && master.Node.Attached.Any(attached => local.Names.AreSame(attached, replica.Address)))
            Found(FindingKind.Unreachable, replica, "it is attached to the master, but does not answer us at the address that the master names: it would not be promoted; see replica-announce-ip and replica-announce-port");
        if (replica.IsSubjectivelyDown)
            return;
        LookAtClock(replica);
        NodeSettings? settings = replica.Checkup.Settings;
        if (settings?.UsesTls is { } usesTls && master.Node.Checkup.Settings?.UsesTls is { } masterUsesTls && usesTls != masterUsesTls)
            Found(FindingKind.Tls, replica, $"its tls-replication is {YesNo(usesTls)}, and that of the master {YesNo(masterUsesTls)}: one of them could not follow the other after a failover");
        int others = master.Replicas.Count(other => other != replica && !other.IsSubjectivelyDown);
        if (settings?.MinReplicas is { } least && least > others && replica.Priority != 0)
            Found(FindingKind.MinReplicas, replica, $"its min-replicas-to-write is {least}: as the master it would take no writes until the former one is back, for it would have {others} replicas");
    }

    private void LookAtClock(Replica replica)
    {
        if (replica.Checkup.Clock is not { } its || master.Node.Checkup.Clock is not { } masters || IsOld(its) || IsOld(masters))
            return;
        TimeSpan ahead = its.Difference - masters.Difference;
        if (ahead.Duration() - its.Error - masters.Error > ClockDifferenceMax)
            Found(FindingKind.Clock, replica, $"its clock is {Number(ahead.Duration().TotalSeconds)} s {(ahead > TimeSpan.Zero ? "ahead of" : "behind")} that of the master: as the master it would let keys expire so much {(ahead > TimeSpan.Zero ? "sooner" : "later")}");
    }

    private bool IsOld(ClockReading reading) => local.Now - reading.At > 3 * local.Timing.InfoPeriod;

    private void LookAtVersion(DataNode node)
    {
        if (node.IsSubjectivelyDown || node.Checkup.Version is not { } version)
            return;
        DataNode? newest = master.Nodes
            .Where(other => other.Checkup.Version is { } its && its.IsNewerThan(version) && !other.IsSubjectivelyDown && (other is MasterNode || other.Priority != 0))
            .MaxBy(other => (other.Checkup.Version!.Value.Major, other.Checkup.Version.Value.Minor));
        if (newest is not null)
            Found(FindingKind.Version, node, $"it is {version}, and {newest.Told} is {newest.Checkup.Version}: it may not be able to load the data of a newer master");
    }

    /// <remarks>Any node may be the master next, so each has to hold enough.</remarks>
    private void LookAtBacklog(DataNode node)
    {
        if (node is Replica { ReportsMaster: false, IsMasterLinkUp: true } && node.Checkup.IsBacklogActive is false)
        {
            Found(FindingKind.Backlog, node, "it keeps no replication backlog: as the master it would have to send all data to every replica");
            return;
        }
        TimeSpan away = master.Options.DownAfter + SwitchTime;
        double rate = master.Node.Checkup.WriteRate, needed = rate * away.TotalSeconds;
        if (node.Checkup.BacklogSize is not { } size || node.IsSubjectivelyDown || size >= needed * (isKnown(FindingKind.Backlog, node) ? BacklogMargin : 1))
            return;
        Found(FindingKind.Backlog, node,
            $"its replication backlog of {size} bytes holds {Number(size / rate)} s of what is written at the most ({Number(rate)} bytes/s): a replica that misses more than that, as when it is cut off for down-after-milliseconds and a failover ({Number(away.TotalSeconds)} s), has to copy all data; repl-backlog-size {Number(Math.Ceiling(needed * BacklogMargin))} would do");
    }

    /// <remarks>A replica that is linked to the master has what it takes; who has never been one may lack it.</remarks>
    private void LookAtMasterAuth(DataNode node)
    {
        if (node is Replica { IsMasterLinkUp: true } || node.Checkup.Settings is not { } settings)
            return;
        if (master.Replicas.Find(replica => replica is { IsMasterLinkUp: true, Checkup.Settings.HasMasterAuth: true }) is not { } other)
            return;
        if (settings.HasMasterAuth is false)
            Found(FindingKind.MasterAuth, node, $"it has no masterauth, and {other.Told} has: as a replica it could not log in at a master that asks for a password");
        else if (settings.MasterUser is { } user && other.Checkup.Settings!.MasterUser is { } others && user != others)
            Found(FindingKind.MasterAuth, node, $"its masteruser is '{user}', and that of {other.Told} is '{others}': as a replica it may not be let in");
    }

    private void LookAtCandidates()
    {
        if (master.Succession.Best() is not null)
            return;
        string why = master.Replicas.Count == 0
            ? "it has none"
            : string.Join("; ", master.Replicas.Take(ShownMax).Select(replica => $"{replica.Name}: {master.Succession.Objection(replica)}"));
        Found(FindingKind.Candidates, master.Node, $"no replica could take its place: {why}");
    }

    private void LookAtVotes()
    {
        int needed = Math.Max(master.VotesNeeded, master.Options.Quorum), available = 1 + master.Peers.Count(peer => peer.IsAvailable);
        if (available < needed)
            Found(FindingKind.Votes, master.Node, $"no failover could be agreed on: {VoteCount.Voters(available, master.Peers.Count + 1)}{(available <= master.Peers.Count ? " from here" : "")}, and {needed} are needed");
    }

    private void Found(FindingKind kind, Instance instance, string text) => _found.Add((instance, new Finding(kind, AboutOf(instance), text)));

    private static string AboutOf(Instance instance) => instance switch
    {
        MasterNode => $"master {instance.Told}",
        Replica => $"replica {instance.Told}",
        _ => $"sentinel {instance.Told}",
    };

    private static string YesNo(bool value) => value ? "yes" : "no";

    private static string Cut(string error) => error.Length > ErrorMax ? error[..ErrorMax] : error;

    private static string Number(double number) => number.ToString(number < 10 ? "0.#" : "0", CultureInfo.InvariantCulture);
}
