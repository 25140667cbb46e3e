using Sentinel.Daemon.Links;

namespace Sentinel.Daemon.Tests.Links;

/// <summary>How long traffic is let gather.</summary>
public class LinkPacingTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(66, 0)]
    [InlineData(67, 1)]
    [InlineData(1000, 15)]
    [InlineData(2000, 30)]
    [InlineData(1_000_000, 30)]
    public void Who_has_few_links_never_waits_and_who_has_many_not_for_long(int connections, int ms)
    {
        var pacing = new LinkPacing();
        pacing.Count(connections);
        Assert.Equal(ms, pacing.BreathMs);
    }

    [Fact]
    public async Task Nobody_waits_while_something_urgent_is_under_way()
    {
        var pacing = new LinkPacing();
        pacing.Count(2000);
        pacing.Hurry();
        Assert.Equal(0, pacing.BreathMs);
        await Lab.Eventually.SoAsync("it breathes again", () => pacing.BreathMs > 0);
    }
}
