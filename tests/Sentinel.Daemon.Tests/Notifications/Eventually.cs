namespace Sentinel.Daemon.Tests.Notifications;

/// <summary>Waits for what other threads and sockets bring about.</summary>
internal static class Eventually
{
    /// <summary>Far longer than anything here takes on a busy machine; only a failure waits for it.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan PollPeriod = TimeSpan.FromMilliseconds(5);

    /// <summary>Looks again and again until something is so.</summary>
    /// <param name="isSo">What is awaited.</param>
    /// <param name="told">What failed, when it is not so by the deadline.</param>
    public static async Task TrueAsync(Func<bool> isSo, Func<string> told)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        using var polls = new PeriodicTimer(PollPeriod);
        while (!isSo())
        {
            Assert.False(deadline.IsCancellationRequested, told());
            await polls.WaitForNextTickAsync(CancellationToken.None);
        }
    }
}
