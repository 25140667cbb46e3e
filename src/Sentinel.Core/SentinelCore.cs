using System.Collections.Immutable;
using System.Diagnostics;

namespace Sentinel.Core;

/// <summary>Every decision of one Sentinel process, for all its masters, as one deterministic state machine.</summary>
/// <remarks>
/// The shell hands in facts and the time, one at a time from one thread, performs the effects in their order, and wakes it
/// with a <see cref="Tick"/> when <see cref="WakeAt"/> has come. The same inputs and the same seed give the same effects.
/// </remarks>
public sealed class SentinelCore
{
    /// <summary>A delay of our own from which on waiting replies are read before anybody's silence is judged.</summary>
    private static readonly TimeSpan StallMin = TimeSpan.FromMilliseconds(100);

    /// <summary>Longest time that is given to read them.</summary>
    private static readonly TimeSpan StallGraceMax = TimeSpan.FromMilliseconds(500);

    /// <summary>Longest time given before anybody is judged: a process that is held up again and again must judge at last, too.</summary>
    private static readonly TimeSpan StallGraceInARow = TimeSpan.FromSeconds(2);

    private readonly LocalSentinel _local;
    private readonly LinkTable _links;
    private readonly NameWaits _nameWaits;
    private readonly Tilt _tilt;
    private readonly Orders _orders;
    private readonly SortedDictionary<string, MasterMonitor> _masters = new(StringComparer.Ordinal);
    private readonly MasterAddresses _addresses;
    private readonly HashSet<MasterMonitor> _changed = [];
    private readonly Action<IScheduled> _noteDecided;
    private SentinelView _view;
    private Instant _steppedAt;
    private TimeSpan _graceGiven;
    private Instant? _saveAgainAt;

    /// <summary>Starts from what survived the last run.</summary>
    /// <param name="state">The state from disk.</param>
    /// <param name="options">What the configuration says about this Sentinel.</param>
    /// <param name="random">The only source of chance.</param>
    /// <param name="now">The time.</param>
    /// <param name="lineages">What was kept of the groups' data; what is not kept is learnt.</param>
    public SentinelCore(SentinelState state, SentinelOptions options, Random random, Instant now, IEnumerable<LineageState>? lineages = null)
    {
        _local = new LocalSentinel(state.Id, state.CurrentEpoch, options, random, now);
        _links = new LinkTable(_local);
        _local.Names.Moved = Follow;
        _local.Names.InUse = () => _links.All.Select(link => link.Address.Host);
        _nameWaits = new NameWaits(_local) { Proceed = Proceed };
        _tilt = new Tilt(_local, _links);
        _orders = new Orders(_local, _links, _masters);
        _steppedAt = now;
        _addresses = new MasterAddresses(_local.Names);
        _noteDecided = item =>
        {
            if (item is not MasterMonitor master)
                return;
            _changed.Add(master);
            _addresses.Note(master);
        };
        Dictionary<string, LineageState> kept = [];
        foreach (LineageState lineage in lineages ?? [])
            kept.TryAdd(lineage.MasterName, lineage);
        foreach (MasterState master in state.Masters)
        {
            var monitor = new MasterMonitor(master, _local, _links, kept.GetValueOrDefault(master.Options.Name));
            _masters.Add(monitor.Name, monitor);
            _addresses.Note(monitor);
        }
        _view = new SentinelView { Id = state.Id, Options = options };
        _changed.UnionWith(_masters.Values);
    }

    /// <summary>What this Sentinel believes, as of the last step. Made when it is asked for, of what changed since it was asked for last.</summary>
    public SentinelView View
    {
        get
        {
            RefreshView();
            return _view;
        }
    }

    /// <summary>When to hand in a <see cref="Tick"/>, if nothing else comes before.</summary>
    public Instant WakeAt => Instant.Min(Instant.Min(_local.Schedule.WakeAt, _tilt.EndsAt), _steppedAt + _local.Timing.Heartbeat);

    /// <summary>What must survive a restart, as of the last step.</summary>
    public SentinelState State => new(_local.Id, _local.CurrentEpoch, [.. _masters.Values.Select(master => MasterViews.StateOf(master, _local.Names))]);

    /// <summary>What is better known after a restart, too, as of the last step.</summary>
    public ImmutableArray<LineageState> Lineages => [.. _masters.Values.Select(master => master.Lineage.State).OfType<LineageState>()];

    /// <summary>Takes in one fact, then decides everything that follows from it.</summary>
    /// <param name="input">The fact.</param>
    /// <param name="now">Monotonic time; never earlier than at the last step.</param>
    /// <returns>The effects, in the order to perform them. The list is used again by the next step.</returns>
    public IReadOnlyList<Effect> Step(Input input, Instant now)
    {
        Instant expected = WakeAt;
        _local.Begin(now);
        NoticePause(expected, isStart: input is Started);
        _steppedAt = now;
        Absorb(input);
        if (_tilt.TryLeave())
            LookAgain();
        if (_saveAgainAt is { } again && again <= now)
        {
            _saveAgainAt = null;
            _local.Save();
        }
        _local.Schedule.TouchDue(now);
        _local.Schedule.DecideTouched(_noteDecided);
        return _local.Effects;
    }

    private void Absorb(Input input)
    {
        switch (input)
        {
            case Tick:
                break;
            case Started:
                foreach (MasterMonitor master in _masters.Values)
                    master.Announce();
                break;
            case LinkFact fact:
                if (_links.Find(fact.Link) is { } link)
                    Absorb(link, fact);
                break;
            case HelloReceived hello:
                AbsorbHello(hello);
                break;
            case DownQuestionReceived question:
                if (_addresses.Find(question.Master) is not null || !_nameWaits.Keep(question))
                    Proceed(question);
                break;
            case NameResolved resolved:
                _local.Names.Resolved(resolved.Host, resolved.Ips);
                break;
            case NameNotResolved failed:
                _local.Names.NotResolved(failed.Host, failed.Error, failed.IsPassing);
                break;
            case Order order:
                _orders.Obey(order);
                break;
            case StateSaved saved:
                _local.Log(EventLevel.Notice, "Sentinel new configuration saved on disk");
                _local.Saved(saved.Number);
                _saveAgainAt = null;
                break;
            case StateNotSaved failed:
                _local.NotSaved(failed.Number, failed.Error);
                _saveAgainAt = _local.Now + _local.Timing.SaveRetry;
                break;
            case ScriptFact fact:
                _local.Publish(ScriptEvents.Of(fact) with { Epoch = _local.CurrentEpoch });
                break;
            default:
                throw new UnreachableException();
        }
    }

    private void Absorb(InstanceLink link, LinkFact fact)
    {
        switch (fact)
        {
            case LinkConnected connected when link.IsCurrent(connected.Channel, fact.Attempt):
                link.Connected(connected);
                foreach (Instance user in link.Users)
                    user.Master.Connected(user, connected.Channel);
                _local.Touch(link);
                break;
            case LinkLost lost when link.IsCurrent(lost.Channel, fact.Attempt):
                Lose(link, lost);
                break;
            case Answered answered when link.IsUsable && link.Attempt == fact.Attempt:
                link.CountAnswer(answered.Request);
                Absorb(link, answered);
                break;
            case HelloHeard heard when link.IsCurrent(LinkChannel.Subscription, fact.Attempt):
                link.HeardSubscription();
                if (heard.Payload is not null)
                    AbsorbHello(new HelloReceived(heard.Payload));
                break;
            default:
                break;    // of a connection that is no more
        }
    }

    private void Lose(InstanceLink link, LinkLost lost)
    {
        link.Lost(lost.Channel, lost.Cause);
        string channel = lost.Channel == LinkChannel.Command ? "-cmd-link-reconnection" : "-pubsub-link-reconnection";
        foreach (Instance user in link.Users)
        {
            _local.Publish(user.Master.About(channel, EventLevel.Debug, $"{user.Prefix} #{lost.Reason}"));
            _local.Touch(user.Master);
        }
        _local.Touch(link);
    }

    private void Absorb(InstanceLink link, Answered answered)
    {
        switch (answered.Request)
        {
            case Request.Ping:
                link.PingAnswered(answered.Reply);
                foreach (Instance user in link.Users)
                    user.Master.Replies.PingAnswered(user, answered.Reply);
                _local.Touch(link);
                break;
            case Request.AskIdentity:
                if (link.IdentityAnswered(answered.Reply) is { } actual)
                {
                    foreach (Peer peer in link.Users.OfType<Peer>().ToArray())
                        peer.Master.Mistook(peer, actual);
                }
                break;
            case Request.Info when NodeOf(link) is { } node:
                node.Master.Replies.InfoAnswered(node, answered.Reply);
                break;
            case Request.ProbeReplicaOf when NodeOf(link) is { } node:
                node.Master.Replies.ProbeAnswered(node, answered.Reply);
                break;
            case Request.Reconfigure request when NodeOf(link) is { } node:
                node.Master.Replies.ReconfigureAnswered(node, request, answered.Reply);
                break;
            case Request.KeepRole when NodeOf(link) is { } node:
                node.Master.Replies.KeepRoleAnswered(node, answered.Reply);
                break;
            case Request.HandOver when NodeOf(link) is { } node:
                node.Master.Replies.HandOverAnswered(node, answered.Reply);
                break;
            case Request.HoldWritesAndTell when NodeOf(link) is { } node:
                node.Master.Replies.HoldAnswered(node, answered.Reply);
                break;
            case Request.TellOffset when NodeOf(link) is { } node:
                node.Master.Replies.OffsetTold(node, answered.Reply);
                break;
            case Request.ProbePause or Request.HoldWrites or Request.ReleaseWrites or Request.CountAttached when NodeOf(link) is { } node:
                node.Master.Replies.FenceAnswered(node, answered.Request, answered.Reply);
                break;
            case Request.ProbeOrders or Request.ProbeTransaction or Request.ProbeRewrite or Request.AskSettings when NodeOf(link) is { } node:
                node.Master.Replies.PreflightAnswered(node, answered.Request, answered.Reply);
                break;
            case Request.PublishHello request when UserOf(link, request.Hello.MasterName) is { } instance:
                instance.Master.Replies.HelloAnswered(instance, answered.Reply);
                break;
            case Request.AskIfDown request when UserOf(link, request.MasterName) is Peer peer:
                peer.Master.Replies.DownAnswered(peer, request, answered.Reply);
                break;
            case Request.AskMaster request when UserOf(link, request.MasterName) is Peer peer:
                peer.Master.Replies.BeliefAnswered(peer, answered.Reply);
                break;
            default:
                break;    // SCRIPT KILL shows in the next PING; the rest belongs to what is monitored no more
        }
    }

    private static DataNode? NodeOf(InstanceLink link) => link.Users.Count == 1 ? link.Users[0] as DataNode : null;

    /// <summary>Who uses a link for a master. That of a peer may have a thousand users: its name leads to the one.</summary>
    private Instance? UserOf(InstanceLink link, string masterName)
    {
        if (link.Users.Count == 1)
            return link.Users[0].Master.Name == masterName ? link.Users[0] : null;
        return _masters.TryGetValue(masterName, out MasterMonitor? master) ? master.Peers.Find(peer => peer.Link == link) : null;
    }

    private void AbsorbHello(HelloReceived input)
    {
        // Most that is heard is our own, coming back.
        if (input.Payload.Contains(_local.Id.Text, StringComparison.Ordinal))
            return;
        if (HelloMessage.TryParse(input.Payload, out HelloMessage? hello) && _masters.TryGetValue(hello!.MasterName, out MasterMonitor? master)
            && !_nameWaits.Keep(input, hello))
            master.HelloCame(hello);
    }

    /// <summary>Takes in what may have waited for a name.</summary>
    private void Proceed(Input input)
    {
        switch (input)
        {
            case HelloReceived hello:
                if (HelloMessage.TryParse(hello.Payload, out HelloMessage? message) && _masters.TryGetValue(message!.MasterName, out MasterMonitor? master))
                    master.HelloCame(message);
                break;
            case DownQuestionReceived question when _addresses.Find(question.Master) is { } asked:
                asked.Answer(question);
                break;
            case DownQuestionReceived question:
                _local.Do(new GiveAnswer(question.Id, new Answer.Down(false, null, Epoch.Zero)));
                break;
            default:
                throw new UnreachableException();
        }
    }

    /// <summary>A name leads elsewhere: so do the links to whom it names, and what is shown of them.</summary>
    private void Follow(string host)
    {
        InstanceLink[] links = [.. _links.All.Where(link => string.Equals(link.Address.Host, host, StringComparison.OrdinalIgnoreCase))];
        foreach (InstanceLink link in links)
            link.FollowName();
        foreach (MasterMonitor master in links.SelectMany(link => link.Users).Select(user => user.Master).Distinct().ToArray())
            master.LookForTwins();
    }

    /// <summary>A late step means that we were not running; what looks like others' silence may be our own.</summary>
    /// <param name="expected">When this step should have come at the latest.</param>
    /// <param name="isStart">Whether it is the first one: what came before was the start of the process, and no pause.</param>
    private void NoticePause(Instant expected, bool isStart)
    {
        Instant now = _local.Now;
        TimeSpan late = now - expected;
        if (late <= StallMin)
        {
            if (now >= _local.JudgeAfter)
                _graceGiven = TimeSpan.Zero;
            return;
        }
        // Of a long pause we cannot say where in the gap it began, and nobody shall pay for that.
        bool isLong = now - _steppedAt > _local.Timing.TiltTrigger;
        TimeSpan missed = isLong || isStart ? now - _steppedAt : late;
        TimeSpan grace = late < StallGraceMax ? late : StallGraceMax;
        if (_graceGiven + grace <= StallGraceInARow)
        {
            _graceGiven += grace;
            _local.JudgeAfter = now + grace;
        }
        foreach (InstanceLink link in _links.All)
            link.Miss(missed);
        if (isStart)
            return;
        if (isLong)
            _tilt.Enter();
        foreach (MasterMonitor master in _masters.Values)
            master.Resume(missed);
    }

    /// <summary>TILT is over: everything is decided that was not, on what nodes say now.</summary>
    private void LookAgain()
    {
        foreach (InstanceLink link in _links.All)
            _local.Touch(link);
        foreach (MasterMonitor master in _masters.Values)
            master.RequestNews();
    }

    private void RefreshView()
    {
        SentinelView view = _view;
        if (view.SaveError != _local.SaveError)
            _changed.UnionWith(_masters.Values);    // it is a finding of each
        if (_changed.Count > 0)
        {
            ImmutableDictionary<string, MasterView>.Builder masters = view.Masters.ToBuilder();
            foreach (MasterMonitor master in _changed)
            {
                if (!master.IsRemoved)
                    masters[master.Name] = MasterViews.ViewOf(master, _local.Names);
                else if (!_masters.ContainsKey(master.Name))    // another one may be monitored by that name since
                    masters.Remove(master.Name);
            }
            _changed.Clear();
            view = view with { Masters = masters.ToImmutable() };
        }
        bool isSame = view.CurrentEpoch == _local.CurrentEpoch && view.TiltSince == _local.TiltSince && view.SaveError == _local.SaveError
            && view.Options == _local.Options && view.SimulatedFailures == _local.SimulatedFailures;
        _view = isSame ? view : view with
        {
            CurrentEpoch = _local.CurrentEpoch, TiltSince = _local.TiltSince, SaveError = _local.SaveError,
            Options = _local.Options, SimulatedFailures = _local.SimulatedFailures,
        };
    }
}
