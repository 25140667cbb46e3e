using System.Collections.Immutable;
using Microsoft.Extensions.Logging;

namespace Sentinel.Daemon.Tests.Notifications;

/// <summary>Keeps what is logged.</summary>
internal sealed class RecordingLogger<T> : ILogger<T>
{
    private ImmutableList<Line> _lines = [];

    /// <summary>What was logged so far, in order.</summary>
    public ImmutableList<Line> Lines => Volatile.Read(ref _lines);

    /// <summary>How often a line of this kind was logged.</summary>
    public int Count(int eventId) => Lines.Count(line => line.EventId == eventId);

    /// <inheritdoc/>
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    /// <inheritdoc/>
    public bool IsEnabled(LogLevel logLevel) => true;

    /// <inheritdoc/>
    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        var values = ((IEnumerable<KeyValuePair<string, object?>>)state!).ToImmutableDictionary();
        ImmutableInterlocked.Update(ref _lines, lines => lines.Add(new Line(eventId.Id, formatter(state, exception), values)));
    }

    /// <param name="EventId">Which kind of line.</param>
    /// <param name="Text">What people read.</param>
    /// <param name="Values">What machines read.</param>
    internal sealed record Line(int EventId, string Text, ImmutableDictionary<string, object?> Values);
}
