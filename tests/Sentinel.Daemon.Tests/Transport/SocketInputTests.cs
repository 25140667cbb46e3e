using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Sentinel.Daemon.Tests.Lab;

namespace Sentinel.Daemon.Tests.Transport;

public sealed class SocketInputTests
{
    [Fact]
    public async Task What_is_not_taken_comes_again_together_with_what_follows()
    {
        await using SocketPair pair = await SocketPair.ConnectAsync();
        await pair.Client.SendAsync("abc"u8.ToArray());
        ReadResult read = await ReadAsync(pair);
        Assert.Equal("abc", Text(read));
        pair.Input.AdvanceTo(read.Buffer.GetPosition(1), read.Buffer.End);

        Task<ReadResult> next = pair.Input.ReadAsync().AsTask();
        Assert.False(next.IsCompleted);    // all was looked at, so there is nothing new
        await pair.Client.SendAsync("d"u8.ToArray());
        read = await next.WaitAsync(Eventually.Patience);
        Assert.Equal("bcd", Text(read));
        pair.Input.AdvanceTo(read.Buffer.GetPosition(2));

        next = pair.Input.ReadAsync().AsTask();
        Assert.True(next.IsCompleted);    // 'd' was not looked at
        Assert.Equal("d", Text(await next));
    }

    [Fact]
    public async Task A_reader_that_takes_nothing_before_all_is_there_gets_it_in_one_piece()
    {
        byte[] sent = Noise(300_000);
        await using SocketPair pair = await SocketPair.ConnectAsync();
        Task sending = SendAllAsync(pair.Client, sent);
        while (true)
        {
            ReadResult read = await ReadAsync(pair);
            if (read.Buffer.Length == sent.Length)
            {
                Assert.Equal(sent, read.Buffer.ToArray());
                break;
            }
            pair.Input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
        await sending;
    }

    [Fact]
    public async Task A_long_stream_arrives_as_it_was_sent_however_little_is_taken_at_a_time()
    {
        byte[] sent = Noise(1_000_000);
        var random = new Random(7);
        var received = new MemoryStream();
        await using SocketPair pair = await SocketPair.ConnectAsync();
        Task sending = SendAllAsync(pair.Client, sent);
        while (received.Length < sent.Length)
        {
            ReadResult read = await ReadAsync(pair);
            ReadOnlySequence<byte> taken = read.Buffer.Slice(0, random.NextInt64(read.Buffer.Length + 1));
            received.Write(taken.ToArray());
            SequencePosition examined = random.Next(2) == 0 && received.Length < sent.Length - read.Buffer.Length ? read.Buffer.End : taken.End;
            pair.Input.AdvanceTo(taken.End, examined);
        }
        await sending;
        Assert.Equal(sent, received.ToArray());
    }

    [Fact]
    public async Task A_read_that_waits_can_be_canceled_from_another_thread_and_loses_nothing()
    {
        await using SocketPair pair = await SocketPair.ConnectAsync();
        Task<ReadResult> waiting = pair.Input.ReadAsync().AsTask();
        Assert.False(waiting.IsCompleted);
        await Task.Run(pair.Input.CancelPendingRead);
        ReadResult read = await waiting.WaitAsync(Eventually.Patience);
        Assert.True(read.IsCanceled);
        pair.Input.AdvanceTo(read.Buffer.End);
        await pair.Client.SendAsync("abc"u8.ToArray());
        Assert.Equal("abc", Text(await ReadAsync(pair)));
    }

    [Fact]
    public async Task A_cancellation_that_comes_before_the_read_is_for_the_next_one_only()
    {
        await using SocketPair pair = await SocketPair.ConnectAsync();
        pair.Input.CancelPendingRead();
        ReadResult read = await ReadAsync(pair);
        Assert.True(read.IsCanceled);
        pair.Input.AdvanceTo(read.Buffer.End);
        await pair.Client.SendAsync("abc"u8.ToArray());
        read = await ReadAsync(pair);
        Assert.False(read.IsCanceled);
        Assert.Equal("abc", Text(read));
    }

    [Fact]
    public async Task An_impatient_read_ends_with_its_token_and_the_next_one_reads_on()
    {
        await using SocketPair pair = await SocketPair.ConnectAsync();
        using var impatient = new CancellationTokenSource();
        Task<ReadResult> waiting = pair.Input.ReadAsync(impatient.Token).AsTask();
        impatient.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(Eventually.Patience));
        await pair.Client.SendAsync("abc"u8.ToArray());
        Assert.Equal("abc", Text(await ReadAsync(pair)));
    }

    [Fact]
    public async Task A_client_that_only_stops_sending_is_still_answered()
    {
        await using SocketPair pair = await SocketPair.ConnectAsync();
        await pair.Client.SendAsync("abc"u8.ToArray());
        pair.Client.Shutdown(SocketShutdown.Send);
        var received = new MemoryStream();
        ReadResult read;
        do
        {
            read = await ReadAsync(pair);
            received.Write(read.Buffer.ToArray());
            pair.Input.AdvanceTo(read.Buffer.End);
        }
        while (!read.IsCompleted);
        Assert.Equal("abc"u8, received.ToArray());
        Assert.False((await pair.Output.WriteAsync("xyz"u8.ToArray())).IsCompleted);
        byte[] answer = new byte[3];
        await pair.Client.ReceiveAsync(answer).WaitAsync(Eventually.Patience);
        Assert.Equal("xyz"u8, answer);
    }

    [Fact]
    public async Task A_reset_is_told_to_who_reads_and_to_who_writes()
    {
        await using SocketPair pair = await SocketPair.ConnectAsync();
        Task<ReadResult> waiting = pair.Input.ReadAsync().AsTask();
        pair.Client.LingerState = new LingerOption(enable: true, seconds: 0);
        pair.Client.Close();
        await Assert.ThrowsAsync<ConnectionResetException>(() => waiting.WaitAsync(Eventually.Patience));
        await Assert.ThrowsAsync<ConnectionResetException>(() => pair.Input.ReadAsync().AsTask());
        Assert.True((await pair.Output.WriteAsync("xyz"u8.ToArray())).IsCompleted);
    }

    [Fact]
    public async Task An_abort_from_another_thread_ends_a_read_that_waits()
    {
        await using SocketPair pair = await SocketPair.ConnectAsync();
        Task<ReadResult> waiting = pair.Input.ReadAsync().AsTask();
        CancellationToken closed = pair.Ours.ConnectionClosed;
        await Task.Run(() => pair.Ours.Abort(new ConnectionAbortedException("killed")));
        var aborted = await Assert.ThrowsAsync<ConnectionAbortedException>(() => waiting.WaitAsync(Eventually.Patience));
        Assert.Equal("killed", aborted.Message);
        Assert.True(closed.IsCancellationRequested);
        Assert.Equal(0, await pair.Client.ReceiveAsync(new byte[1]).WaitAsync(Eventually.Patience));
    }

    [Fact]
    public async Task Closing_ends_a_read_that_was_left_alone()
    {
        await using SocketPair pair = await SocketPair.ConnectAsync();
        Task<ReadResult> waiting = pair.Input.ReadAsync().AsTask();
        await pair.Ours.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => waiting.WaitAsync(Eventually.Patience));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => pair.Input.ReadAsync().AsTask());
    }

    [Fact]
    public async Task Nothing_is_read_ahead_of_who_reads()
    {
        await using SocketPair pair = await SocketPair.ConnectAsync();
        await pair.Client.SendAsync("a"u8.ToArray());
        ReadResult read = await ReadAsync(pair);
        pair.Input.AdvanceTo(read.Buffer.End);
        Assert.False(pair.Input.TryRead(out _));
        await pair.Client.SendAsync("b"u8.ToArray());
        Assert.False(pair.Input.TryRead(out _));
        Assert.Equal("b", Text(await ReadAsync(pair)));
    }

    private static Task<ReadResult> ReadAsync(SocketPair pair) => pair.Input.ReadAsync().AsTask().WaitAsync(Eventually.Patience);

    private static string Text(ReadResult read) => Encoding.ASCII.GetString(read.Buffer);

    private static byte[] Noise(int length)
    {
        byte[] noise = new byte[length];
        new Random(1).NextBytes(noise);
        return noise;
    }

    private static async Task SendAllAsync(Socket socket, ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > 0)
            bytes = bytes[await socket.SendAsync(bytes)..];
    }
}
