using System.Collections.Immutable;
using Sentinel.Simulation.Kernel;
using Sentinel.Simulation.Tool;

namespace Sentinel.Simulation.Tests;

public class ShrinkerTests
{
    private const int Faults = 50;
    private static readonly Case s_whole = new(17, Profile.Any, TimeSpan.FromMinutes(10));
    private static readonly Violation s_violation = new("rule", TimeSpan.FromSeconds(100), "broken");

    [Theory]
    [InlineData]
    [InlineData(0)]
    [InlineData(49)]
    [InlineData(3, 12)]
    [InlineData(0, 24, 25, 49)]
    [InlineData(7, 8, 9, 10, 11, 12, 13)]
    public void The_least_faults_that_break_the_rule_are_found(params int[] needed)
    {
        (Case found, int runs) = Shrink(@case => needed.All(@case.Kept!.Value.Contains) ? s_violation : null);
        Assert.Equal(needed, found.Kept!.Value.ToArray());
        Assert.InRange(runs, 1, 150);
    }

    [Fact]
    public void The_time_ends_just_after_the_violation()
    {
        (Case found, _) = Shrink(@case => @case.Duration >= s_violation.At ? s_violation : null);
        Assert.Equal(TimeSpan.FromMinutes(1.7), found.Duration);
    }

    [Fact]
    public void The_time_of_a_violation_in_the_end_is_searched_for()
    {
        (Case found, _) = Shrink(@case => @case.Duration >= TimeSpan.FromMinutes(7) ? s_violation with { At = @case.Duration + TimeSpan.FromMinutes(1) } : null);
        Assert.InRange(found.Duration, TimeSpan.FromMinutes(7), TimeSpan.FromMinutes(7.2));
    }

    [Fact]
    public void Of_a_shorter_time_only_faults_are_kept_that_it_has()
    {
        int perMinute = Faults / 10;
        var shrinker = new Shrinker(
            @case => @case.Kept!.Value.Contains(1) && (@case.Duration < s_whole.Duration || @case.Kept.Value.Contains(40)) ? s_violation : null,
            @case => (int)(@case.Duration.TotalMinutes * perMinute), 1000, CancellationToken.None);
        (Case found, _) = shrinker.Shrink(s_whole, s_violation);
        Assert.Equal([1], found.Kept!.Value.ToArray());
    }

    [Fact]
    public void What_needs_all_its_time_keeps_it()
    {
        (Case found, _) = Shrink(@case => @case.Duration == s_whole.Duration ? s_violation : null);
        Assert.Equal(s_whole.Duration, found.Duration);
    }

    [Fact]
    public void A_shorter_time_may_need_fewer_faults()
    {
        (Case found, _) = Shrink(@case => @case.Kept!.Value.Contains(5) && (@case.Duration < s_whole.Duration || @case.Kept.Value.Contains(6)) ? s_violation : null);
        Assert.Equal([5], found.Kept!.Value.ToArray());
    }

    [Fact]
    public void Faults_left_out_before_stay_out()
    {
        var tried = new List<ImmutableArray<int>>();
        var shrinker = new Shrinker(
            @case =>
            {
                tried.Add(@case.Kept!.Value);
                return @case.Kept.Value.Contains(4) ? s_violation : null;
            },
            _ => Faults, 1000, CancellationToken.None);
        (Case found, _) = shrinker.Shrink(s_whole with { Kept = [2, 4, 6] }, s_violation);
        Assert.Equal([4], found.Kept!.Value.ToArray());
        Assert.All(tried, kept => Assert.Subset(new HashSet<int> { 2, 4, 6 }, kept.ToHashSet()));
    }

    [Fact]
    public void Runs_are_bounded_and_the_smallest_so_far_still_fails()
    {
        var shrinker = new Shrinker(@case => @case.Kept!.Value.Length > 30 ? s_violation : null, _ => Faults, 10, CancellationToken.None);
        (Case found, _) = shrinker.Shrink(s_whole, s_violation);
        Assert.Equal(10, shrinker.Runs);
        Assert.InRange(found.Kept!.Value.Length, 31, Faults);
    }

    [Fact]
    public void Nothing_is_run_once_it_is_stopped()
    {
        var shrinker = new Shrinker(_ => s_violation, _ => Faults, 1000, new CancellationToken(canceled: true));
        shrinker.Shrink(s_whole, s_violation);
        Assert.Equal(0, shrinker.Runs);
    }

    private static (Case Found, int Runs) Shrink(Func<Case, Violation?> failure)
    {
        var shrinker = new Shrinker(failure, _ => Faults, 1000, CancellationToken.None);
        return (shrinker.Shrink(s_whole, s_violation).Case, shrinker.Runs);
    }
}
