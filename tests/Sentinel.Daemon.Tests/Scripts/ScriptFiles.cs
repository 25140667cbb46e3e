using System.Diagnostics;

namespace Sentinel.Daemon.Tests.Scripts;

/// <summary>Makes scripts for tests.</summary>
internal static class ScriptFiles
{
    /// <summary>Makes an executable script that /bin/sh runs.</summary>
    /// <returns>Its path.</returns>
    public static string Write(string folder, string name, string text, string firstLine = "#!/bin/sh")
    {
        string draft = Path.Combine(folder, $"{name}.draft"), path = Path.Combine(folder, name);
        File.WriteAllText(draft, $"{firstLine}\n{text}\n");
        // Copied by another process: what we have open for writing, a test that starts a program at this moment passes on to
        // it for an instant, and a program that is open for writing cannot be run.
        using var copy = Process.Start("install", ["-m", "755", draft, path]);
        copy.WaitForExit();
        Assert.Equal(0, copy.ExitCode);
        return path;
    }
}
