using Sentinel.Core;

namespace Sentinel.Daemon.Notifications;

/// <summary>An event with its place in the stream: what every listener is told.</summary>
/// <param name="Sequence">Its number since the start of this process, from 1 and without gaps.</param>
/// <param name="Time">When it was decided: wall time, UTC. For people and receivers; it may step backwards with the clock.</param>
/// <param name="Event">What happened.</param>
internal sealed record StampedEvent(long Sequence, DateTimeOffset Time, SentinelEvent Event);
