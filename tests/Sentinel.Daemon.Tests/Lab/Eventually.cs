using System.Diagnostics;
using System.Net.Sockets;

namespace Sentinel.Daemon.Tests.Lab;

/// <summary>Waits for what is to come true, looking often. A server that cannot be reached meanwhile means only "not yet".</summary>
internal static class Eventually
{
    /// <summary>Longer than anything takes on the busiest machine, so that only what never comes true fails.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(20);

    /// <param name="what">A sentence that is to become true.</param>
    /// <param name="isSo">Whether it is true now.</param>
    /// <param name="within">Null: <see cref="Patience"/>.</param>
    public static Task SoAsync(string what, Func<Task<bool>> isSo, TimeSpan? within = null) =>
        UndisputedAsync(what, async () => await isSo() ? null : "it is not so", within);

    /// <inheritdoc cref="SoAsync(string, Func{Task{bool}}, TimeSpan?)"/>
    public static Task SoAsync(string what, Func<bool> isSo, TimeSpan? within = null) =>
        SoAsync(what, () => Task.FromResult(isSo()), within);

    /// <param name="what">A sentence that is to become true.</param>
    /// <param name="objection">Why it is not true now; null: it is.</param>
    /// <param name="within">Null: <see cref="Patience"/>.</param>
    public static async Task UndisputedAsync(string what, Func<Task<string?>> objection, TimeSpan? within = null)
    {
        TimeSpan patience = within ?? Patience;
        if (await LastObjectionAsync(() => LookAsync(objection), patience) is { } last)
            throw new NotInTimeException($"Not within {patience.TotalSeconds} s: {what}. At last: {last}.");
    }

    /// <summary>Looks until there is no objection, but not for ever.</summary>
    /// <param name="objection">Why it is not true now; null: it is.</param>
    /// <param name="within">For how long; zero: it is looked once.</param>
    /// <returns>Why it still is not true; null: it is.</returns>
    public static async Task<string?> LastObjectionAsync(Func<Task<string?>> objection, TimeSpan within)
    {
        long since = Stopwatch.GetTimestamp();
        while (true)
        {
            string? last = await objection();
            if (last is null || Stopwatch.GetElapsedTime(since) >= within)
                return last;
            await Task.Delay(Period);
        }
    }

    private static async Task<string?> LookAsync(Func<Task<string?>> objection)
    {
        try
        {
            return await objection();
        }
        catch (Exception failure) when (failure is SocketException or IOException or TimeoutException)
        {
            return failure.Message;
        }
    }
}
