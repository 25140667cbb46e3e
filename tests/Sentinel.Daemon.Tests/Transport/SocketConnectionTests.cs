using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Sentinel.Daemon.Tests.Lab;
using Sentinel.Daemon.Transport;

namespace Sentinel.Daemon.Tests.Transport;

public sealed class SocketConnectionTests
{
    [Fact]
    public async Task Both_ends_and_the_descriptor_are_known()
    {
        await using SocketPair pair = await SocketPair.ConnectAsync();
        Assert.Equal(pair.Client.LocalEndPoint, pair.Ours.RemoteEndPoint);
        Assert.Equal(pair.Client.RemoteEndPoint, pair.Ours.LocalEndPoint);
        Assert.Equal(pair.Ours.Descriptor, pair.Ours.Features.Get<IDescriptorFeature>()!.Descriptor);
        Assert.True(pair.Ours.Descriptor > 2);
    }

    [Fact]
    public async Task A_listener_that_is_unbound_ends_the_wait_for_a_connection_and_keeps_those_there_are()
    {
        await using SocketPair pair = await SocketPair.ConnectAsync();
        Task<ConnectionContext?> waiting = pair.Listener.AcceptAsync().AsTask();
        await pair.Listener.UnbindAsync();
        Assert.Null(await waiting.WaitAsync(Eventually.Patience));
        Assert.Null(await pair.Listener.AcceptAsync());
        await pair.Output.WriteAsync("x"u8.ToArray());
        Assert.Equal(1, await pair.Client.ReceiveAsync(new byte[1]).WaitAsync(Eventually.Patience));
    }

    // Method: each connection echoes what it gets, in pieces of any size, and now and then goes on in another thread, as after a decision;
    // a third of them is cut off from outside in the middle. Seen from inside nobody is ever served by two threads at once.
    [Fact]
    public async Task Many_connections_are_each_served_by_one_thread_at_a_time_and_echo_what_they_get()
    {
        const int Connections = 60;
        await using SocketPair first = await SocketPair.ConnectAsync();
        List<(SocketConnection Ours, Socket Client)> pairs = [];    // one after the other: who is taken in is the one that came last
        while (pairs.Count < Connections)
            pairs.Add(await first.AnotherAsync());
        await Task.WhenAll(pairs.Select(async (pair, seed) =>
        {
            (SocketConnection ours, Socket client) = pair;
            bool isCutOff = seed % 3 == 0;
            Task serving = EchoAsync(ours, new Random(seed));
            byte[] sent = new byte[400_000];
            new Random(seed).NextBytes(sent);
            Task sending = SendAsync(client, sent, new Random(~seed));
            int received = await ReceiveAsync(client, sent, isCutOff ? () => ours.Abort(new ConnectionAbortedException("cut off")) : null);
            if (!isCutOff)
                Assert.Equal(sent.Length, received);
            client.Close();
            await Task.WhenAll(serving, sending).WaitAsync(Eventually.Patience);
        }));
    }

    private static async Task EchoAsync(SocketConnection ours, Random random)
    {
        int inside = 0;
        try
        {
            while (true)
            {
                ReadResult read = await ours.Input.ReadAsync();
                Assert.Equal(1, Interlocked.Increment(ref inside));
                if (random.Next(4) == 0)
                    await Task.Yield();
                ReadOnlySequence<byte> taken = read.Buffer.Slice(0, random.NextInt64(read.Buffer.Length + 1));
                foreach (ReadOnlyMemory<byte> part in taken)
                    ours.Output.Write(part.Span);
                ours.Input.AdvanceTo(taken.End);
                Assert.Equal(0, Interlocked.Decrement(ref inside));
                FlushResult flushed = await ours.Output.FlushAsync();
                if (flushed.IsCompleted || (read.IsCompleted && read.Buffer.IsEmpty))
                    return;
            }
        }
        catch (Exception gone) when (gone is ConnectionAbortedException or ConnectionResetException)
        {
            // Cut off, or the client has left.
        }
        finally
        {
            await ours.DisposeAsync();
        }
    }

    private static async Task SendAsync(Socket client, ReadOnlyMemory<byte> bytes, Random random)
    {
        try
        {
            while (bytes.Length > 0)
                bytes = bytes[await client.SendAsync(bytes[..Math.Min(bytes.Length, random.Next(1, 30_000))])..];
        }
        catch (Exception cut) when (cut is SocketException or ObjectDisposedException)
        {
            // It was cut off.
        }
    }

    private static async Task<int> ReceiveAsync(Socket client, byte[] expected, Action? inTheMiddle)
    {
        byte[] buffer = new byte[10_000];
        int received = 0;
        try
        {
            while (received < expected.Length)
            {
                int length = await client.ReceiveAsync(buffer.AsMemory()).AsTask().WaitAsync(Eventually.Patience);
                if (length == 0)
                    break;
                Assert.True(expected.AsSpan(received, length).SequenceEqual(buffer.AsSpan(0, length)));
                received += length;
                if (received > expected.Length / 2)
                {
                    inTheMiddle?.Invoke();
                    inTheMiddle = null;
                }
            }
        }
        catch (SocketException cut) when (inTheMiddle is null && cut.SocketErrorCode is SocketError.ConnectionReset)
        {
            // It was cut off.
        }
        return received;
    }
}
