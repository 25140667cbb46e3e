using Sentinel.Core;

namespace Sentinel.Daemon.Commands;

/// <summary>How the handling of a call ended: it was answered, or its answer waits for a decision of the core.</summary>
internal readonly struct Outcome
{
    private Outcome(Task<Answer> decision) => Decision = decision;

    /// <summary>The reply was written, or there is none.</summary>
    public static Outcome Answered => default;

    /// <summary>The decision, to be given to <see cref="CommandCall.Complete"/>; null: the call was answered.</summary>
    public Task<Answer>? Decision { get; }

    /// <summary>The answer is what will be decided.</summary>
    public static implicit operator Outcome(Task<Answer> decision) => new(decision);
}
