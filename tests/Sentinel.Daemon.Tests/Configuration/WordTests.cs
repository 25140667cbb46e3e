using Sentinel.Daemon.Configuration;

namespace Sentinel.Daemon.Tests.Configuration;

/// <summary>How lines are made of words.</summary>
public sealed class WordTests
{
    public static TheoryData<string, string[]> Lines => new()
    {
        { "", [] },
        { " \t\v\f ", [] },
        { "port 26379", ["port", "26379"] },
        { "  a \t b\r\n", ["a", "b"] },
        { """ requirepass "two words" """, ["requirepass", "two words"] },
        { """ save "" """, ["save", ""] },
        { """ a '' b """, ["a", "", "b"] },
        { """ a"b c" """, ["ab c"] },
        { """ a'b "c' """, ["ab \"c"] },
        { """ "\n\r\t\b\a\\\"\q" """, ["\n\r\t\b\a\\\"q"] },
        { """ "\x41\x7e" """, ["A~"] },
        { """ "\x4" "\xg1" """, ["x4", "xg1"] },
        { """ '\n\'\"' """, ["\\n'\\\""] },
        { """ \n\"x" """, ["\\n\\x"] },
        { """ "\xc3\xa9" """, ["é"] },
        { """ "Ã\xc3\xa9" """, ["Ãé"] },
        { """ 'a'	"b" """, ["a", "b"] },
        { "a\vb \fc", ["a\vb", "c"] },
        { "# not here a comment", ["#", "not", "here", "a", "comment"] },
        { "é日😀", ["é日😀"] },
    };

    [Theory, MemberData(nameof(Lines))]
    public void A_line_is_split_by_the_rules_of_redis(string line, string[] words)
    {
        Assert.True(ConfigurationLexer.TrySplit(line, out var found));
        Assert.Equal(words, found);
    }

    [Theory]
    [InlineData("a \"b")]
    [InlineData("a 'b")]
    [InlineData("\"")]
    [InlineData("\"a\\\"")]
    [InlineData("\"a\"b")]
    [InlineData("'a''b'")]
    [InlineData("a\"b\"'c'")]
    public void A_quote_that_is_not_closed_or_closed_within_a_word_is_refused(string line) =>
        Assert.False(ConfigurationLexer.TrySplit(line, out _));

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("#1\\2$*é日", "#1\\2$*é日")]
    [InlineData("", "\"\"")]
    [InlineData("two words", "\"two words\"")]
    [InlineData("it's", "\"it's\"")]
    [InlineData("say \"so\"", "\"say \\\"so\\\"\"")]
    [InlineData("a\r\nb\tc\ad\be\\f\u0001", "\"a\\r\\nb\\tc\\ad\\be\\\\f\\x01\"")]
    public void A_word_is_quoted_only_when_it_needs_to_be(string word, string written) =>
        Assert.Equal(written, ConfigurationLexer.Write(word));

    [Theory, MemberData(nameof(Samples.Seeds), MemberType = typeof(Samples))]
    public void Any_words_written_are_read_back_as_they_were(int seed)
    {
        var random = new Random(seed);
        string[] words = [.. Enumerable.Range(0, 20).Select(_ => Samples.Password(random))];
        string[] quoted = [.. words.Select(ConfigurationLexer.Quote)];
        string line = string.Join(' ', words.Select(ConfigurationLexer.Write));
        Assert.DoesNotContain('\n', line);

        Assert.True(ConfigurationLexer.TrySplit(line, out var read));
        Assert.Equal(words, read);
        Assert.True(ConfigurationLexer.TrySplit(string.Join(' ', quoted), out read));
        Assert.Equal(words, read);
    }

    [Theory, MemberData(nameof(Samples.Seeds), MemberType = typeof(Samples))]
    public void Any_bytes_at_all_survive_being_text(int seed)
    {
        var random = new Random(seed);
        byte[] bytes = new byte[random.Next(400)];
        random.NextBytes(bytes);
        bytes = [.. bytes, .. "é日😀\U00010C80\U00010C80"u8, .. "😀"u8[..3], 0xC3, .. "é"u8, 0xED, 0xB2, 0x80, .. bytes];
        Assert.Equal(bytes, FileText.Encode(FileText.Decode(bytes)));
    }

    [Fact]
    public void A_password_of_any_bytes_survives_in_words()
    {
        string word = FileText.Decode([0xFF, 0x80, (byte)' ', 0xC3, 0xA9]);
        Assert.True(ConfigurationLexer.TrySplit("\"\\xff\\x80 \\xc3\\xa9\"", out var words));
        Assert.Equal(word, Assert.Single(words));
        Assert.Equal([0xFF, 0x80, (byte)' ', 0xC3, 0xA9], FileText.Encode(words[0]));
        Assert.True(ConfigurationLexer.TrySplit(ConfigurationLexer.Write(word), out words));
        Assert.Equal(word, Assert.Single(words));
    }
}
