namespace Sentinel.Benchmarks.Tool;

/// <summary>What the help says.</summary>
internal static class Help
{
    public const string Text =
        """
        Speed of Sentinel.
        """;
}
