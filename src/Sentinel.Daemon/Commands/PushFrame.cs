using System.Buffers;
using Sentinel.Resp;

namespace Sentinel.Daemon.Commands;

/// <summary>One message of a subscription, written once for each version that is spoken and shared by all who get it.</summary>
/// <param name="words">Its parts, such as <c>message</c>, channel and payload.</param>
internal sealed class PushFrame(params byte[][] words)
{
    private ReadOnlyMemory<byte>? _resp2;
    private ReadOnlyMemory<byte>? _resp3;

    /// <summary>The message in one version. Called by one thread at a time.</summary>
    public ReadOnlyMemory<byte> In(RespVersion version) =>
        version is RespVersion.Resp2 ? _resp2 ??= Write(version) : _resp3 ??= Write(version);

    private ReadOnlyMemory<byte> Write(RespVersion version)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new RespWriter(output, version);
        writer.WritePushHeader(words.Length);
        foreach (byte[] word in words)
            writer.WriteBulkString(word);
        return output.WrittenMemory;
    }
}
