namespace Sentinel.Daemon.Tests.Lab;

/// <summary>What was to come true has not, for as long as was waited.</summary>
internal sealed class NotInTimeException(string message) : Exception(message);
