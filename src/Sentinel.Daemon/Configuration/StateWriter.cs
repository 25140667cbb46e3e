using System.Diagnostics;
using Sentinel.Core;

namespace Sentinel.Daemon.Configuration;

/// <summary>Saves the state without making anybody wait: one save at a time, the newest of those asked for.</summary>
/// <remarks>
/// Group commit: while one save is on its way to disk, any number may be asked for; one more save then covers them all.
/// At most one is under way and one waits, so there is nothing to fill up. It has a thread of its own, for fsync blocks.
/// </remarks>
internal sealed class StateWriter : IAsyncDisposable
{
    private readonly StateFile _file;
    private readonly Action<SaveNumber, string?> _completed;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly object _gate = new();    // a monitor, for its thread waits on it
    private (SaveNumber Number, Func<string, string> Rewrite)? _waiting;
    private bool _isStopping;

    /// <param name="file">Belongs to this writer from now on.</param>
    /// <param name="completed">
    /// Told of each save: the number up to which all is on disk, or the number up to which nothing more is and the error.
    /// Called on the writer's thread, which waits; it must not throw. A failed save is not tried again of itself.
    /// </param>
    public StateWriter(StateFile file, Action<SaveNumber, string?> completed)
    {
        _file = file;
        _completed = completed;
        new Thread(Run) { Name = "state writer", IsBackground = true }.Start();
    }

    /// <summary>Asks for a save. Returns at once. From any thread.</summary>
    /// <param name="number">Larger than the one before.</param>
    /// <param name="rewrite">
    /// From the text of the file to the text to save, for a state that covers all numbers before. Pure; runs on the
    /// writer's thread, or never, when a newer one comes first.
    /// </param>
    /// <exception cref="InvalidOperationException">The writer has been stopped.</exception>
    public void Request(SaveNumber number, Func<string, string> rewrite)
    {
        lock (_gate)
        {
            if (_isStopping)
                throw new InvalidOperationException("A save was asked for after the writer had been stopped.");
            Debug.Assert(_waiting is not { } waiting || waiting.Number < number, "saves are numbered in order");
            _waiting = (number, rewrite);
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
        while (Next() is var (number, rewrite))
            _completed(number, Save(rewrite));
        _ended.SetResult();
    }

    private (SaveNumber Number, Func<string, string> Rewrite)? Next()
    {
        lock (_gate)
        {
            while (_waiting is null && !_isStopping)
                Monitor.Wait(_gate);
            (var next, _waiting) = (_waiting, null);
            return next;
        }
    }

    private string? Save(Func<string, string> rewrite)
    {
        try
        {
            return _file.Save(rewrite) is SaveResult.Failed(var error) ? error : null;
        }
        catch (Exception bug)
        {
            return bug.ToString();    // the next save may go well; until then nothing that depends on this one is said
        }
    }
}
