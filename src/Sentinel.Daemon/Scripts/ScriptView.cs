using System.Collections.Immutable;

namespace Sentinel.Daemon.Scripts;

/// <summary>A waiting or running script as <c>SENTINEL PENDING-SCRIPTS</c> shows it.</summary>
/// <param name="Words">The program and what it is told.</param>
/// <param name="IsRunning">Whether it runs now.</param>
/// <param name="ProcessId">Its process; 0: it does not run.</param>
/// <param name="TimeMs">How long it has been running or, when it waits, how long until it is run: 0 for as soon as there is room.</param>
/// <param name="Tries">How often it was run, the present run included.</param>
internal sealed record ScriptView(ImmutableArray<string> Words, bool IsRunning, int ProcessId, long TimeMs, int Tries);
