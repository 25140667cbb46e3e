namespace Sentinel.Resp.Tests;

/// <summary>
/// The quoting of inline requests. Every line was put to redis-server 7.0.15, but for those with a zero byte, on which
/// it waits for ever; they follow <c>sdssplitargs</c>.
/// </summary>
public sealed class InlineTests
{
    public static TheoryData<string, string[]> Lines => new()
    {
        { """ "a\nb\r\t\b\a\\\"\q" """, ["a\nb\r\t\b\a\\\"q"] },
        { """ "\x41\xff\x4" """, ["A\u00ffx4"] },
        { """ "\xzz" """, ["xzz"] },
        { """ "\x4""", null! },
        { """ 'it\'s \n' """, ["it's \\n"] },
        { """ foo"bar" """, ["foobar"] },
        { """ foo'b r' """, ["foob r"] },
        { """ a\nb """, ["a\\nb"] },
        { "\"\" ''", ["", ""] },
        { "'\"' \"'\"", ["\"", "'"] },
        { "\"a\"\vb", ["a", "b"] },
        { "a\vb", ["a\vb"] },
        { "\va \fb", ["a", "b"] },
        { "a\rb", ["a", "b"] },
        { "\"a\rb\"", ["a\rb"] },
        { "a\tb  c", ["a", "b", "c"] },
        { "\"a\" \"b\"", ["a", "b"] },
        { "a\0b c", ["a"] },
        { "\"a\"b", null! },
        { "'a'\"b\"", null! },
        { "\"a", null! },
        { "'a", null! },
        { "a\"", null! },
        { "\"a\\", null! },
        { "'a\\'", null! },
        { "\"a\0\"", null! },
    };

    [Theory, MemberData(nameof(Lines))]
    public void A_line_is_split_as_Redis_splits_it(string line, string[]? words)
    {
        foreach (byte[][] pieces in Pieces.EveryWayToCut(Pieces.Latin1(line + "\n")))
        {
            var (requests, error) = Reading.Requests(pieces);
            if (words is null)
            {
                Assert.Empty(requests);
                Assert.Equal("unbalanced quotes in request", error);
            }
            else
            {
                Assert.Equal(words, Assert.Single(requests));
            }
        }
    }
}
