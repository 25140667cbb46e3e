using Microsoft.Win32.SafeHandles;

namespace Sentinel.Daemon.Configuration;

/// <summary>The configuration file as the place where the state survives. Used by one thread at a time.</summary>
/// <remarks>
/// A save replaces the whole file at once: a temporary file in the same folder is written, brought to disk, given the
/// old one's mode and owner, and renamed over it; then the folder is brought to disk. So after a crash or power
/// failure the file is the old one or the new one. A file reached through a link is replaced where it really is; the
/// link stays.
/// <para>
/// The mode stays what it was; a file that we create is for its owner only (0600), for it holds passwords. (Redis
/// makes it 0644 less the umask, whatever it was.) The owner stays when the system lets us; a group that cannot be kept
/// loses its permissions.
/// </para>
/// </remarks>
internal sealed class StateFile
{
    /// <summary>Links to follow, as in the Linux kernel.</summary>
    private const int LinksMax = 40;

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode GroupBits = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute;

    // name of the temporary file: that of the file, a dot, random hexadecimal digits, and this
    private const string TemporarySuffix = ".tmp";
    private const int TokenLength = 16;

    private readonly string _path;
    private readonly Disk _disk;
    private string _known = "";
    private FileStamp? _saved;
    private FileClaim? _claim;
    private bool _isTidied;

    /// <param name="path">Absolute path; a link is followed.</param>
    /// <param name="disk">Null: the one of this machine.</param>
    public StateFile(string path, Disk? disk = null)
    {
        _path = path;
        _disk = disk ?? new Disk();
        string target = Target();
        if (_disk.Stamp(target) is { } now)
            Read(target, now);    // when that fails, so will the first save, which says why
    }

    /// <summary>Takes the file for this process alone, until it ends. To be called before the first save.</summary>
    /// <returns>Null: another process has it.</returns>
    public FileClaim? Claim() => _claim = FileClaim.Take(Target());

    /// <summary>Replaces the content.</summary>
    /// <param name="rewrite">
    /// From what the file holds now to what it is to hold. The file is read anew when someone else changed it, so what
    /// a user edits while we run is kept; when it has vanished or was emptied, it is what it last held that counts.
    /// </param>
    /// <returns>
    /// Whether it is on disk. When the content is to be just what this object saved last, and nobody has touched the
    /// file since (same file, same time of change), nothing is written: it is on disk already.
    /// </returns>
    public SaveResult Save(Func<string, string> rewrite)
    {
        string target = Target();
        if (!_isTidied)
            RemoveLeftovers(target);    // not before: who only reads the file is not to disturb who saves it
        _isTidied = true;
        FileStamp? now = _disk.Stamp(target);
        bool isUntouched = now is not null && now == _saved;
        if (now is not null && !isUntouched && Read(target, now.Value) is { } error)
            return new SaveResult.Failed(error);
        string text = rewrite(_known);
        if (isUntouched && text == _known)
            return SaveResult.Saved.Instance;
        return Replace(target, text, now) is { } failure ? new SaveResult.Failed(failure) : SaveResult.Saved.Instance;
    }

    /// <summary>Where the file really is.</summary>
    private string Target()
    {
        string target = _path;
        for (int i = 0; i < LinksMax && _disk.Link(target) is { } next; i++)
            target = Path.Combine(Path.GetDirectoryName(target)!, next);
        return target;
    }

    private string? Read(string target, FileStamp now)
    {
        if (!now.IsRegular)
            return "Not a regular file";    // a pipe would never end
        // some editors empty a file before they fill it, and fail in between when the disk is full
        if (_disk.Read(target, out string? error) is { Length: > 0 } bytes)
            _known = FileText.Decode(bytes);
        return error;
    }

    private string? Replace(string target, string text, FileStamp? old)
    {
        string temporary = $"{target}.{Random.Shared.GetHexString(TokenLength, lowercase: true)}{TemporarySuffix}";
        using SafeFileHandle? file = _disk.Create(temporary, OwnerOnly, out string? error);
        if (file is null)
            return error;
        // after a failed fsync the system may believe that all is written; so the file is given up, and the next save writes it anew
        error = _disk.Write(file, FileText.Encode(text))
            ?? (old is { } like ? MakeLike(file, like) : null)
            ?? _disk.Sync(file);
        // before the file has its name nobody else can have written to it, so later any difference to this is somebody's
        FileStamp? written = _disk.Stamp(file);
        if (_claim is not null)
            FileClaim.Extend(file);
        error ??= _disk.Rename(temporary, target);
        if (error is not null)
        {
            _disk.Unlink(temporary);
            return error;
        }
        _claim?.MoveTo(file);
        // makes the renaming last: it is a change of the folder, not of the file
        error = _disk.SyncFolder(Path.GetDirectoryName(target)!);
        (_known, _saved) = error is null ? (text, written) : (_known, null);
        return error;
    }

    private string? MakeLike(SafeFileHandle file, FileStamp old)
    {
        const uint Same = uint.MaxValue;
        bool keepsGroup = _disk.ChangeOwner(file, old.User, old.Group) is null || _disk.ChangeOwner(file, Same, old.Group) is null;
        return _disk.ChangeMode(file, keepsGroup ? old.Mode : old.Mode & ~GroupBits);    // after the owner, whose change clears bits
    }

    /// <summary>Removes what an earlier process left that died while it saved.</summary>
    /// <remarks>Should another process be saving right now, by mistake, to the same file, that save fails; a later one goes well.</remarks>
    private static void RemoveLeftovers(string target)
    {
        var folder = new DirectoryInfo(Path.GetDirectoryName(target)!);
        if (!folder.Exists)
            return;
        string prefix = Path.GetFileName(target) + ".";
        int length = prefix.Length + TokenLength + TemporarySuffix.Length;
        var all = new EnumerationOptions { IgnoreInaccessible = true, AttributesToSkip = FileAttributes.None };
        foreach (string path in Directory.EnumerateFiles(folder.FullName, "*" + TemporarySuffix, all))
        {
            string name = Path.GetFileName(path);
            if (name.Length == length && name.StartsWith(prefix, StringComparison.Ordinal)
                && name.Skip(prefix.Length).Take(TokenLength).All(char.IsAsciiHexDigitLower))
            {
                Posix.Unlink(path);
            }
        }
    }
}
