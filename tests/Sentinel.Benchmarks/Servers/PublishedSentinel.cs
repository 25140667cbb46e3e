using System.Diagnostics;
using Sentinel.Benchmarks.Tool;

namespace Sentinel.Benchmarks.Servers;

/// <summary>The program that is measured: one that is named, or the one of this repository, published as it is shipped.</summary>
internal sealed class PublishedSentinel : IDisposable
{
    private readonly DirectoryInfo? _folder;

    private PublishedSentinel(string path, DirectoryInfo? folder) => (Path, _folder) = (path, folder);

    /// <summary>The executable.</summary>
    public string Path { get; }

    /// <param name="given">The one to take; null: ours.</param>
    /// <exception cref="UsageException">It is not there, or cannot be built.</exception>
    public static async Task<PublishedSentinel> GetAsync(string? given, CancellationToken stopping)
    {
        if (given is not null)
            return new PublishedSentinel(Existing("--sentinel", given), null);
        DirectoryInfo folder = Directory.CreateTempSubdirectory("sentinel-published-");
        Console.Error.WriteLine("Publishing src/Sentinel.Daemon ...");
        using Process build = Process.Start(new ProcessStartInfo("dotnet",
            ["publish", System.IO.Path.Combine(Root(), "src", "Sentinel.Daemon"), "-c", "Release", "-o", folder.FullName, "--nologo", "-v", "quiet", "-nodeReuse:false"])
        {
            // What it says is no part of our output.
            RedirectStandardOutput = true,
            UseShellExecute = false,
        })!;
        try
        {
            string said = await build.StandardOutput.ReadToEndAsync(stopping);
            await build.WaitForExitAsync(stopping);
            if (build.ExitCode != 0)
                throw new UsageException($"src/Sentinel.Daemon cannot be published; --sentinel PATH takes one that is:\n{said}");
        }
        catch (Exception)
        {
            build.Kill(entireProcessTree: true);
            folder.Delete(recursive: true);
            throw;
        }
        return new PublishedSentinel(System.IO.Path.Combine(folder.FullName, "sentinel"), folder);
    }

    /// <summary>The path of a program that is there.</summary>
    /// <exception cref="UsageException">It is not.</exception>
    public static string Existing(string option, string path) =>
        File.Exists(path) ? System.IO.Path.GetFullPath(path) : throw new UsageException($"{option} {path}: there is no such program");

    public void Dispose() => _folder?.Delete(recursive: true);

    private static string Root()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "Sentinel.sln")))
                return folder.FullName;
        }
        throw new UsageException("this runs outside of the repository, so it cannot publish the sentinel: give --sentinel PATH");
    }
}
