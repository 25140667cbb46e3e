using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Sentinel.Daemon.Tests.Lab;

namespace Sentinel.Daemon.Tests.Transport;

public sealed class SocketOutputTests
{
    /// <summary>More than the buffers of both ends take.</summary>
    private const int TooMuch = 32 * 1024 * 1024;

    [Fact]
    public async Task What_is_written_in_pieces_leaves_in_one()
    {
        await using SocketPair pair = await SocketPair.ConnectAsync();
        for (int i = 0; i < 1000; i++)
            pair.Output.Write("0123456789"u8);
        Assert.Equal(10_000, pair.Output.UnflushedBytes);
        Task<FlushResult> flush = pair.Output.FlushAsync().AsTask();
        Assert.True(flush.IsCompleted);
        Assert.Equal(new FlushResult(isCanceled: false, isCompleted: false), await flush);
        Assert.Equal(0, pair.Output.UnflushedBytes);
        byte[] received = await ReceiveAsync(pair.Client, 10_000);
        Assert.Equal(Enumerable.Range(0, 10_000).Select(i => (byte)('0' + (i % 10))), received);
    }

    [Fact]
    public async Task A_flush_waits_for_a_client_that_does_not_read_and_ends_when_all_is_on_its_way()
    {
        await using SocketPair pair = await SocketPair.ConnectAsync();
        byte[] sent = Noise();
        pair.Output.Write(sent);
        Task<FlushResult> flush = pair.Output.FlushAsync().AsTask();
        Assert.False(flush.IsCompleted);
        Task<byte[]> receiving = ReceiveAsync(pair.Client, sent.Length);
        Assert.Equal(new FlushResult(isCanceled: false, isCompleted: false), await flush.WaitAsync(Eventually.Patience));
        Assert.Equal(0, pair.Output.UnflushedBytes);
        AssertSame(sent, await receiving);
    }

    [Fact]
    public async Task Requests_are_read_while_a_flush_waits()
    {
        await using SocketPair pair = await SocketPair.ConnectAsync();
        pair.Output.Write(Noise());
        Task<FlushResult> flush = pair.Output.FlushAsync().AsTask();
        Task<ReadResult> read = pair.Input.ReadAsync().AsTask();
        await pair.Client.SendAsync("abc"u8.ToArray());
        Assert.Equal(3, (await read.WaitAsync(Eventually.Patience)).Buffer.Length);
        Assert.False(flush.IsCompleted);
    }

    [Fact]
    public async Task A_flush_that_is_canceled_keeps_what_is_left_for_the_next_one()
    {
        await using SocketPair pair = await SocketPair.ConnectAsync();
        byte[] sent = Noise();
        pair.Output.Write(sent);
        Task<FlushResult> flush = pair.Output.FlushAsync().AsTask();
        await Task.Run(pair.Output.CancelPendingFlush);
        Assert.True((await flush.WaitAsync(Eventually.Patience)).IsCanceled);
        Assert.InRange(pair.Output.UnflushedBytes, 1, sent.Length);
        pair.Output.Write("end"u8);
        Task<byte[]> receiving = ReceiveAsync(pair.Client, sent.Length + 3);
        Assert.False((await pair.Output.FlushAsync().AsTask().WaitAsync(Eventually.Patience)).IsCanceled);
        AssertSame([.. sent, .. "end"u8], await receiving);
    }

    [Fact]
    public async Task An_impatient_flush_ends_with_its_token_and_the_next_one_sends_the_rest()
    {
        await using SocketPair pair = await SocketPair.ConnectAsync();
        byte[] sent = Noise();
        using var impatient = new CancellationTokenSource();
        Task<FlushResult> flush = pair.Output.WriteAsync(sent, impatient.Token).AsTask();
        impatient.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => flush.WaitAsync(Eventually.Patience));
        Task<byte[]> receiving = ReceiveAsync(pair.Client, sent.Length);
        await pair.Output.FlushAsync().AsTask().WaitAsync(Eventually.Patience);
        AssertSame(sent, await receiving);
    }

    [Fact]
    public async Task An_abort_ends_a_flush_that_waits_and_nothing_is_sent_after_it()
    {
        await using SocketPair pair = await SocketPair.ConnectAsync();
        pair.Output.Write(Noise());
        Task<FlushResult> flush = pair.Output.FlushAsync().AsTask();
        await Task.Run(() => pair.Ours.Abort(new ConnectionAbortedException("too slow")));
        Assert.True((await flush.WaitAsync(Eventually.Patience)).IsCompleted);
        Assert.True((await pair.Output.WriteAsync("x"u8.ToArray())).IsCompleted);
        Assert.Equal(0, pair.Output.UnflushedBytes);
    }

    [Fact]
    public async Task A_client_that_goes_ends_a_flush_that_waits_though_nobody_reads()
    {
        await using SocketPair pair = await SocketPair.ConnectAsync();
        pair.Output.Write(Noise());
        Task<FlushResult> flush = pair.Output.FlushAsync().AsTask();
        pair.Client.Close();    // with something unread, so it is a reset
        Assert.True((await flush.WaitAsync(Eventually.Patience)).IsCompleted);
    }

    [Fact]
    public async Task Closing_sends_what_was_written_and_is_no_reset_though_requests_are_left_unread()
    {
        await using SocketPair pair = await SocketPair.ConnectAsync();
        await pair.Client.SendAsync(new byte[100_000]);
        await pair.Input.ReadAsync();
        pair.Output.Write("goodbye"u8);
        await pair.Ours.DisposeAsync();
        AssertSame("goodbye"u8.ToArray(), await ReceiveAsync(pair.Client, 7));
        Assert.Equal(0, await pair.Client.ReceiveAsync(new byte[1]).WaitAsync(Eventually.Patience));
    }

    [Fact]
    public async Task Nothing_is_written_after_the_end()
    {
        await using SocketPair pair = await SocketPair.ConnectAsync();
        await pair.Output.CompleteAsync();
        Assert.Throws<InvalidOperationException>(() => pair.Output.GetMemory());
    }

    /// <summary>Says no more than that, since both are long.</summary>
    private static void AssertSame(byte[] expected, byte[] actual) => Assert.True(expected.AsSpan().SequenceEqual(actual));

    private static byte[] Noise()
    {
        byte[] noise = new byte[TooMuch];
        new Random(1).NextBytes(noise);
        return noise;
    }

    private static async Task<byte[]> ReceiveAsync(Socket socket, int length)
    {
        byte[] received = new byte[length];
        for (int at = 0; at < length;)
        {
            int more = await socket.ReceiveAsync(received.AsMemory(at)).AsTask().WaitAsync(Eventually.Patience);
            Assert.NotEqual(0, more);
            at += more;
        }
        return received;
    }
}
