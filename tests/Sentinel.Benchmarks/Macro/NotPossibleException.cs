namespace Sentinel.Benchmarks.Macro;

/// <summary>This machine does not let a case be run; the message says what is missing.</summary>
internal sealed class NotPossibleException(string message) : Exception(message);
