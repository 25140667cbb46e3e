namespace Sentinel.Core;

/// <summary>Placeholder surface; the state machine follows.</summary>
public sealed class SentinelCore
{
    /// <summary>What must survive a restart, as of now.</summary>
    public SentinelState State => throw new System.Diagnostics.UnreachableException();
}
