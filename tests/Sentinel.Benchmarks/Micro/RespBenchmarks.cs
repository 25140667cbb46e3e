using System.Buffers;
using BenchmarkDotNet.Attributes;
using Sentinel.Resp;

namespace Sentinel.Benchmarks.Micro;

/// <summary>What comes from clients and nodes is read, and what goes to them is written.</summary>
public class RespBenchmarks
{
    private static readonly ReadOnlySequence<byte> s_query = new("*3\r\n$8\r\nSENTINEL\r\n$23\r\nGET-MASTER-ADDR-BY-NAME\r\n$8\r\nmymaster\r\n"u8.ToArray());
    private static readonly ReadOnlySequence<byte> s_pong = new("+PONG\r\n"u8.ToArray());
    private static readonly ReadOnlySequence<byte> s_address = new("*2\r\n$9\r\n10.0.0.17\r\n$4\r\n6379\r\n"u8.ToArray());

    private readonly RespCommandReader _commands = new(RespLimits.Default, isAuthenticated: true);
    private readonly RespReplyReader _replies = new(RespLimits.Default);
    private readonly ArrayBufferWriter<byte> _output = new();

    [Benchmark(Description = "read a client's query")]
    public RespReadStatus ReadCommand()
    {
        ReadOnlySequence<byte> input = s_query;
        return _commands.TryRead(ref input, out _);
    }

    [Benchmark(Description = "read a PONG")]
    public RespReadStatus ReadPong()
    {
        ReadOnlySequence<byte> input = s_pong;
        return _replies.TryRead(ref input, out _);
    }

    [Benchmark(Description = "read an array of two strings")]
    public RespReadStatus ReadAddress()
    {
        ReadOnlySequence<byte> input = s_address;
        return _replies.TryRead(ref input, out _);
    }

    [Benchmark(Description = "write the reply to a query")]
    public int WriteReply()
    {
        _output.ResetWrittenCount();
        var writer = new RespWriter(_output, RespVersion.Resp2);
        writer.WriteArrayHeader(2);
        writer.WriteBulkString("10.0.0.17");
        writer.WriteBulkString(6379);
        return _output.WrittenCount;
    }

    [Benchmark(Description = "write a PING")]
    public int WriteCommand()
    {
        _output.ResetWrittenCount();
        new RespWriter(_output, RespVersion.Resp2).WriteCommand("PING");
        return _output.WrittenCount;
    }
}
