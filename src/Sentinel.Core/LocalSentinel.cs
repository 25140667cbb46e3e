using System.Diagnostics;

namespace Sentinel.Core;

/// <summary>What all monitors of this process share: identity, epoch, saves, chance, and where effects go.</summary>
internal sealed class LocalSentinel
{
    private readonly Random _random;
    private const int SaidMax = 256;

    private readonly HashSet<string> _said = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<Effect> _effects = [];
    private readonly List<WaitingForSave> _waiting = [];
    private bool _isSaveRequested;
    private SaveNumber _failedSave;
    private readonly SaveLog _saveLog;

    /// <summary>Characters of a log line. An error of a node may be quoted in it, and that can be any length.</summary>
    private const int LogLineMax = 1024;

    /// <summary>Characters that are shown of why a save failed.</summary>
    private const int SaveErrorMax = 200;

    public LocalSentinel(SentinelId id, Epoch currentEpoch, SentinelOptions options, Random random, Instant now)
    {
        (Id, CurrentEpoch, Options, _random, Now) = (id, currentEpoch, options, random, now);
        Names = new NameTable(this);
        _saveLog = new SaveLog(this);
    }

    public Schedule Schedule { get; } = new();
    public SentinelId Id { get; }

    /// <summary>What the configuration says about this Sentinel; changes while it runs.</summary>
    public SentinelOptions Options { get; set; }

    public Timing Timing => Options.Timing;

    /// <summary>Where host names lead.</summary>
    public NameTable Names { get; }

    /// <summary>How many links there are.</summary>
    public int Links { get; set; }

    /// <summary>How many masters we hold down.</summary>
    public int MastersDown { get; set; }

    /// <summary>How many times as long as for a single master the steps of an election may take.</summary>
    public int Crowding => 1 + MastersDown / Timing.Crowd;

    /// <summary>How long peers take to answer, as of late: at once as long as the longest, and shorter again bit by bit.</summary>
    public TimeSpan AnswerTime { get; private set; }

    /// <summary>Takes note of how long a peer took to answer.</summary>
    public void PeerAnswered(TimeSpan after) => AnswerTime = after > AnswerTime ? after : AnswerTime - ((AnswerTime - after) / 16);

    /// <summary>What a time of an election comes to among so many.</summary>
    /// <param name="alone">What it is for a single master.</param>
    /// <param name="atMost">Its bound, which holds for a single one too.</param>
    public TimeSpan Crowded(TimeSpan alone, TimeSpan atMost) => alone * Crowding < atMost ? alone * Crowding : atMost;

    /// <summary>Which group a replication history is of; see <see cref="Lineage"/>, which bounds them.</summary>
    public Dictionary<string, string> Histories { get; } = new(StringComparer.Ordinal);

    /// <summary>Histories that masters' present ones went on from, with the group.</summary>
    public Dictionary<string, string> FormerHistories { get; } = new(StringComparer.Ordinal);

    public Epoch CurrentEpoch { get; private set; }

    /// <summary>The time of the input being taken in.</summary>
    public Instant Now { get; private set; }

    /// <summary>When TILT began; null: not in TILT.</summary>
    public Instant? TiltSince { get; set; }

    /// <summary>In TILT we watch, answer and vote, but hold nobody down and start nothing.</summary>
    public bool IsInTilt => TiltSince is not null;

    /// <summary>When to die on purpose.</summary>
    public SimulatedFailures SimulatedFailures { get; set; }

    /// <summary>After a stall of our own, replies that wait in our sockets are read before anybody's silence is judged.</summary>
    public Instant JudgeAfter { get; set; }

    /// <summary>The newest save that was asked for.</summary>
    public SaveNumber LastSave { get; private set; }

    /// <summary>The newest save that is on disk.</summary>
    public SaveNumber DurableSave { get; private set; }

    /// <summary>Why the last save failed, in the system's words; null: it did not, or there was none.</summary>
    public string? SaveError { get; private set; }

    public IReadOnlyList<Effect> Effects => _effects;

    public void Begin(Instant now)
    {
        Debug.Assert(now >= Now, "time goes forward");
        Now = now;
        _effects.Clear();
        _isSaveRequested = false;
    }

    /// <summary>Lets something decide before this step is over.</summary>
    public void Touch(IScheduled item) => Schedule.Touch(item);

    public void Do(Effect effect) => _effects.Add(effect);

    public void Publish(SentinelEvent happened)
    {
        Do(new PublishEvent(happened));
        if (happened.NotificationScript is { } script)
            Do(new RunScript(script, [happened.Name, happened.Payload]));
    }

    /// <summary>Writes a log line; what is quoted in it of others may be cut.</summary>
    public void Log(EventLevel level, string text) =>
        Do(new WriteLog(level, text.Length > LogLineMax ? $"{text.AsSpan(0, LogLineMax)}..." : text));

    /// <summary>Says something to the operator that would be said again and again; once for each subject.</summary>
    public void LogOnce(string subject, string text)
    {
        if (_said.Count >= SaidMax)
            _said.Clear();    // who floods us with subjects may make us repeat ourselves
        if (_said.Add(subject))
            Log(EventLevel.Warning, text);
    }

    /// <summary>A subject is settled: what is said of it next is news.</summary>
    public void ForgetSaid(string subject) => _said.Remove(subject);

    /// <summary>Asks for the state, as it is when this step is over, to be brought to disk.</summary>
    public SaveNumber Save()
    {
        if (!_isSaveRequested)
        {
            _isSaveRequested = true;
            LastSave = new SaveNumber(LastSave.Number + 1);
            Do(new PersistState(LastSave));
        }
        return LastSave;
    }

    public bool IsDurable(SaveNumber save) => save <= DurableSave;

    /// <summary>Whether a save was tried in vain, so that what it was to keep needs another one.</summary>
    public bool HasFailed(SaveNumber save) => !IsDurable(save) && save <= _failedSave;

    /// <summary>Does something once a save is known to be, or not to be, on disk.</summary>
    /// <remarks>Bounded by what asks: one vote or command each, and the shell bounds the questions it lets in.</remarks>
    public void WhenSaved(SaveNumber save, Action saved, Action<string> failed)
    {
        if (IsDurable(save))
            saved();
        else
            _waiting.Add(new WaitingForSave(save, saved, failed));
    }

    public void Saved(SaveNumber save)
    {
        SaveError = null;
        _saveLog.Saved();
        if (save > DurableSave)
            DurableSave = save;
        foreach (WaitingForSave waiting in Waiting(DurableSave))
            waiting.Saved();
    }

    public void NotSaved(SaveNumber save, string error)
    {
        SaveError = FirstLine(error);
        _saveLog.NotSaved(error);
        if (save > _failedSave)
            _failedSave = save;
        foreach (WaitingForSave waiting in Waiting(save))
            waiting.Failed(error);
    }

    /// <summary>What is shown of an error: it goes into replies and fields of one line.</summary>
    private static string FirstLine(string error)
    {
        int end = error.AsSpan().IndexOfAnyInRange('\0', '\x1f');
        return error[..Math.Min(end < 0 ? error.Length : end, SaveErrorMax)];
    }

    /// <summary>Takes out what waits for the saves up to one.</summary>
    private WaitingForSave[] Waiting(SaveNumber upTo)
    {
        WaitingForSave[] over = [.. _waiting.Where(waiting => waiting.Save <= upTo)];
        if (over.Length > 0)
            _waiting.RemoveAll(waiting => waiting.Save <= upTo);
        return over;
    }

    /// <summary>Whether an epoch may be the outcome of elections that we missed. One that leaps would let the numbers run out.</summary>
    public bool Believes(Epoch epoch) => epoch <= Epoch.Limit && epoch.Number <= CurrentEpoch.Number + Epoch.LeapMax;

    /// <summary>Adopts a larger epoch.</summary>
    public void EnterEpoch(Epoch epoch, MasterMonitor because)
    {
        if (epoch <= CurrentEpoch)
            return;
        CurrentEpoch = epoch;
        Save();
        Publish(because.About("+new-epoch", EventLevel.Warning, epoch.ToString()) with { Epoch = epoch });
    }

    /// <summary>Dies, if an operator wanted it at this moment.</summary>
    public void CrashIfWanted(SimulatedFailures moment)
    {
        if (SimulatedFailures.HasFlag(moment))
            Do(new SimulateCrash());
    }

    /// <summary>A random time from zero up to, but not including, <paramref name="below"/>.</summary>
    public TimeSpan Jitter(TimeSpan below) => new((long)(_random.NextDouble() * below.Ticks));

    private sealed record WaitingForSave(SaveNumber Save, Action Saved, Action<string> Failed);
}
