using Sentinel.Simulation.Kernel;

namespace Sentinel.Simulation.Tests;

/// <summary>One case, one story.</summary>
public class ReplayTests
{
    public static TheoryData<string> Profiles => [.. Enum.GetNames<Profile>()];

    [Theory, MemberData(nameof(Profiles))]
    public void The_same_case_is_told_byte_for_byte_alike(string profile)
    {
        var @case = new Case(3, Enum.Parse<Profile>(profile), TimeSpan.FromMinutes(1));
        Outcome first = Simulator.Run(@case, isTold: true), second = Simulator.Run(@case, isTold: true);
        Assert.Equal(first.Transcript, second.Transcript);
        Assert.Equal(first.Steps, second.Steps);
        Assert.Equal(first.Coverage.Counts, second.Coverage.Counts);
    }

    [Fact]
    public void Telling_the_story_does_not_change_it()
    {
        var @case = new Case(3, Profile.Any, TimeSpan.FromMinutes(1));
        Outcome told = Simulator.Run(@case, isTold: true), untold = Simulator.Run(@case);
        Assert.Equal(told.Steps, untold.Steps);
        Assert.Equal(told.Coverage.Counts, untold.Coverage.Counts);
        Assert.Null(untold.Transcript);
    }
}
