using Sentinel.Core;
using Sentinel.Daemon.Logging;

namespace Sentinel.Daemon.Configuration;

/// <summary>Keeps what is known of the groups' data, without haste: nobody waits for it, and no more than one save a second is made.</summary>
/// <remarks>It has a thread and a file of its own, so that it is never in the way of a vote. Of several states that wait only the last is written.</remarks>
internal sealed class LineageWriter : IAsyncDisposable
{
    /// <summary>Time from one save to the next; what is asked for meanwhile is taken together.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly StateFile _file;
    private readonly string _path;
    private readonly RedisLog _log;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly object _gate = new();    // a monitor, for its thread waits on it
    private IReadOnlyList<LineageState>? _waiting;
    private bool _isStopping;
    private bool _hasFailed;

    /// <param name="path">Where to keep it.</param>
    /// <param name="log">Is told, once, when that fails.</param>
    public LineageWriter(string path, RedisLog log)
    {
        (_path, _log, _file) = (path, log, new StateFile(path));
        new Thread(Run) { Name = "lineage writer", IsBackground = true }.Start();
    }

    /// <summary>Asks for a save. Returns at once. From any thread.</summary>
    public void Keep(IReadOnlyList<LineageState> lineages)
    {
        lock (_gate)
        {
            _waiting = lineages;
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Makes the save that waits, if any, and ends.</summary>
    /// <param name="impatient">Cancelled: no longer wait for a disk that does not answer.</param>
    public Task StopAsync(CancellationToken impatient)
    {
        lock (_gate)
        {
            _isStopping = true;
            Monitor.Pulse(_gate);
        }
        return _ended.Task.WaitAsync(impatient);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await StopAsync(CancellationToken.None);

    private void Run()
    {
        while (Next() is { } lineages)
        {
            Save(lineages);
            lock (_gate)
            {
                if (!_isStopping)
                    Monitor.Wait(_gate, Pause);    // what comes in it is taken together
            }
        }
        _ended.SetResult();
    }

    private IReadOnlyList<LineageState>? Next()
    {
        lock (_gate)
        {
            while (_waiting is null && !_isStopping)
                Monitor.Wait(_gate);
            (IReadOnlyList<LineageState>? next, _waiting) = (_waiting, null);
            return next;
        }
    }

    private void Save(IReadOnlyList<LineageState> lineages)
    {
        string? error;
        try
        {
            error = _file.Save(_ => LineageFile.Write(lineages)) is SaveResult.Failed(var failure) ? failure : null;
        }
        catch (Exception bug)
        {
            error = bug.ToString();    // nothing hangs on it
        }
        if (error is not null && !_hasFailed)
            _log.Write(EventLevel.Warning, $"{_path} cannot be written: {error}. What the groups' data are is known only until this process ends.");
        _hasFailed = error is not null;
    }
}
