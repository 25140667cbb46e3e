namespace Sentinel.Daemon.Tests.Lab;

/// <summary>The <c>sentinel</c> that tests start as a process of its own.</summary>
internal static class OurExecutable
{
    /// <summary>Where it is: what was built with the tests, or what <c>SENTINEL_EXECUTABLE</c> names, such as a published one that is to be tested.</summary>
    public static string FullPath { get; } =
        Environment.GetEnvironmentVariable("SENTINEL_EXECUTABLE") is { Length: > 0 } named ? Path.GetFullPath(named) : Path.Combine(AppContext.BaseDirectory, "sentinel");
}
