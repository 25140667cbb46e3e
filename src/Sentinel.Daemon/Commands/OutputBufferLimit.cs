namespace Sentinel.Daemon.Commands;

/// <summary>How much output may wait for a client that reads too slowly: <c>client-output-buffer-limit</c>.</summary>
/// <param name="HardBytes">More than this cuts the client off at once; 0: no such limit.</param>
/// <param name="SoftBytes">More than this for longer than <paramref name="SoftFor"/> cuts it off too; 0: no such limit.</param>
/// <param name="SoftFor">How long the soft limit may be exceeded without a break.</param>
internal sealed record OutputBufferLimit(long HardBytes, long SoftBytes, TimeSpan SoftFor)
{
    /// <summary>No limit: the default of Redis for clients that have not subscribed.</summary>
    public static OutputBufferLimit None { get; } = new(0, 0, TimeSpan.Zero);

    /// <summary>32 MiB, or 8 MiB for 60 s: the default of Redis for its pubsub class.</summary>
    public static OutputBufferLimit PubSub { get; } = new(32 * 1024 * 1024, 8 * 1024 * 1024, TimeSpan.FromSeconds(60));
}
