namespace Sentinel.Core;

/// <summary>Hellos and questions that cannot be understood before a name in them is resolved.</summary>
/// <remarks>
/// To resolve first and then to commit: a hello half taken in would lose a peer, or an epoch, or tell of a switch that never was,
/// as it does in Redis Sentinel.
/// </remarks>
internal sealed class NameWaits(LocalSentinel local) : IScheduled
{
    /// <summary>Bound of both kinds. The oldest hello gives way, for another one follows; a question beyond it is answered as if the name led nowhere.</summary>
    private const int WaitingMax = 256;

    private readonly List<Wait> _waiting = [];
    private readonly Wakeup _wake = new(local);

    public Instant WakeAt => _wake.At;
    public Instant ScheduledAt { get; set; } = Instant.Never;
    public bool IsTouched { get; set; }

    /// <summary>What happens to that which was waited for, once all names are answered, or not in time.</summary>
    public required Action<Input> Proceed { get; init; }

    /// <summary>Keeps a hello until its names are answered; the newest of a sender about a master replaces the one before.</summary>
    /// <returns>False when nothing is to be waited for.</returns>
    public bool Keep(HelloReceived input, HelloMessage hello)
    {
        _waiting.RemoveAll(wait => wait.Sender == (hello.Id, hello.MasterName));
        // Both are asked for, so both bars.
        if (!(local.Names.Awaits(hello.Sentinel, this) | local.Names.Awaits(hello.Master, this)))
            return false;
        if (_waiting.Count(wait => wait.Sender is not null) >= WaitingMax)
            _waiting.RemoveAt(_waiting.FindIndex(wait => wait.Sender is not null));
        _waiting.Add(new Wait(input, [hello.Sentinel, hello.Master], Instant.Never, (hello.Id, hello.MasterName)));
        return true;
    }

    /// <summary>Keeps a question until its name is answered, but not for long: the asker has a failover to decide.</summary>
    /// <returns>False when nothing is to be waited for.</returns>
    public bool Keep(DownQuestionReceived question)
    {
        if (_waiting.Count(wait => wait.Sender is null) >= WaitingMax || !local.Names.Awaits(question.Master, this))
            return false;
        _waiting.Add(new Wait(question, [question.Master], local.Now + local.Timing.NameWait, Sender: null));
        local.Touch(this);
        return true;
    }

    public void Decide()
    {
        _wake.Reset();
        foreach (Wait wait in _waiting.ToArray())
        {
            bool isOver = !Array.Exists(wait.Names, name => local.Names.Awaits(name, this));
            if (!isOver && !_wake.IsDue(wait.Until))
                continue;
            _waiting.Remove(wait);
            Proceed(wait.Input);
        }
    }

    /// <param name="Input">What waits.</param>
    /// <param name="Names">For what.</param>
    /// <param name="Until">How long.</param>
    /// <param name="Sender">Of a hello its sender and master; null: it is a question.</param>
    private sealed record Wait(Input Input, Address[] Names, Instant Until, (SentinelId, string)? Sender);
}
