using Microsoft.Win32.SafeHandles;

namespace Sentinel.Daemon.Configuration;

/// <summary>The calls to the system that a save is made of, one by one.</summary>
/// <remarks>
/// What a save leaves behind when the process dies, or the power fails, between any two of them is what the state file
/// is all about; so a test can come between them, and fail each. Outcomes as in <see cref="Posix"/>.
/// </remarks>
internal class Disk
{
    /// <inheritdoc cref="Posix.Stamp(string)"/>
    public virtual FileStamp? Stamp(string path) => Posix.Stamp(path);

    /// <inheritdoc cref="Posix.Stamp(SafeFileHandle)"/>
    public virtual FileStamp? Stamp(SafeFileHandle file) => Posix.Stamp(file);

    /// <summary>Where a link leads, relative to its folder; null: there is no link at this path.</summary>
    public virtual string? Link(string path) => new FileInfo(path).LinkTarget;

    /// <summary>The whole content of a file; null and the error when it cannot be read.</summary>
    public virtual byte[]? Read(string path, out string? error)
    {
        using SafeFileHandle? file = Posix.Open(path, out error);
        return file is null ? null : Posix.ReadAll(file, out error);
    }

    /// <inheritdoc cref="Posix.Create"/>
    public virtual SafeFileHandle? Create(string path, UnixFileMode mode, out string? error) => Posix.Create(path, mode, out error);

    /// <inheritdoc cref="Posix.WriteAll"/>
    public virtual string? Write(SafeFileHandle file, byte[] bytes) => Posix.WriteAll(file, bytes);

    /// <inheritdoc cref="Posix.ChangeOwner"/>
    public virtual string? ChangeOwner(SafeFileHandle file, uint user, uint group) => Posix.ChangeOwner(file, user, group);

    /// <inheritdoc cref="Posix.ChangeMode"/>
    public virtual string? ChangeMode(SafeFileHandle file, UnixFileMode mode) => Posix.ChangeMode(file, mode);

    /// <summary>Waits until what was written to a file is on disk.</summary>
    public virtual string? Sync(SafeFileHandle file) => Posix.Sync(file);

    /// <inheritdoc cref="Posix.Rename"/>
    public virtual string? Rename(string from, string to) => Posix.Rename(from, to);

    /// <summary>Waits until the names in a folder are on disk.</summary>
    public virtual string? SyncFolder(string path)
    {
        using SafeFileHandle? folder = Posix.Open(path, out string? error);
        return folder is null ? error : Posix.Sync(folder);
    }

    /// <inheritdoc cref="Posix.Unlink"/>
    public virtual string? Unlink(string path) => Posix.Unlink(path);
}
