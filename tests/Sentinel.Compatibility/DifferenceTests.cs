using Sentinel.Compatibility.Comparing;

namespace Sentinel.Compatibility;

/// <summary>The table of differences says nothing that is not asked.</summary>
public sealed class DifferenceTests
{
    [Fact]
    public void Every_difference_is_of_a_request_that_is_made()
    {
        string[] asked =
        [
            .. Conversation.Lines("requests.txt"),
            .. Conversation.Read("open.txt").Concat(Conversation.Read("locked.txt")).SelectMany(conversation => conversation.Steps.Select(step => $"{conversation.Title}: {step.Request}")),
        ];
        Assert.All(Differences.All.SelectMany(difference => difference.Places), place => Assert.Contains(place, asked));
    }

    [Fact]
    public void Every_difference_has_a_reason() => Assert.All(Differences.All, difference => Assert.NotEmpty(difference.Reason));
}
