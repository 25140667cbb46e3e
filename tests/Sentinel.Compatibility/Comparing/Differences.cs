namespace Sentinel.Compatibility.Comparing;

/// <summary>Every difference between the replies of Redis Sentinel 7.0.15 and ours, with its reason. One that is not found any more fails its test.</summary>
internal static class Differences
{
    public static Difference[] All { get; } =
    [
    ];
}
