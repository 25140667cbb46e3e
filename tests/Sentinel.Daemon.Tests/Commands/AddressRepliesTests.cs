using System.Buffers;
using System.Collections.Immutable;
using System.IO.Pipelines;
using System.Text;
using Sentinel.Core;
using Sentinel.Daemon.Acl;
using Sentinel.Daemon.Commands;
using Sentinel.Resp;

namespace Sentinel.Daemon.Tests.Commands;

/// <summary>The answers that must be quick: they follow the view, and cost no memory.</summary>
public sealed class AddressRepliesTests
{
    [Fact]
    public void A_reply_follows_the_view()
    {
        var replies = new AddressReplies();
        SentinelView view = View(("m", new Address("10.0.0.1", 1)));
        Assert.Equal("*2\r\n$8\r\n10.0.0.1\r\n$1\r\n1\r\n", Find(replies, view, "m"));
        Assert.Equal("", Find(replies, view, "M"));
        Assert.Equal("", Find(replies, view, ""));
        view = View(("m", new Address("10.0.0.2", 22)), ("n", new Address("::1", 3)));
        Assert.Equal("*2\r\n$8\r\n10.0.0.2\r\n$2\r\n22\r\n", Find(replies, view, "m"));
        Assert.Equal("*2\r\n$3\r\n::1\r\n$1\r\n3\r\n", Find(replies, view, "n"));
        view = View(("n", new Address("::1", 3)));
        Assert.Equal("", Find(replies, view, "m"));
        view = View(("m", new Address("10.0.0.1", 1)));
        Assert.Equal("*2\r\n$8\r\n10.0.0.1\r\n$1\r\n1\r\n", Find(replies, view, "m"));
    }

    [Fact]
    public void A_host_that_is_spelled_anew_is_told_in_the_new_spelling()
    {
        var replies = new AddressReplies();
        Assert.Equal("*2\r\n$4\r\nHost\r\n$1\r\n1\r\n", Find(replies, View(("m", new Address("Host", 1))), "m"));
        Assert.Equal("*2\r\n$4\r\nhost\r\n$1\r\n1\r\n", Find(replies, View(("m", new Address("host", 1))), "m"));
    }

    [Theory]
    [InlineData(127)]
    [InlineData(128)]
    [InlineData(129)]
    [InlineData(5000)]
    public void Names_of_any_length_are_found(int length)
    {
        string name = new('n', length - 2);
        string accented = name + "\u00fc";    // two bytes
        var replies = new AddressReplies();
        SentinelView view = View((accented, new Address("h", 1)));
        Assert.Equal("*2\r\n$1\r\nh\r\n$1\r\n1\r\n", Find(replies, view, accented));
        Assert.Equal("*2\r\n$1\r\nh\r\n$1\r\n1\r\n", Find(replies, view, accented));
        Assert.Equal("", Find(replies, view, name));
    }

    [Theory]
    [InlineData("*1\r\n$4\r\nPING\r\n", "+PONG\r\n")]
    [InlineData("*3\r\n$8\r\nSENTINEL\r\n$23\r\nget-master-addr-by-name\r\n$8\r\nmymaster\r\n", "*2\r\n$9\r\n127.0.0.1\r\n$1\r\n0\r\n")]
    [InlineData("*2\r\n$8\r\nSENTINEL\r\n$7\r\nmasters\r\n", "*1\r\n*4")]    // the map, whose length and ages depend on the moment
    public async Task What_clients_ask_most_is_answered_without_allocating(string request, string beginning)
    {
        await using RunningServer server = await RunningServer.StartAsync(RunningServer.Unreachable("mymaster"));
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 0, useSynchronizationContext: false));
        var output = new ClientOutput(pipe.Writer, OutputBufferLimit.PubSub, TimeProvider.System, (_, _) => { });
        var client = new ClientConnection(1, null, null, output, new AclAccount(AclUser.Default(password: null)), isAuthenticated: true, server.Loop.Now);
        var reader = new RespCommandReader(RespLimits.Default, isAuthenticated: true);
        byte[] bytes = Encoding.ASCII.GetBytes(request);
        Answer();    // compiles, and fills the cache
        Assert.StartsWith(beginning, await TakeAsync(), StringComparison.Ordinal);

        // The pipe has to rent its segments the first times; what we allocate ourselves we allocate every time.
        long least = long.MaxValue;
        for (int round = 0; round < 10; round++)
        {
            least = Math.Min(least, AllocatedBy(100));
            await TakeAsync();
        }
        Assert.InRange(least, 0, 99);

        long AllocatedBy(int requests)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < requests; i++)
                Answer();
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        void Answer()
        {
            var buffer = new ReadOnlySequence<byte>(bytes);
            // not by Assert, which allocates
            if (reader.TryRead(ref buffer, out RespCommand words) is not RespReadStatus.Complete
                || server.Commands.Call(new CommandCall(client, words)).Decision is not null)
                throw new InvalidOperationException("not answered at once");
        }

        async Task<string> TakeAsync()
        {
            await output.FlushAsync(client.Version);
            ReadResult read = await pipe.Reader.ReadAsync();
            string text = Encoding.ASCII.GetString(read.Buffer);
            pipe.Reader.AdvanceTo(read.Buffer.End);
            return text;
        }
    }

    private static string Find(AddressReplies replies, SentinelView view, string name) =>
        Encoding.Latin1.GetString(replies.Find(view, Encoding.UTF8.GetBytes(name)));

    private static SentinelView View(params (string Name, Address Address)[] masters) => new()
    {
        Id = default,
        Masters = masters.ToImmutableDictionary(
            master => master.Name,
            master => new MasterView
            {
                Name = master.Name,
                Address = master.Address,
                Link = new LinkHealth(),
                Options = new MasterOptions { Name = master.Name, Quorum = 1 },
            },
            StringComparer.Ordinal),
    };
}
