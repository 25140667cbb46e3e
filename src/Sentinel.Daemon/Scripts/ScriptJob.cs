using System.Collections.Immutable;
using Sentinel.Core;

namespace Sentinel.Daemon.Scripts;

/// <summary>One call of a script, from the event that asked for it to the last run.</summary>
/// <param name="path">The program, as configured.</param>
/// <param name="arguments">What it is told.</param>
/// <param name="now">When it was asked for: it may start at once.</param>
internal sealed class ScriptJob(string path, ImmutableArray<string> arguments, Instant now)
{
    /// <summary>The program, as configured.</summary>
    public string Path { get; } = path;

    /// <summary>What it is told.</summary>
    public ImmutableArray<string> Arguments { get; } = arguments;

    /// <summary>How often it was run, the present run included.</summary>
    public int Tries { get; set; }

    /// <summary>Whether it runs.</summary>
    public bool IsRunning { get; set; }

    /// <summary>When it may start.</summary>
    public Instant StartAt { get; set; } = now;

    /// <summary>When the present run started.</summary>
    public Instant StartedAt { get; set; } = now;

    /// <summary>The process of the present run; 0: there is none yet.</summary>
    public int ProcessId { get; set; }

    /// <summary>Whether the present run took too long, and was killed.</summary>
    public bool IsKilled { get; set; }
}
