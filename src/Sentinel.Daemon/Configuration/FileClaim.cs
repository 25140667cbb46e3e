using Microsoft.Win32.SafeHandles;

namespace Sentinel.Daemon.Configuration;

/// <summary>That a configuration file is this process's alone.</summary>
/// <remarks>
/// Two Sentinels on one file have one identity and one place for their votes, and each overwrites what the other saved: a vote might be given
/// twice. So the file is locked, for as long as the process lives, whatever ends it; and with each save the one that takes its place. Others may read it and, as
/// the lock is only for those who ask for it, edit it. (Redis does not notice.)
/// </remarks>
internal sealed class FileClaim : IDisposable
{
    /// <summary>Times that a file may be replaced between its opening and its locking: once by each save of another process.</summary>
    private const int AttemptsMax = 10;

    private SafeFileHandle? _held;

    private FileClaim(SafeFileHandle? held) => _held = held;

    /// <summary>Takes a file.</summary>
    /// <param name="path">Where it really is, if it is reached through a link.</param>
    /// <returns>Null: another process has it. One that cannot be locked, as it may not be written, or as its file system knows no locks, is taken without.</returns>
    public static FileClaim? Take(string path)
    {
        for (int attempt = 0; attempt < AttemptsMax; attempt++)
        {
            SafeFileHandle? file = Posix.Stamp(path) is { IsRegular: true } ? Posix.OpenToWrite(path, out _) : null;
            if (file is null)
                break;
            if (!Posix.TryLock(file))
            {
                file.Dispose();
                return null;
            }
            if (Posix.Stamp(file) == Posix.Stamp(path))
                return new FileClaim(file);
            file.Dispose();    // replaced meanwhile: this is not what the path leads to
        }
        return new FileClaim(held: null);
    }

    /// <summary>Locks the file that is to take the place of the claimed one, before it does.</summary>
    public static void Extend(SafeFileHandle next) => _ = Posix.TryLock(next);

    /// <summary>It has taken its place.</summary>
    public void MoveTo(SafeFileHandle next)
    {
        SafeFileHandle? former = _held;
        _held = Posix.Duplicate(next);
        former?.Dispose();
    }

    /// <inheritdoc/>
    public void Dispose() => _held?.Dispose();
}
