namespace Sentinel.Daemon.Configuration;

/// <summary>How a save of the state ended.</summary>
internal abstract record SaveResult
{
    private SaveResult()
    {
    }

    /// <summary>The text is on disk, and stays there when the power fails.</summary>
    public sealed record Saved : SaveResult
    {
        /// <summary>All are alike.</summary>
        public static readonly Saved Instance = new();
    }

    /// <summary>The file is as it was before; or it is the new one, but a failing power may bring the old one back.</summary>
    /// <param name="Error">The system's words, such as <c>No space left on device</c>.</param>
    public sealed record Failed(string Error) : SaveResult;
}
