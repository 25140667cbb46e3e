using System.Buffers;
using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Sentinel.Resp.Tests;

/// <summary>What holds for all values, all bytes and all ways to arrive.</summary>
public sealed class PropertyTests
{
    // Garbage that gets further than noise does: what frames are made of, in any order.
    private static readonly Gen<byte[]> Shards = Gen.Elements(
            "*", "$", "+", "-", ":", "_", "#t", ",", "(", "!", "=", "%", "~", "|", ">", ";", ".", "?", "\r\n", "\r\n", "\r\n", "\r", "\n",
            "0", "1", "2", "3", "-1", "536870912", "99999999999999999999", "txt:", "a", " ", "\"", "'", "\\x4", "\0", "\u00ff", "PING",
            "*1\r\n", "*2\r\n", "%1\r\n", "|1\r\n", "$1\r\na\r\n", ":1\r\n", "$4\r\nPING\r\n", "inf", "1.5")
        .ArrayOf().Select(shards => Pieces.Latin1(string.Concat(shards)));

    private static readonly Gen<byte[]> Noise = Gen.Choose(0, 255).Select(b => (byte)b).ArrayOf();

    private static readonly Gen<byte[]> Garbage = Gen.OneOf(
        Shards,
        Noise,
        from value in RespValues.Any
        from flaw in Shards
        from place in Gen.Choose(0, 1000)
        select Spoilt(RespValues.Written(RespVersion.Resp3, value), flaw, place));

    // A small message may be large garbage: limits low enough that both sides of each are reached.
    private static readonly RespLimits Low = RespLimits.Default with
    {
        MaxLineLength = 20, MaxInlineLength = 20, MaxElements = 6, MaxDepth = 3, MaxMessageLength = 60, MaxBulkLength = 1000,
    };

    public static TheoryData<ulong> Seeds => Property.Seeds;

    [Theory, MemberData(nameof(Seeds), DisableDiscoveryEnumeration = true)]
    public void Any_values_written_are_read_back_however_they_arrive(ulong seed) =>
        Property.Holds(seed, Gen.ArrayOf(RespValues.Any), (values, random) =>
        {
            foreach (RespVersion version in Enum.GetValues<RespVersion>())
            {
                byte[] wire = RespValues.Written(version, values);
                List<RespValue> expected = [.. values.Select(v => RespValues.AsRead(version, v))];
                byte[][] pieces = Pieces.AtRandom(wire, random);
                RespReplyReader reader = new(RespLimits.Default);
                Assert.Equal((expected, null), Reading.Replies([wire]), PairComparer.Instance);
                Assert.Equal((expected, null), Reading.Replies(pieces), PairComparer.Instance);
                Assert.Equal((expected, null), Reading.Replies(Pieces.ByteByByte(wire)), PairComparer.Instance);
                Assert.Equal((expected, null), Reading.Replies(reader, [Pieces.OneSequence(pieces)]), PairComparer.Instance);
            }
        });

    [Theory, MemberData(nameof(Seeds), DisableDiscoveryEnumeration = true)]
    public void Any_request_written_is_read_back_however_it_arrives(ulong seed)
    {
        Gen<string[]> requests =
            from name in Gen.Elements("PING", "SENTINEL")
            from rest in Gen.ArrayOf(Gen.Elements("", "mymaster", "a\r\nb", "\0", "$-1\r\n", "é", "\"", " "))
            select (string[])[name, .. rest];
        Property.Holds(seed, Gen.ArrayOf(requests), (sent, random) =>
        {
            ArrayBufferWriter<byte> output = new();
            foreach (string[] request in sent)
                new RespWriter(output, RespVersion.Resp2).WriteCommand(request);
            byte[] wire = output.WrittenSpan.ToArray();
            string[][] expected = [.. sent.Select(s => s.Select(a => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(a))).ToArray())];
            Assert.Equal(expected, Reading.Requests([wire]).Requests);
            Assert.Equal(expected, Reading.Requests(Pieces.AtRandom(wire, random)).Requests);
        });
    }

    [Theory, MemberData(nameof(Seeds), DisableDiscoveryEnumeration = true)]
    public void Garbage_is_judged_without_exceptions_and_alike_however_it_arrives(ulong seed) =>
        Property.Holds(seed, Garbage, (garbage, random) =>
        {
            byte[][] pieces = Pieces.AtRandom(garbage, random);
            foreach (RespLimits limits in (RespLimits[])[RespLimits.Default, Low])
            {
                (List<RespValue>, string?) values = Reading.Replies([garbage], limits);
                Assert.Equal(values, Reading.Replies(pieces, limits), PairComparer.Instance);
                Assert.Equal(values, Reading.Replies(Pieces.ByteByByte(garbage), limits), PairComparer.Instance);

                var (requests, error) = Reading.Requests([garbage], isAuthenticated: false, limits);
                var inPieces = Reading.Requests(pieces, isAuthenticated: false, limits);
                Assert.Equal(requests, inPieces.Requests);
                Assert.Equal(error, inPieces.Error);
            }
        });

    private static byte[] Spoilt(byte[] wire, byte[] flaw, int place)
    {
        int at = place % (wire.Length + 1);
        return [.. wire[..at], .. flaw, .. wire[Math.Min(wire.Length, at + 1)..]];
    }
}
