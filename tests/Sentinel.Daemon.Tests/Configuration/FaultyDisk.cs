using Microsoft.Win32.SafeHandles;
using Sentinel.Daemon.Configuration;

namespace Sentinel.Daemon.Tests.Configuration;

/// <summary>The disk of this machine, except that a save can be stopped at any of its calls, and that its power can fail.</summary>
/// <remarks>
/// What the power takes is what no fsync has brought to disk: the bytes of a file, and the names in a folder. A file
/// whose fsync failed once is lost for good, even when a later fsync says otherwise, as on Linux.
/// </remarks>
internal sealed class FaultyDisk : Disk
{
    private readonly Dictionary<SafeFileHandle, string> _open = [];
    private readonly HashSet<string> _unsynced = [];
    private readonly HashSet<string> _doomed = [];
    private readonly Stack<(string From, string To, byte[]? Before)> _renamed = new();
    private int _calls;
    private bool _isDead;

    /// <summary>The call of the next save that is stopped, counted from 1; 0: none.</summary>
    public int StopAt { get; set; }

    /// <summary>What the call at which it stops says; null: it says nothing, for the process dies there.</summary>
    public string? Error { get; set; }

    /// <summary>Whether that call was reached.</summary>
    public bool HasStopped { get; private set; }

    /// <summary>What the process is gone with.</summary>
    public sealed class Death : Exception;

    /// <summary>Counts calls from the beginning again.</summary>
    public void Rearm(int stopAt, string? error) => (_calls, StopAt, Error, HasStopped) = (0, stopAt, error, false);

    /// <summary>The power goes, and with it the process.</summary>
    /// <param name="keptOfUnsynced">How much of what was written but not synced the disk happens to hold, from 0 to 1.</param>
    /// <param name="keepsNames">Whether names that were not synced happen to be on disk.</param>
    public void LosePower(double keptOfUnsynced, bool keepsNames)
    {
        foreach (string path in _unsynced.Where(File.Exists))
        {
            using FileStream file = File.OpenWrite(path);
            file.SetLength((long)(file.Length * keptOfUnsynced));
        }
        while (!keepsNames && _renamed.TryPop(out var renamed))
        {
            File.Move(renamed.To, renamed.From);
            if (renamed.Before is not null)
                File.WriteAllBytes(renamed.To, renamed.Before);
        }
    }

    public override FileStamp? Stamp(string path) => Alive(base.Stamp(path));

    public override byte[]? Read(string path, out string? error)
    {
        error = Stop();
        return error is null ? base.Read(path, out error) : null;
    }

    public override SafeFileHandle? Create(string path, UnixFileMode mode, out string? error)
    {
        error = Stop();
        if (error is not null || base.Create(path, mode, out error) is not { } file)
            return null;
        _open[file] = path;
        _unsynced.Add(path);
        return file;
    }

    public override string? Write(SafeFileHandle file, byte[] bytes)
    {
        base.Write(file, bytes[..(bytes.Length / 2)]);
        return Stop() ?? base.Write(file, bytes[(bytes.Length / 2)..]);
    }

    public override string? ChangeOwner(SafeFileHandle file, uint user, uint group) => Stop() ?? base.ChangeOwner(file, user, group);

    public override string? ChangeMode(SafeFileHandle file, UnixFileMode mode) => Stop() ?? base.ChangeMode(file, mode);

    public override string? Sync(SafeFileHandle file)
    {
        if (Stop() is { } error)
        {
            _doomed.Add(_open[file]);
            return error;
        }
        if (!_doomed.Contains(_open[file]))
            _unsynced.Remove(_open[file]);
        return null;
    }

    public override string? Rename(string from, string to)
    {
        if (Stop() is { } error)
            return error;
        _renamed.Push((from, to, File.Exists(to) ? File.ReadAllBytes(to) : null));
        if (_unsynced.Remove(from))
            _unsynced.Add(to);
        else
            _unsynced.Remove(to);
        return base.Rename(from, to);
    }

    public override string? SyncFolder(string path)
    {
        if (Stop() is { } error)
            return error;
        _renamed.Clear();
        return null;
    }

    public override string? Unlink(string path) => Stop() ?? base.Unlink(path);

    /// <summary>Comes before each call.</summary>
    /// <returns>The error that this call ends in; null: it goes well.</returns>
    private string? Stop()
    {
        bool stops = Alive(++_calls) == StopAt;
        HasStopped |= stops;
        if (!stops || Error is not null)
            return stops ? Error : null;
        _isDead = true;
        throw new Death();
    }

    /// <summary>A process that is dead makes no calls.</summary>
    private T Alive<T>(T value) => _isDead ? throw new Death() : value;
}
