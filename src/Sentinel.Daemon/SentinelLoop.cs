using System.Collections.Concurrent;
using System.Collections.Immutable;
using Sentinel.Core;
using Sentinel.Daemon.Configuration;
using Sentinel.Daemon.Links;
using Sentinel.Daemon.Logging;
using Sentinel.Daemon.Names;
using Sentinel.Daemon.Notifications;

namespace Sentinel.Daemon;

/// <summary>The only writer: hands facts to the core one at a time, performs its effects, publishes its view.</summary>
/// <remarks>
/// It has a thread of its own, so that no burst of clients on the thread pool can delay a decision. It never waits for I/O:
/// an effect starts work, whose outcome comes back as a later fact.
/// </remarks>
internal sealed class SentinelLoop : IDisposable
{
    /// <summary>Facts that may wait. Beyond it links wait with reading and clients get an error; at rates of thousands a second it is seconds of standstill.</summary>
    private const int InputsMax = 65_536;

    /// <summary>Facts that are decided on before what they let be sent leaves. What comes together shares writes; a flood must not hold requests up.</summary>
    private const int StepsPerFlush = 64;

    /// <summary>What the process ends with when it dies on purpose. As in Redis.</summary>
    private const int SimulatedCrash = 99;

    private readonly SentinelCore _core;
    private readonly InstanceLinks _links;
    private readonly NameResolver _names;
    private readonly Action<SaveNumber, SentinelState, SentinelOptions> _persist;
    private readonly Action<ImmutableArray<LineageState>> _keepLineages;
    private readonly Action<RunScript> _runScript;
    private readonly IEventListener[] _listeners;
    private readonly RedisLog _log;
    private readonly MonotonicClock _clock;
    private readonly InputQueue _inputs = new(InputsMax);
    private readonly ConcurrentDictionary<RequestId, TaskCompletionSource<Answer>> _asked = new();
    private readonly Thread _thread;
    private readonly Action<Exception> _failed;
    private volatile SentinelView _view;
    private long _lastRequest;
    private long _lastEvent;
    private long _steps;
    private Instant _steppedAt;

    /// <summary>The newest save that was asked for and is not on its way yet; null: none.</summary>
    private SaveNumber? _unsaved;
    private bool _isSaving;
    private bool _haveLineagesChanged;
    private Instant _lineagesKeptAt;
    private volatile bool _isStopping;

    /// <param name="core">The decisions.</param>
    /// <param name="createLinks">Makes the links, given where their facts go.</param>
    /// <param name="createNames">Makes the resolver of names, given where its facts go.</param>
    /// <param name="persist">Starts to bring a state, and the options of the Sentinel itself, to disk; its outcome is to be told with <see cref="Saved"/>.</param>
    /// <param name="keepLineages">Starts to bring what is known of the groups' data to disk; must not block.</param>
    /// <param name="runScript">Lets a script be run; must not block.</param>
    /// <param name="listeners">Who hears events; called on the deciding thread, so they must not block.</param>
    /// <param name="log">Where log lines go.</param>
    /// <param name="clock">The time.</param>
    /// <param name="failed">Called once when a rule of the core was broken: the process must not go on acting.</param>
    public SentinelLoop(
        SentinelCore core,
        Func<Action<IReadOnlyList<Input>>, InstanceLinks> createLinks,
        Func<Action<Input>, NameResolver> createNames,
        Action<SaveNumber, SentinelState, SentinelOptions> persist,
        Action<ImmutableArray<LineageState>> keepLineages,
        Action<RunScript> runScript,
        IEnumerable<IEventListener> listeners,
        RedisLog log,
        MonotonicClock clock,
        Action<Exception> failed)
    {
        (_core, _persist, _keepLineages, _runScript, _log, _clock, _failed) = (core, persist, keepLineages, runScript, log, clock, failed);
        _links = createLinks(_inputs.AddAll);
        _names = createNames(Post);
        _listeners = [.. listeners];
        _view = core.View;
        _thread = new Thread(Run) { Name = "deciding loop", IsBackground = true };
    }

    /// <summary>The latest view. Immutable, and safe to read from any thread; a later one is never older.</summary>
    public SentinelView View => _view;

    /// <summary>How many facts were decided on. One that does not grow for long shows a loop that hangs: it wakes itself twice a second.</summary>
    public long Steps => Interlocked.Read(ref _steps);

    /// <summary>The time that the view's instants are on.</summary>
    public Instant Now => _clock.Now;

    /// <summary>Begins to decide.</summary>
    public void Start()
    {
        Post(new Started());
        _thread.Start();
    }

    /// <summary>Stops deciding; what was started goes on elsewhere. Waits for the step under way.</summary>
    public void Stop()
    {
        _isStopping = true;
        _inputs.Close();
        if (!_thread.IsAlive || _thread.Join(TimeSpan.FromSeconds(5)))
            KeepChanges(evenWhileSaving: true);
        _links.CloseAll();
        foreach ((RequestId id, TaskCompletionSource<Answer> answer) in _asked)
        {
            if (_asked.TryRemove(id, out _))
                answer.TrySetResult(new Answer.Refused("ERR Sentinel is shutting down"));
        }
    }

    /// <summary>Hands in a fact. May be called from any thread; waits while the queue is full.</summary>
    public void Post(Input input) => _inputs.Add(input);

    /// <summary>Hands in a fact that may be lost, and does not wait. May be called from any thread.</summary>
    /// <returns>False when too much waits to be decided; the fact is dropped.</returns>
    public bool TryPost(Input input) => _inputs.TryAdd(input);

    /// <summary>Asks the core something and gives its answer, which may wait until the disk has what it promises.</summary>
    /// <param name="question">Makes the input, given the id to answer to.</param>
    /// <returns>An error when too much waits to be decided.</returns>
    public Task<Answer> AskAsync(Func<RequestId, Input> question)
    {
        var id = new RequestId(Interlocked.Increment(ref _lastRequest));
        var answer = new TaskCompletionSource<Answer>(TaskCreationOptions.RunContinuationsAsynchronously);
        _asked[id] = answer;
        if (!TryPost(question(id)) && _asked.TryRemove(id, out _))
            answer.TrySetResult(new Answer.Refused(_isStopping ? "ERR Sentinel is shutting down" : "ERR Sentinel is overloaded, try again"));
        return answer.Task;
    }

    /// <summary>Tells the outcome of a save.</summary>
    /// <param name="number">The save.</param>
    /// <param name="error">Null: it is on disk.</param>
    public void Saved(SaveNumber number, string? error) => Post(error is null ? new StateSaved(number) : new StateNotSaved(number, error));

    /// <inheritdoc/>
    public void Dispose()
    {
        Stop();
        _names.Dispose();
    }

    private void Run()
    {
        try
        {
            while (!_inputs.IsCompleted)
            {
                // With many links deadlines gather for a breath, and mostly the facts that come meanwhile take them along.
                Instant wakeAt = Instant.Max(_core.WakeAt, _steppedAt + TimeSpan.FromMilliseconds(_links.BreathMs));
                IReadOnlyList<Input> inputs = _inputs.Take(_clock.MillisecondsUntil(wakeAt));
                _steppedAt = _clock.Now;
                if (inputs.Count == 0)
                    Step(Tick.Instance);
                for (int i = 0; i < inputs.Count; i++)
                {
                    Step(inputs[i]);
                    if (i % StepsPerFlush == StepsPerFlush - 1)
                        Leave();
                }
                _view = _core.View;
                Leave();
            }
        }
        catch (Exception broken)
        {
            // A rule on which safety hangs was broken: better to stop, loudly, than to act wrongly, and to leave on disk what was right.
            (_unsaved, _haveLineagesChanged) = (null, false);
            _failed(broken);
        }
    }

    /// <summary>Lets leave what several facts led to: to the disk, and to others.</summary>
    private void Leave()
    {
        KeepChanges(evenWhileSaving: false);
        _links.Flush();
    }

    /// <summary>Starts the save that is due, once for all who asked. While one is on its way the next one gathers: a state costs more the more masters there are.</summary>
    private void KeepChanges(bool evenWhileSaving)
    {
        if (_unsaved is { } number && (evenWhileSaving || !_isSaving))
        {
            (_unsaved, _isSaving) = (null, true);
            _persist(number, _core.State, _core.View.Options);
        }
        // More often would be in vain, and with very many masters not for nothing.
        if (_haveLineagesChanged && (evenWhileSaving || _clock.Now - _lineagesKeptAt >= LineageWriter.Pause))
        {
            (_haveLineagesChanged, _lineagesKeptAt) = (false, _clock.Now);
            _keepLineages(_core.Lineages);
        }
    }

    private void Step(Input input)
    {
        if (input is StateSaved or StateNotSaved)
            _isSaving = false;
        bool isShown = false;
        foreach (Effect effect in _core.Step(input, _clock.Now))
        {
            // What only links learn of need not be seen at once. Before all else it is: whoever gets our answer may read it back at once.
            if (!isShown && effect is not (Send or Connect or Disconnect))
            {
                _view = _core.View;
                isShown = true;
            }
            Perform(effect);
        }
        Interlocked.Increment(ref _steps);
    }

    private void Perform(Effect effect)
    {
        switch (effect)
        {
            case Send send:
                _links.Send(send);
                break;
            case Connect connect:
                _links.Connect(connect);
                break;
            case Disconnect disconnect:
                _links.Disconnect(disconnect);
                break;
            case ResolveName name:
                _names.Resolve(name.Host);
                break;
            case PersistState persist:
                _unsaved = persist.Number;
                break;
            case KeepLineages:
                _haveLineagesChanged = true;
                break;
            case PublishEvent published:
                Tell(published.Event);
                break;
            case RunScript order:
                _runScript(order);
                break;
            case WriteLog line:
                _log.Write(line.Level, line.Text);
                break;
            case SimulateCrash:
                _log.Write(EventLevel.Warning, "Sentinel CRASH because of SENTINEL simulate-failure");
                _log.Dispose();
                Posix.Exit(SimulatedCrash);
                break;
            case GiveAnswer given:
                if (_asked.TryRemove(given.Id, out TaskCompletionSource<Answer>? answer))
                    answer.TrySetResult(given.Answer);
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private void Tell(SentinelEvent happened)
    {
        var stamped = new StampedEvent(++_lastEvent, _clock.WallNow, happened);
        foreach (IEventListener listener in _listeners)
            listener.OnEvent(stamped);
    }
}
