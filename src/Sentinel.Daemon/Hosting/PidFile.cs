using System.Globalization;
using Sentinel.Core;
using Sentinel.Daemon.Logging;

namespace Sentinel.Daemon.Hosting;

/// <summary>The file that holds our process id while we run.</summary>
/// <remarks>
/// Written only once we listen: in Redis a second start on a taken port has by then overwritten the file of the first.
/// Removed only when it is still ours. What goes wrong with it is logged and stops nothing.
/// </remarks>
internal sealed class PidFile : IDisposable
{
    /// <summary>Where it is when nobody says, in the background.</summary>
    public const string DefaultPath = "/var/run/redis.pid";

    private readonly string _path;
    private readonly RedisLog _log;
    private bool _isRemoved;

    private PidFile(string path, RedisLog log) => (_path, _log) = (path, log);

    private static string Content => string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}\n");

    /// <summary>Writes the file.</summary>
    /// <returns>What removes it again; null when it could not be written.</returns>
    public static PidFile? Write(string path, RedisLog log)
    {
        try
        {
            File.WriteAllText(path, Content);
            return new PidFile(path, log);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            log.Write(EventLevel.Notice, $"Failed to write PID file: {failure.Message}");
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_isRemoved)
            return;
        _isRemoved = true;
        try
        {
            if (File.ReadAllText(_path) != Content)
                return;
            _log.Write(EventLevel.Notice, "Removing the pid file.");
            File.Delete(_path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            _log.Write(EventLevel.Notice, $"Failed to remove PID file: {failure.Message}");
        }
    }
}
