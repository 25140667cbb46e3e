namespace Sentinel.Benchmarks.Macro;

/// <summary>The two programs that are compared, by their paths.</summary>
internal sealed record Makes(string Theirs, string Ours);
