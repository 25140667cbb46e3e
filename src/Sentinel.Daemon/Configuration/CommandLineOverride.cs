using System.Collections.Immutable;

namespace Sentinel.Daemon.Configuration;

/// <summary>A directive given on the command line, or by an operator while we run, that takes the place of the file's, and is written to the file with the next save.</summary>
/// <param name="Key">What it replaces; see <see cref="GenericDirectives.OverrideKey"/>.</param>
/// <param name="Words">The line to write.</param>
internal sealed record CommandLineOverride(string Key, ImmutableArray<string> Words);
