using Sentinel.Core;
using Sentinel.Simulation.Clients;
using Sentinel.Simulation.Kernel;
using Sentinel.Simulation.Nodes;
using Sentinel.Simulation.Sentinels;

namespace Sentinel.Simulation.Checkers;

/// <summary>Never promoted is a replica with priority 0, one with another group's data, or one without data while one with data is fit.</summary>
internal sealed class OnlyFitReplicas(World world) : Checker(world)
{
    /// <summary>When a Sentinel last chose the replica to promote: its order may be long on the way.</summary>
    private readonly Dictionary<(SimSentinel Sentinel, string Master), Instant> _chosenAt = [];

    public override string Name => "only-fit-replicas";

    public override void Happened(SimSentinel sentinel, SentinelEvent happened)
    {
        if (happened is { Name: "+selected-slave", MasterName: { } name })
            _chosenAt[(sentinel, name)] = World.Agenda.Now;
    }

    public override void Reconfiguring(RedisNode node, SimSentinel by, Address? master)
    {
        if (master is null)
            Promoting(node, by, isSure: false);
    }

    /// <summary>A master that lets go by itself does so when the replica has all that it has, and not before: what that one lacks when it is told does not matter.</summary>
    public override void HandingOver(RedisNode node, SimSentinel by, RedisNode replica) => Promoting(replica, by, isSure: true);

    private void Promoting(RedisNode node, SimSentinel by, bool isSure)
    {
        if (by is not SentinelProcess ours)
            return;
        foreach (Group group in World.Groups)
        {
            if (by.FailoverOf(group.Name) is not (FailoverStep.SendReplicaOfNoOne or FailoverStep.WaitPromotion)
                || !ours.View.Masters[group.Name].Replicas.Any(replica => replica.Address == node.Address && replica.Flags.HasFlag(InstanceFlags.Promoted)))
                continue;
            // By whose data it has, and not by whose node it is: one of the group may have copied another's.
            if (node.HasData && node.Data.Root.Opening.By.Group is var owner && owner != group)
                Violated($"{by.Name} promotes {node.Name}, which has the data of {owner.Name}, for {group.Name}");
            // A master does not say its priority, nor who answers no INFO; what that one said last counts for a while, as it does for Redis.
            if (node.Priority == 0 && !node.IsMaster && _chosenAt[(by, group.Name)] - node.PrioritySince > NewsAge
                && !node.HadIllness(Illness.HidesInfo, node.PrioritySince, node.PrioritySince + NewsAge))
                Violated($"{by.Name} promotes {node.Name}, whose priority is 0");
            // Who is the master already by an operator's order is taken for it.
            bool isOperators = node.IsMaster && node.Data.Branch.Opening is { Reason: RoleReason.Operator } opening && opening.By == node;
            // What it gave up since it was chosen, while the order was under way, could not be known.
            bool hadData = node.Losses.Any(loss => !loss.IsRestart && loss.At >= _chosenAt[(by, group.Name)]);
            if (!node.HasData && !hadData && !isSure && !isOperators && Better(node, group, ours) is { } better)
                Violated($"{by.Name} promotes {node.Name}, which is empty, although {better.Name} has data and is fit");
        }
    }

    private RedisNode? Better(RedisNode chosen, Group group, SentinelProcess by)
    {
        MasterView view = by.View.Masters[group.Name];
        foreach (RedisNode node in group.Nodes)
        {
            if (node == chosen || node.IsMaster || !node.IsWorking || !IsKnownToHaveData(node) || node.Priority == 0 || World.Agenda.Now - node.StartedAt < NewsAge
                || World.Agenda.Now - node.PrioritySince < NewsAge || node.IsIll)
                continue;
            ReplicaView? known = view.Replicas.FirstOrDefault(replica => replica.Address == node.Address);
            if (known is { IsSubjectivelyDown: false, ReportsMaster: false, IsMasterLinkUp: true, Link.IsDisconnected: false } && World.Network.Passes(by.Machine, node.Machine) && World.Network.Passes(node.Machine, by.Machine))
                return node;
        }
        return null;
    }
}

/// <summary>No failover starts by itself while so many Sentinels hear the master that the others are no quorum.</summary>
/// <remarks>
/// Who has lost track of what the master has (<see cref="SimSentinel.HasLostTrackOf"/>) may take it for another group's, which has got its address: nothing that
/// a node says of itself tells the one from the other.
/// </remarks>
internal sealed class NoNeedlessFailover(World world) : Checker(world)
{
    /// <summary>How long the answer of a peer that it holds the master down counts: five ask periods of a second, and a moment on the way.</summary>
    private static readonly TimeSpan s_answerAge = TimeSpan.FromSeconds(6);

    /// <summary>How old the INFO of a master may be that said to be a replica.</summary>
    private static readonly TimeSpan s_infoAge = TimeSpan.FromSeconds(2);

    /// <summary>The same for Redis' kind, which asks each ten seconds, and what it told the others since.</summary>
    private static readonly TimeSpan s_infoAgeOfLegacy = TimeSpan.FromSeconds(10) + s_answerAge;

    /// <summary>How long the next PING takes at most to be sent and answered.</summary>
    private static readonly TimeSpan s_pingPeriod = TimeSpan.FromSeconds(2);

    private readonly Dictionary<(SimSentinel Sentinel, string Master), Instant> _heldDownAt = [];
    private readonly Dictionary<(SimSentinel Sentinel, string Master), Instant> _rebootAt = [];
    private readonly Dictionary<string, Instant> _setAt = [];

    /// <summary>Who holds a master down.</summary>
    private readonly HashSet<(SimSentinel Sentinel, string Master)> _holdsDown = [];

    /// <summary>Who doubts that a master has the group's data.</summary>
    private readonly HashSet<(SimSentinel Sentinel, string Master)> _doubts = [];

    public override string Name => "no-needless-failover";

    public override void Restored(SimSentinel sentinel, SentinelState state) => _holdsDown.RemoveWhere(held => held.Sentinel == sentinel);

    public override void Happened(SimSentinel sentinel, SentinelEvent happened)
    {
        if (happened.MasterName is not { } name)
            return;
        if (happened is { Name: "+sdown" or "-sdown", Kind: InstanceKind.Master })
        {
            _heldDownAt[(sentinel, name)] = World.Agenda.Now;
            if (happened.Name == "+sdown")
                _holdsDown.Add((sentinel, name));
            else
                _holdsDown.Remove((sentinel, name));
        }
        // What one said that is made to forget the master counts for a while.
        if (happened.Name is "-monitor" && _holdsDown.Remove((sentinel, name)))
            _heldDownAt[(sentinel, name)] = World.Agenda.Now;
        if (happened.Name is "+master-foreign-data" or "+master-lost-data")
            _doubts.Add((sentinel, name));
        if (happened is { Name: "-sdown", Kind: InstanceKind.Master } or { Name: "+switch-master" or "+monitor" })
            _doubts.Remove((sentinel, name));
        if (happened is { Name: "+reboot", Kind: InstanceKind.Master })
            _rebootAt[(sentinel, name)] = World.Agenda.Now;
        if (happened.Name is "+set")
            _setAt[name] = World.Agenda.Now;
        if (happened.Name != "+try-failover" || sentinel.IsLegacy)
            return;
        // What peers said while a shorter down-after held counts for a while.
        if (_setAt.TryGetValue(name, out Instant set) && World.Agenda.Now - set < s_answerAge)
            return;
        Group group = World.Group(name);
        Address master = sentinel.MasterOf(name)!.Value;
        RedisNode? node = World.NodeAt(master);
        if (World.Ordered.Of(sentinel, name) is not null || node is null || !node.IsMaster || node.IsIll || HasOtherData(node, group)
            || IsDownByRight(node, group.Topology.Options.RebootDownAfter) || HasCrashed(node, group.Topology.Options.CrashDownAfter))
            return;
        int deaf = 0;
        foreach (SimSentinel other in World.Sentinels)
        {
            if (!Hears(other, node, name) || DoubtsBefore(other, node, name) || (group.Topology.Options.RebootDownAfter > TimeSpan.Zero && HasHeardOnlyTheReboot(other, node, name)))
                deaf++;
        }
        if (deaf < group.Topology.Options.Quorum)
            Violated($"{sentinel.Name} starts a failover of {name} although only {deaf} of {World.Sentinels.Count} do not hear {node.Name}, and the quorum is {group.Topology.Options.Quorum}");
    }

    /// <summary>Whether the process before this one at the master's address was doubted, and this one has not shown, or hardly, what it has: it loads.</summary>
    private bool DoubtsBefore(SimSentinel sentinel, RedisNode node, string name) =>
        _doubts.Contains((sentinel, name)) && (node.IsLoading || node.LoadedAt > World.Agenda.Now - s_infoAge);

    /// <summary>Whether a master is heard and yet may count as down (<c>master-reboot-down-after-period</c>): it was started a moment ago, and loads, or did until a moment ago.</summary>
    private bool IsDownByRight(RedisNode node, TimeSpan rebootDownAfter) =>
        node.StartedAt > World.Agenda.Now - s_answerAge - rebootDownAfter
        || (rebootDownAfter > TimeSpan.Zero && (node.IsLoading || node.LoadedAt > World.Agenda.Now - s_answerAge));

    /// <summary>Whether a master that all heard a moment ago may count as down (<c>crash-down-after-milliseconds</c>): its process is gone, its machine says so, and that for long enough.</summary>
    private bool HasCrashed(RedisNode node, TimeSpan crashDownAfter) =>
        crashDownAfter > TimeSpan.Zero && node is { IsRunning: false, Machine.IsUp: true } && World.Agenda.Now - node.Failures[^1] > 0.9 * crashDownAfter;

    /// <summary>Whether a node is none of a group, or lost what it had when it was started last: such a master counts as down, as long as a replica has the data.</summary>
    public static bool HasOtherData(RedisNode node, Group group) =>
        node.Group != group || node.Data.Root.Opening.By.Group != group || node.Data.Root.Opening.LostItsData;

    /// <summary>Whether a Sentinel has heard the master all along in the time that counts.</summary>
    private bool Hears(SimSentinel sentinel, RedisNode master, string name)
    {
        Instant now = World.Agenda.Now;
        // A little less than down-after: its clock may be slow, and its PING left earlier than its reply came. What one said that lost
        // its power since counts where the end of its connection is not known.
        TimeSpan downAfter = sentinel.DownAfterOf(name) * 0.8;
        if (!sentinel.IsRunning || (!sentinel.IsLegacy && sentinel.HasLostTrackOf(master)) || (sentinel.DiedUnheard && now - sentinel.StartedAt <= s_answerAge) || sentinel.LastHeard(master.Address) is not { } heard || now - heard > downAfter)
            return false;
        // Before it is heard again, and asked for INFO, nobody knows that one that had said to be a replica was made the master again.
        if (heard < master.LastBecameMasterAt || now - master.LastBecameMasterAt < (sentinel.IsLegacy ? s_infoAgeOfLegacy : s_infoAge))
            return false;
        return (sentinel.HeardAgainAt(master.Address) is not { } again || now - again > s_answerAge)
            && (!_heldDownAt.TryGetValue((sentinel, name), out Instant held) || now - held > s_answerAge || sentinel.IsLegacy);
    }

    /// <summary>Whether a Sentinel has heard a master so shortly after it noticed its reboot only, or only while it loaded, that no PONG need have been among it, which ends one.</summary>
    private bool HasHeardOnlyTheReboot(SimSentinel sentinel, RedisNode master, string name) =>
        _rebootAt.TryGetValue((sentinel, name), out Instant noticed) && sentinel.LastHeard(master.Address) is { } heard && (heard - noticed < s_pingPeriod || heard < master.LoadedAt);
}

/// <summary>A switch that is announced leads to a node that is a master: the leader saw it become one, and the others name what a leader named.</summary>
internal sealed class SwitchesLeadToMasters(World world) : Checker(world)
{
    /// <summary>How long before the announcement it may have been one: the reply that says so is on its way, or waits in a frozen process.</summary>
    private static readonly TimeSpan s_newsAge = TimeSpan.FromSeconds(5);

    private readonly HashSet<(string Master, Epoch Epoch, Address Address)> _announced = [];
    private readonly HashSet<(string Master, Epoch Epoch, SimSentinel Leader)> _leaders = [];
    private readonly Dictionary<(SimSentinel Sentinel, string Master), Epoch> _adopting = [];

    public override string Name => "switches-lead-to-masters";

    /// <summary>A leader that renounces the promotion leaves the master where it is, in the epoch that it led.</summary>
    public override void Believes(SimSentinel sentinel, string master, Address address, Epoch configEpoch)
    {
        if (_leaders.Contains((master, configEpoch, sentinel)))
            _announced.Add((master, configEpoch, address));
    }

    public override void Happened(SimSentinel sentinel, SentinelEvent happened)
    {
        if (happened.MasterName is not { } name)
            return;
        if (happened.Name == "+config-update-from")
            _adopting[(sentinel, name)] = happened.Epoch;
        // A leader that dies before it tells of it may come back with it.
        if (happened is { Name: "+promoted-slave", InstanceAddress: { } promoted })
        {
            _leaders.Add((name, happened.Epoch, sentinel));
            _announced.Add((name, happened.Epoch, promoted));
        }
        if (sentinel.IsLegacy || happened is not { Name: "+switch-master", NewAddress: { } address })
            return;
        bool isAdopted = _adopting.Remove((sentinel, name), out Epoch adopted) && adopted == happened.Epoch;
        if (!isAdopted)
        {
            _announced.Add((name, happened.Epoch, address));
            if (World.NodeAt(address) is not { } node || !node.WasMasterSince(World.Agenda.Now - s_newsAge - sentinel.LastFrozenFor))
                Violated($"{sentinel.Name} announces {address} as the master of {name}, and no master is there");
        }
        else if (_announced.Contains((name, happened.Epoch, address)))
        {
            return;
        }
        else if (World.Group(name).FirstBeliever(happened.Epoch, address) is { IsLegacy: true })
        {
            World.Coverage.Count("excused a switch that no leader announced, of Redis' kind");
        }
        else
        {
            Violated($"{sentinel.Name} takes over {address} as the master of {name} in epoch {happened.Epoch}, which no leader announced");
        }
    }
}

/// <summary>One fault gives one switch at most.</summary>
/// <remarks>A leader of a later epoch that finishes what another one did switches to the same node, as when disks are slower than candidates wait: nobody moves twice.</remarks>
internal sealed class OneFaultOneSwitch(World world) : Checker(world)
{
    private readonly HashSet<Address> _switchedTo = [];

    public override string Name => "one-fault-one-switch";

    public override void Happened(SimSentinel sentinel, SentinelEvent happened)
    {
        if (happened is not { Name: "+switch-master", NewAddress: { } address } || !_switchedTo.Add(address) || _switchedTo.Count < 2)
            return;
        if (!World.IsHealed)
            Violated($"a second switch of {happened.MasterName}, in epoch {happened.Epoch}, after one fault");
    }
}

/// <summary>Elections come to an end: epochs are not burnt by the hundred.</summary>
internal sealed class NoEpochStorm(World world) : Checker(world)
{
    private const int EpochsMax = 60;
    private static readonly TimeSpan s_window = TimeSpan.FromSeconds(10);

    private readonly Queue<Instant> _epochs = new();
    private Epoch _newest;

    public override string Name => "no-epoch-storm";

    public override void Happened(SimSentinel sentinel, SentinelEvent happened)
    {
        if (happened.Name != "+try-failover" || happened.Epoch <= _newest)
            return;
        _newest = happened.Epoch;
        _epochs.Enqueue(World.Agenda.Now);
        while (_epochs.Peek() < World.Agenda.Now - s_window)
            _epochs.Dequeue();
        if (_epochs.Count > EpochsMax * World.Groups.Count)
            Violated($"{_epochs.Count} failovers were tried in {s_window.TotalSeconds} s");
    }
}

/// <summary>Every acknowledged write that is lost is explained, and none was taken without the replicas that the configuration asks for.</summary>
internal sealed class LossesAreExplained(World world) : Checker(world)
{
    public override string Name => "losses-are-explained";

    public override void Ended()
    {
        if (World.Violations.Count > 0)
            return;
        LossReport report = World.Writes.Report(World);
        if (report.Unexplained > 0)
            Violated($"{report.Unexplained} acknowledged writes are lost and nothing explains it: {report}");
        else if (report.Unpromised is { } write)
            Violated($"a write is lost that its master took without the replicas that its min-replicas-to-write asks for: {LossReport.Describe(write)}");
    }
}
