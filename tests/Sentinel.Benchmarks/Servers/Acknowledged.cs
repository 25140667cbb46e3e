namespace Sentinel.Benchmarks.Servers;

/// <summary>A write that a master said it has taken.</summary>
/// <param name="Key">The list.</param>
/// <param name="Value">What was put at its end.</param>
/// <param name="At">When it was said, as of <see cref="System.Diagnostics.Stopwatch.GetTimestamp"/>.</param>
internal readonly record struct Acknowledged(string Key, string Value, long At);
