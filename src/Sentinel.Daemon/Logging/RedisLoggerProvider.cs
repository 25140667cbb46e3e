using Sentinel.Core;

namespace Sentinel.Daemon.Logging;

/// <summary>Brings what libraries log into the one log.</summary>
internal sealed class RedisLoggerProvider(RedisLog log) : ILoggerProvider
{
    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new Logger(log);

    /// <inheritdoc/>
    public void Dispose()
    {
        // The log outlives its readers: its owner closes it.
    }

    private sealed class Logger(RedisLog log) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel is not LogLevel.None && log.IsWritten(LevelOf(logLevel));

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel))
                return;
            string text = formatter(state, exception);
            log.Write(LevelOf(logLevel), exception is null ? text : $"{text}: {exception.GetType().Name}: {exception.Message}");
        }

        private static EventLevel LevelOf(LogLevel level) => level switch
        {
            LogLevel.Trace => EventLevel.Debug,
            LogLevel.Debug => EventLevel.Verbose,
            LogLevel.Information => EventLevel.Notice,
            _ => EventLevel.Warning,
        };
    }
}
