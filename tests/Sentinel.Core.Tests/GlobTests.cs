using FsCheck;
using FsCheck.Fluent;

namespace Sentinel.Core.Tests;

public sealed class GlobTests
{
    [Theory]
    [InlineData("", "", true)]
    [InlineData("", "a", false)]
    [InlineData("a", "", false)]
    [InlineData("+switch-master", "+switch-master", true)]
    [InlineData("+switch-master", "+switch-masters", false)]
    [InlineData("+switch-masters", "+switch-master", false)]
    [InlineData("Abc", "abc", false)]
    public void Plain_characters_stand_for_themselves(string pattern, string text, bool matches) =>
        Assert.Equal(matches, Glob.Matches(pattern, text));

    [Theory]
    [InlineData("*", "", true)]
    [InlineData("*", "anything", true)]
    [InlineData("**", "", true)]
    [InlineData("***a***", "a", true)]
    [InlineData("+*", "+sdown", true)]
    [InlineData("+*", "-sdown", false)]
    [InlineData("*down", "+sdown", true)]
    [InlineData("*down", "+sdown!", false)]
    [InlineData("-failover-abort-*", "-failover-abort-not-elected", true)]
    [InlineData("-failover-abort-*", "-failover-abort", false)]
    [InlineData("a*b*c", "a--b--b--c", true)]
    [InlineData("a*b*c", "a--c--b", false)]
    [InlineData("*ab", "aab", true)]
    [InlineData("*aab", "aaaab", true)]
    [InlineData("a*a", "a", false)]
    public void A_star_takes_any_characters_or_none(string pattern, string text, bool matches) =>
        Assert.Equal(matches, Glob.Matches(pattern, text));

    [Theory]
    [InlineData("?", "a", true)]
    [InlineData("?", "", false)]
    [InlineData("?", "ab", false)]
    [InlineData("?sdown", "+sdown", true)]
    [InlineData("?sdown", "-sdown", true)]
    [InlineData("?sdown", "sdown", false)]
    [InlineData("*?", "", false)]
    [InlineData("*??", "ab", true)]
    [InlineData("?*?", "a", false)]
    public void A_question_mark_takes_exactly_one(string pattern, string text, bool matches) =>
        Assert.Equal(matches, Glob.Matches(pattern, text));

    [Theory]
    [InlineData("[so]down", "sdown", true)]
    [InlineData("[so]down", "odown", true)]
    [InlineData("[so]down", "down", false)]
    [InlineData("[so]down", "sodown", false)]
    [InlineData("redis[0-9]", "redis7", true)]
    [InlineData("redis[0-9]", "redis", false)]
    [InlineData("redis[0-9]", "redisx", false)]
    [InlineData("[a-cx-z]", "y", true)]
    [InlineData("[a-cx-z]", "m", false)]
    [InlineData("[^+]*", "-sdown", true)]
    [InlineData("[^+]*", "+sdown", false)]
    [InlineData("[^a-c]", "b", false)]
    [InlineData("[^a-c]", "", false)]
    [InlineData("[a^]", "^", true)]
    [InlineData("*[0-9][0-9]", "a123", true)]
    public void A_set_takes_one_of_its_characters_and_a_negated_one_any_other(string pattern, string text, bool matches) =>
        Assert.Equal(matches, Glob.Matches(pattern, text));

    [Theory]
    [InlineData(@"\*", "*", true)]
    [InlineData(@"\*", "a", false)]
    [InlineData(@"\?", "?", true)]
    [InlineData(@"\[a]", "[a]", true)]
    [InlineData(@"\\", @"\", true)]
    [InlineData(@"\a", "a", true)]
    [InlineData(@"[\]]", "]", true)]
    [InlineData(@"[\^]", "^", true)]
    [InlineData(@"[\a-c]", "b", false)]    // escaped, it begins no range: one of a, -, c
    [InlineData(@"[\a-c]", "-", true)]
    public void A_backslash_takes_the_special_meaning_away(string pattern, string text, bool matches) =>
        Assert.Equal(matches, Glob.Matches(pattern, text));

    /// <summary>Source: <c>stringmatchlen</c> of Redis 7.0, util.c.</summary>
    [Theory]
    [InlineData("[]", "a", false)]
    [InlineData("[]a]", "a]", false)]
    [InlineData("[^]", "a", true)]
    [InlineData("[abc", "b", true)]
    [InlineData("[abc", "bc", false)]
    [InlineData("[", "[", false)]
    [InlineData("[^", "a", true)]
    [InlineData("[c-a]", "b", true)]
    [InlineData("[a-", "-", true)]
    [InlineData("[a-]", "^", true)]        // a range from ] to a, never closed
    [InlineData("[a-]", "-", false)]
    [InlineData(@"a\", @"a\", true)]
    [InlineData(@"[\", @"\", true)]
    [InlineData("a]", "a]", true)]
    public void Patterns_that_look_wrong_mean_what_they_mean_in_Redis(string pattern, string text, bool matches) =>
        Assert.Equal(matches, Glob.Matches(pattern, text));

    [Theory]
    [InlineData("MASTER*", "master-1", true)]
    [InlineData("master*", "MASTER-1", true)]
    [InlineData("[A-C]", "b", true)]
    [InlineData("[a-c]", "B", true)]
    [InlineData(@"\A", "a", true)]
    [InlineData(@"\[", "{", false)]        // only letters have a case
    [InlineData("@", "`", false)]
    public void Case_can_be_ignored(string pattern, string text, bool matches) =>
        Assert.Equal(matches, Glob.Matches(pattern, text, ignoreCase: true));

    /// <summary>A matcher that tries every star anew would not come back while anybody watches.</summary>
    [Fact]
    public void A_hostile_pattern_costs_no_more_than_its_length_times_that_of_the_text()
    {
        string pattern = string.Concat(Enumerable.Repeat("a*", 200)) + "b";
        string text = new('a', 2_000);

        Assert.False(Glob.Matches(pattern, text));
        Assert.True(Glob.Matches(pattern, text + "b"));
        Assert.False(Glob.Matches(string.Concat(Enumerable.Repeat("*?", 200)) + "[b]", text));
    }

    [Fact]
    public void It_agrees_with_the_definition_written_down_plainly()
    {
        Gen<string> patterns = Gen.Elements("a*?[]^-\\b".ToCharArray()).ArrayOf().Resize(12).Select(c => new string(c));
        Gen<string> texts = Gen.Elements("ab-".ToCharArray()).ArrayOf().Resize(8).Select(c => new string(c));

        Prop.ForAll(
            patterns.Zip(texts).ToArbitrary(),
            sample => Glob.Matches(sample.Item1, sample.Item2) == MatchesPlainly(sample.Item1, sample.Item2))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(5000));
    }

    /// <summary>The definition: a star takes nothing, or one character and then the rest again. Only its speed is wrong.</summary>
    private static bool MatchesPlainly(string pattern, string text)
    {
        if (pattern.Length == 0)
            return text.Length == 0;
        if (pattern[0] == '*')
            return MatchesPlainly(pattern[1..], text) || (text.Length > 0 && MatchesPlainly(pattern, text[1..]));
        string element = FirstElement(pattern);
        return text.Length > 0 && Glob.Matches(element, text.AsSpan(0, 1)) && MatchesPlainly(pattern[element.Length..], text[1..]);
    }

    /// <summary>What takes the first character: itself, an escaped one, or a set.</summary>
    private static string FirstElement(string pattern)
    {
        if (pattern[0] == '\\')
            return pattern[..Math.Min(2, pattern.Length)];
        if (pattern[0] != '[')
            return pattern[..1];
        int at = pattern.StartsWith("[^", StringComparison.Ordinal) ? 2 : 1;
        while (at < pattern.Length && pattern[at] != ']')
            at += pattern[at] == '\\' ? 2 : at + 2 < pattern.Length && pattern[at + 1] == '-' ? 3 : 1;
        return pattern[..Math.Min(at + 1, pattern.Length)];
    }
}
