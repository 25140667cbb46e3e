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
    private readonly SortedDictionary<string, MasterMonitor> _masters = new(StringComparer.Ordinal);
    private readonly List<MasterMonitor> _changed = [];
    private Instant _steppedAt;
    private TimeSpan _graceGiven;
    private Instant? _saveAgainAt;

    /// <summary>Starts from what survived the last run.</summary>
    /// <param name="state">The state from disk.</param>
    /// <param name="options">What the configuration says about this Sentinel.</param>
    /// <param name="random">The only source of chance.</param>
    /// <param name="now">The time.</param>
    public SentinelCore(SentinelState state, SentinelOptions options, Random random, Instant now)
    {
        _local = new LocalSentinel(state.Id, state.CurrentEpoch, options, random, now);
        _links = new LinkTable(_local);
        _local.Names.Moved = Follow;
        _local.Names.InUse = () => _links.All.Select(link => link.Address.Host);
        _nameWaits = new NameWaits(_local) { Proceed = Proceed };
        _tilt = new Tilt(_local, _links);
        _steppedAt = now;
        foreach (MasterState master in state.Masters)
            _masters.Add(master.Options.Name, new MasterMonitor(master, _local, _links));
        View = new SentinelView { Id = state.Id, Options = options };
        RefreshView(_masters.Values);
    }

    /// <summary>What this Sentinel believes, as of the last step.</summary>
    public SentinelView View { get; private set; }

    /// <summary>When to hand in a <see cref="Tick"/>, if nothing else comes before.</summary>
    public Instant WakeAt => Instant.Min(Instant.Min(_local.Schedule.WakeAt, _tilt.EndsAt), _steppedAt + _local.Timing.Heartbeat);

    /// <summary>What must survive a restart, as of the last step.</summary>
    public SentinelState State => new(_local.Id, _local.CurrentEpoch, [.. _masters.Values.Select(master => MasterViews.StateOf(master, _local.Names))]);

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
        _local.Schedule.DecideTouched(item =>
        {
            if (item is MasterMonitor master)
                _changed.Add(master);
        });
        RefreshView(_changed);
        _changed.Clear();
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
                if (AskedAbout(question) is not null || !_nameWaits.Keep(question))
                    Proceed(question);
                break;
            case NameResolved resolved:
                _local.Names.Resolved(resolved.Host, resolved.Ips);
                break;
            case NameNotResolved failed:
                _local.Names.NotResolved(failed.Host, failed.Error, failed.IsPassing);
                break;
            case FailoverRequested request:
                Give(request.Id, _masters.TryGetValue(request.MasterName, out MasterMonitor? toFail) ? toFail.Force() : NoSuchMaster);
                break;
            case MonitorRequested request:
                Monitor(request);
                break;
            case RemoveRequested request:
                Remove(request);
                break;
            case ResetRequested request:
                Reset(request);
                break;
            case SetRequested request:
                Set(request);
                break;
            case OptionsChangeRequested request:
                Change(request);
                break;
            case TimingChangeRequested request:
                Change(_local.Options with { Timing = request.Apply(_local.Timing) });
                Give(request.Id, request.Error is { } error ? new Answer.Refused(error) : new Answer.Ok());
                break;
            case FailureSimulationRequested request:
                _local.SimulatedFailures = request.Failures;
                View = View with { SimulatedFailures = request.Failures };
                Give(request.Id, new Answer.Ok());
                break;
            case FlushRequested request:
                GiveWhenSaved(request.Id, new Answer.Ok());
                break;
            case StateSaved saved:
                _local.Log(EventLevel.Notice, "Sentinel new configuration saved on disk");
                _local.Saved(saved.Number);
                _saveAgainAt = null;
                break;
            case StateNotSaved failed:
                _local.Log(EventLevel.Warning, $"WARNING: Sentinel was not able to save the new configuration on disk!!!: {failed.Error}");
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

    private static Answer NoSuchMaster => new Answer.Refused("ERR No such master with that name");

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
                link.CountAnswer();
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
        link.Lost(lost.Channel);
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
                    user.Master.PingAnswered(user, answered.Reply);
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
                node.Master.InfoAnswered(node, answered.Reply);
                break;
            case Request.ProbeReplicaOf when NodeOf(link) is { } node:
                node.Master.ProbeAnswered(node, answered.Reply);
                break;
            case Request.Reconfigure request when NodeOf(link) is { } node:
                node.Master.ReconfigureAnswered(node, request, answered.Reply);
                break;
            case Request.PublishHello request when UserOf(link, request.Hello.MasterName) is { } instance:
                instance.Master.HelloAnswered(instance);
                break;
            case Request.AskIfDown request when UserOf(link, request.MasterName) is Peer peer:
                peer.Master.DownAnswered(peer, request, answered.Reply);
                break;
            case Request.AskMaster request when UserOf(link, request.MasterName) is Peer peer:
                peer.Master.BeliefAnswered(peer, answered.Reply);
                break;
            default:
                break;    // SCRIPT KILL shows in the next PING; the rest belongs to what is monitored no more
        }
    }

    private static DataNode? NodeOf(InstanceLink link) => link.Users.Count == 1 ? link.Users[0] as DataNode : null;

    private static Instance? UserOf(InstanceLink link, string masterName) =>
        link.Users.Count == 1 && link.Users[0].Master.Name == masterName
            ? link.Users[0]
            : link.Users.Find(user => user.Master.Name == masterName);

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
            case DownQuestionReceived question when AskedAbout(question) is { } asked:
                asked.Answer(question);
                break;
            case DownQuestionReceived question:
                Give(question.Id, new Answer.Down(false, null, Epoch.Zero));
                break;
            default:
                throw new UnreachableException();
        }
    }

    private MasterMonitor? AskedAbout(DownQuestionReceived question) =>
        _masters.Values.FirstOrDefault(master => _local.Names.AreSame(master.Address, question.Master))
        ?? _masters.Values.FirstOrDefault(master => master.IsCalled(question.Master));

    /// <summary>A name leads elsewhere: so do the links to whom it names, and what is shown of them.</summary>
    private void Follow(string host)
    {
        InstanceLink[] links = [.. _links.All.Where(link => string.Equals(link.Address.Host, host, StringComparison.OrdinalIgnoreCase))];
        foreach (InstanceLink link in links)
            link.FollowName();
        foreach (MasterMonitor master in links.SelectMany(link => link.Users).Select(user => user.Master).Distinct().ToArray())
            master.NameMoved();
    }

    private void Monitor(MonitorRequested request)
    {
        if (_masters.ContainsKey(request.Options.Name))
        {
            Give(request.Id, new Answer.Refused("ERR Duplicate master name."));
            return;
        }
        // It may have been monitored before, and a vote given then is binding still.
        var state = new MasterState { Options = request.Options, Address = request.Address, LeaderEpoch = _local.CurrentEpoch };
        var master = new MasterMonitor(state, _local, _links);
        _masters.Add(master.Name, master);
        GiveWhenSaved(request.Id, new Answer.Ok());
        master.Announce();
    }

    private void Remove(RemoveRequested request)
    {
        if (!_masters.Remove(request.MasterName, out MasterMonitor? master))
        {
            Give(request.Id, NoSuchMaster);
            return;
        }
        master.Remove();
        View = View with { Masters = View.Masters.Remove(request.MasterName) };
        GiveWhenSaved(request.Id, new Answer.Ok());
    }

    private void Reset(ResetRequested request)
    {
        int count = 0;
        foreach (string name in request.MasterNames)
        {
            if (!_masters.TryGetValue(name, out MasterMonitor? master))
                continue;
            master.Reset();
            count++;
        }
        // Redis does not save here, so that what was forgotten is back after a restart (spec 14.2.5).
        if (count > 0)
            _local.Save();
        Give(request.Id, new Answer.Count(count));
    }

    private void Set(SetRequested request)
    {
        if (!_masters.TryGetValue(request.MasterName, out MasterMonitor? master))
        {
            Give(request.Id, NoSuchMaster);
            return;
        }
        master.Change(request.Changes);
        GiveWhenSaved(request.Id, new Answer.Ok());
    }

    private void Change(OptionsChangeRequested request)
    {
        SentinelOptions changed = request.Apply(_local.Options);
        if (_local.Options.ResolveHostnames && !changed.ResolveHostnames
            && _masters.Values.Select(master => master.WithoutKnownIp()).FirstOrDefault(address => address is not null) is { } nameless)
        {
            // It would go into the file by name, and no Sentinel that does not resolve names starts on that.
            _local.Log(EventLevel.Warning, $"'resolve-hostnames' stays yes: it is not known where '{nameless.Host}' leads, which is configured or was discovered");
            Give(request.Id, OptionsChangeRequested.NamesAreNeeded);
            return;
        }
        Change(changed);
        GiveWhenSaved(request.Id, new Answer.Ok());
    }

    /// <summary>Takes other options into use. Whoever waits for a deadline looks again when it comes now.</summary>
    private void Change(SentinelOptions options)
    {
        SentinelOptions before = _local.Options;
        _local.Options = options;
        View = View with { Options = options };
        if (options.PeerCredentials != before.PeerCredentials)
        {
            foreach (InstanceLink link in _links.Peers)
            {
                link.Credentials = options.PeerCredentials;
                link.Reconnect();
            }
        }
        if ((options.ResolveHostnames, options.AnnounceHostnames) != (before.ResolveHostnames, before.AnnounceHostnames))
        {
            // What is shown of all instances changes, and links that only a name is known of may be made now.
            foreach (InstanceLink link in _links.All)
                _local.Touch(link);
            foreach (MasterMonitor master in _masters.Values)
                _local.Touch(master);
        }
        if (options.Timing == before.Timing)
            return;
        foreach (InstanceLink link in _links.All)
            _local.Touch(link);
        foreach (MasterMonitor master in _masters.Values)
            master.TimingChanged(before.Timing);
    }

    private void Give(RequestId id, Answer answer) => _local.Do(new GiveAnswer(id, answer));

    private void GiveWhenSaved(RequestId id, Answer answer) =>
        _local.WhenSaved(
            _local.Save(),
            saved: () => Give(id, answer),
            failed: _ => Give(id, new Answer.Refused("ERR Failed to save config file. Check server logs.")));

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

    private void RefreshView(IEnumerable<MasterMonitor> changed)
    {
        SentinelView view = View;
        foreach (MasterMonitor master in changed)
        {
            if (!master.IsRemoved)
                view = view with { Masters = view.Masters.SetItem(master.Name, MasterViews.ViewOf(master, _local.Names)) };
        }
        View = view.CurrentEpoch == _local.CurrentEpoch && view.TiltSince == _local.TiltSince
            ? view
            : view with { CurrentEpoch = _local.CurrentEpoch, TiltSince = _local.TiltSince };
    }
}
