namespace Sentinel.Resp.Tests;

/// <summary>Compares what <see cref="Reading"/> gives back by content.</summary>
internal sealed class PairComparer : IEqualityComparer<(List<RespValue> Values, string? Error)>
{
    public static PairComparer Instance { get; } = new();

    public bool Equals((List<RespValue> Values, string? Error) x, (List<RespValue> Values, string? Error) y) =>
        x.Error == y.Error && x.Values.SequenceEqual(y.Values);

    public int GetHashCode((List<RespValue> Values, string? Error) obj) => obj.Values.Count;
}
