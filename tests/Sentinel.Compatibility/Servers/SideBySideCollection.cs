namespace Sentinel.Compatibility.Servers;

/// <summary>All tests talk to the same four sentinels, one after the other.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class SideBySideCollection : ICollectionFixture<SideBySide>
{
    public const string Name = "Side by side";
}
