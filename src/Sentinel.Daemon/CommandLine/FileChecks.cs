using Sentinel.Daemon.Configuration;
using static Sentinel.Daemon.CommandLine.Finding;

namespace Sentinel.Daemon.CommandLine;

/// <summary>What may go wrong with the configuration file as a file.</summary>
internal static class FileChecks
{
    private const string WithoutState = "the Sentinel would start, watch and answer, but give no vote and lead no failover";

    /// <summary>All findings.</summary>
    public static IEnumerable<Finding> Of(Examination examined)
    {
        string path = examined.Configuration.File;
        if (Posix.Stamp(path) is not { } stamp)
            yield break;    // which is reported already

        FileSystemInfo? target = new FileInfo(path).ResolveLinkTarget(returnFinalTarget: true);
        string folder = Path.GetDirectoryName(target?.FullName ?? path)!;
        if (!stamp.IsRegular)
        {
            yield return Risk("not-a-file", null,
                $"{path} is no regular file, and the state cannot be kept in it: {WithoutState}", "name a file");
        }
        else if (examined.IsWritable && Posix.CheckAccess(folder, Posix.MayWrite) is { } error)
        {
            yield return Risk("folder-not-writable", null,
                $"nothing can be written to {folder} ({error}), and a file is saved by putting a new one in its place: {WithoutState}",
                $"let the user who runs the Sentinel write to {folder}");
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
        if (WayBack.Of(examined) is { } back)
        {
            yield return Note("unknown-to-redis", back.First,
                "redis-sentinel 7.0 does not know this and would not start on this file",
                $"nothing; to go back to redis-sentinel: {back.Command}");
        }
    }
}
