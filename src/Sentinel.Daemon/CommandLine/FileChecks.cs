using Sentinel.Daemon.Configuration;
using static Sentinel.Daemon.CommandLine.Finding;

namespace Sentinel.Daemon.CommandLine;

/// <summary>What may go wrong with the configuration file as a file.</summary>
internal static class FileChecks
{
    /// <summary>All findings.</summary>
    public static IEnumerable<Finding> Of(Examination examined)
    {
        string path = examined.Configuration.File;
        if (path.Length == 0 || Posix.Stamp(path) is not { } stamp)
            yield break;    // which is reported already

        FileSystemInfo? target = new FileInfo(path).ResolveLinkTarget(returnFinalTarget: true);
        string folder = Path.GetDirectoryName(target?.FullName ?? path)!;
        if (!stamp.IsRegular)
            yield return Problem("not-a-file", null, $"{path} is no regular file: the state cannot be kept in it", "name a file");
        if (Posix.CheckAccess(folder, Posix.MayWrite) is { } error)
        {
            yield return Problem("folder-not-writable", null,
                $"nothing can be written to {folder} ({error}): a file is saved by putting a new one in its place", $"let the user who runs the Sentinel write to {folder}");
        }
        if (target is not null)
        {
            yield return Note("file-is-link", null,
                $"{path} is a link to {target.FullName}: here the link stays and its target is replaced; redis-sentinel replaces the link", "nothing, unless you go back");
        }
        if (stamp.Mode.HasFlag(UnixFileMode.OtherRead) && examined.Lines.FirstOrDefault(line => line.Origin == ConfigurationOrigin.File && Secrets.IsIn(line)) is { } secret)
        {
            yield return Risk("readable-by-all", secret, "every user of this machine can read the passwords in this file", $"chmod o-r {path}");
        }
        foreach (ConfigurationLine line in examined.Lines.Where(line => line.Name == "sentinel" && line.Origin == ConfigurationOrigin.Include))
        {
            yield return Risk("statement-in-include", line,
                "an included file is never rewritten: what is saved goes to the main file, which counts from then on; redis-sentinel would not start on both",
                $"move the line to {path}");
        }
        ConfigurationLine[] own = [.. examined.Lines.Where(line => StatementKind.Of(line.Words) is { IsOurOwn: true })];
        if (own.Length > 0)
        {
            string names = string.Join('|', own.Select(line => line.Words[1].ToLowerInvariant()).Distinct());
            yield return Note("unknown-to-redis", own[0],
                "redis-sentinel does not know this statement and would not start on this file",
                $"nothing; to go back to redis-sentinel: sed -i -E '/^[[:blank:]]*sentinel[[:blank:]]+({names})[[:blank:]]/Id' {path}");
        }
    }
}
