namespace Sentinel.Benchmarks.Macro;

/// <summary>The same thing twice: with the sentinel that is compared with, and with ours.</summary>
internal sealed record SidesOf<T>(T Theirs, T Ours) : IAsyncDisposable
    where T : IAsyncDisposable
{
    public async ValueTask DisposeAsync()
    {
        await Theirs.DisposeAsync();
        await Ours.DisposeAsync();
    }
}
