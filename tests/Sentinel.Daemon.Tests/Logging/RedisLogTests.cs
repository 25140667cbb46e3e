using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Sentinel.Core;
using Sentinel.Daemon.Configuration;
using Sentinel.Daemon.Logging;
using Sentinel.Daemon.Tests.Configuration;
using Sentinel.Daemon.Tests.Lab;

namespace Sentinel.Daemon.Tests.Logging;

/// <summary>The log: what a line looks like, where it goes, and what happens when it cannot go there.</summary>
public sealed class RedisLogTests : IDisposable
{
    private static readonly DateTimeOffset At = new(2026, 11, 3, 2, 8, 43, 47, TimeSpan.FromHours(1));

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string, string, string> Formats => new()
    {
        { nameof(LogFormat.Legacy), nameof(LogTimestampFormat.Legacy), $"{Environment.ProcessId}:X 03 Nov 2026 02:08:43.047 # +sdown \"m\"" },
        { nameof(LogFormat.Legacy), nameof(LogTimestampFormat.Iso8601), $"{Environment.ProcessId}:X 2026-11-03T02:08:43.047+01:00 # +sdown \"m\"" },
        { nameof(LogFormat.Logfmt), nameof(LogTimestampFormat.Milliseconds), $"pid={Environment.ProcessId} role=sentinel timestamp=\"1793668123047\" level=warning message=\"+sdown 'm'\"" },
        { nameof(LogFormat.Logfmt), nameof(LogTimestampFormat.Legacy), $"pid={Environment.ProcessId} role=sentinel timestamp=\"03 Nov 2026 02:08:43.047\" level=warning message=\"+sdown 'm'\"" },
    };

    private string File => _folder.File("s.log");

    public void Dispose() => _folder.Dispose();

    [Theory, MemberData(nameof(Formats))]
    public void A_line_is_written_as_Redis_and_Valkey_write_it(string format, string timestamp, string line) =>
        Assert.Equal(line, new LogLine(At, EventLevel.Warning, "+sdown \"m\"").Write(Enum.Parse<LogFormat>(format), Enum.Parse<LogTimestampFormat>(timestamp)));

    [Fact]
    public void A_signal_is_told_in_the_form_that_tools_know() =>
        Assert.Equal(
            $"{Environment.ProcessId}:signal-handler (1793668123) Received SIGTERM scheduling shutdown...",
            new LogLine(At, EventLevel.Warning, "Received SIGTERM scheduling shutdown...", LogLineForm.Signal).Write(LogFormat.Logfmt, LogTimestampFormat.Iso8601));

    [Fact]
    public void Levels_below_the_threshold_are_not_written_and_the_threshold_may_change_at_any_time()
    {
        using (var log = new RedisLog(LogThreshold.Notice, File, TimeProvider.System))
        {
            log.Write(EventLevel.Verbose, "not this");
            log.Write(EventLevel.Notice, "one");
            log.Threshold = LogThreshold.Debug;
            log.Write(EventLevel.Debug, "two");
            log.Threshold = LogThreshold.Warning;
            log.Write(EventLevel.Notice, "nor this");
            log.Write(EventLevel.Warning, "three");
            log.Threshold = LogThreshold.Nothing;
            log.Write(EventLevel.Warning, "least of all this");
        }
        Assert.Equal(["* one", ". two", "# three"], Lines().Select(line => string.Join(' ', line.Split(' ')[^2..])));
    }

    [Fact]
    public void What_others_say_cannot_forge_a_line()
    {
        using (var log = new RedisLog(LogThreshold.Notice, File, TimeProvider.System))
            log.Write(EventLevel.Notice, "one\n1:X 01 Jan 2026 00:00:00.000 # two\r\nthree");
        Assert.Single(Lines());
    }

    [Fact]
    public async Task A_file_that_was_moved_away_is_let_go_and_one_that_was_cut_short_is_gone_on_with()
    {
        using var log = new RedisLog(LogThreshold.Notice, File, TimeProvider.System);
        log.Write(EventLevel.Notice, "one");
        await Eventually.SoAsync("the first line is there", () => IsLast("one"));
        await Eventually.SoAsync("the file is let go", () => !IsOpen());
        System.IO.File.Move(File, File + ".1");
        log.Write(EventLevel.Notice, "two");
        await Eventually.SoAsync("the second line is in a new file", () => IsLast("two"));
        Assert.Single(Lines());
        System.IO.File.Copy(File, File + ".2");
        using (var cut = new FileStream(File, FileMode.Truncate, FileAccess.Write, FileShare.ReadWrite))
            Assert.Equal(0, cut.Length);
        log.Write(EventLevel.Notice, "three");
        await Eventually.SoAsync("the third line is in the file", () => IsLast("three"));
        Assert.Single(Lines());
        Assert.DoesNotContain('\0', System.IO.File.ReadAllText(File));
    }

    [Fact]
    public void Lines_that_a_full_disk_refuses_cost_nothing_but_themselves()
    {
        using var sink = new FileSink("/dev/full", LogFormat.Legacy, LogTimestampFormat.Legacy);
        Assert.False(sink.TryWrite(new LogLine(At, EventLevel.Notice, "one")));
        Assert.False(sink.TryWrite(new LogLine(At, EventLevel.Notice, "two")));
    }

    [Fact]
    public async Task The_number_of_lost_lines_is_told_when_the_log_can_be_written_again()
    {
        var disk = new TroubledSink { IsFull = true };
        using (var log = new RedisLog(LogThreshold.Notice, TimeProvider.System, disk))
        {
            foreach (string line in (string[])["one", "two", "three"])
                log.Write(EventLevel.Notice, line);
            await Eventually.SoAsync("the last line was refused", () => disk.Refused.Contains("three"));
            disk.IsFull = false;
            log.Write(EventLevel.Notice, "four");
            log.Write(EventLevel.Notice, "five");
        }
        Assert.True(disk.IsClosed.Wait(Eventually.Patience));
        Assert.Equal(["3 log lines were lost here: the log could not be written, or not fast enough", "four", "five"], disk.Written);
    }

    [Fact]
    public void Writing_never_waits_and_what_finds_no_room_is_counted()
    {
        var disk = new TroubledSink();
        disk.IsReleased.Reset();
        using (var log = new RedisLog(LogThreshold.Notice, TimeProvider.System, disk))
        {
            log.Write(EventLevel.Notice, "first");
            Assert.True(disk.IsReached.Wait(Eventually.Patience));
            for (int i = 0; i < 10_000; i++)
                log.Write(EventLevel.Notice, "more");
            disk.IsReleased.Set();
        }
        Assert.True(disk.IsClosed.Wait(Eventually.Patience));
        int told = int.Parse(disk.Written.Single(line => line.Contains("were lost here", StringComparison.Ordinal)).Split(' ')[0], CultureInfo.InvariantCulture);
        Assert.Equal(10_001, told + disk.Written.Count(line => line is "first" or "more"));
        Assert.InRange(told, 1, 10_000);
    }

    [Fact]
    public async Task Syslog_gets_each_line_as_a_datagram_with_its_priority()
    {
        string path = _folder.File("log");
        using Socket daemon = Listen(path);
        using var sink = new SyslogSink(path, "my-sentinel", SyslogFacility.Local3, TimeProvider.System);
        Assert.True(sink.TryWrite(new LogLine(At, EventLevel.Warning, "+sdown m")));
        Assert.True(sink.TryWrite(new LogLine(At, EventLevel.Notice, "n")));
        Assert.True(sink.TryWrite(new LogLine(At, EventLevel.Warning, "Received SIGTERM", LogLineForm.Signal)));    // not for syslog
        Assert.True(sink.TryWrite(new LogLine(At, EventLevel.Verbose, "v")));
        Assert.True(sink.TryWrite(new LogLine(At, EventLevel.Debug, "d")));
        int local3 = 19 * 8;
        string[] expected = [$"<{local3 + 4}>", $"<{local3 + 5}>", $"<{local3 + 6}>", $"<{local3 + 7}>"];
        foreach ((string priority, string text) in expected.Zip(["+sdown m", "n", "v", "d"]))
            Assert.Equal($"{priority}Nov  3 02:08:43 my-sentinel[{Environment.ProcessId}]: {text}", await ReceiveAsync(daemon));
    }

    [Fact]
    public async Task A_syslog_that_was_restarted_is_found_again()
    {
        string path = _folder.File("log");
        using var sink = new SyslogSink(path, "s", SyslogFacility.User, TimeProvider.System);
        using (Listen(path))
            Assert.True(sink.TryWrite(new LogLine(At, EventLevel.Notice, "one")));
        System.IO.File.Delete(path);
        Assert.False(sink.TryWrite(new LogLine(At, EventLevel.Notice, "two")));
        using Socket again = Listen(path);
        await Eventually.SoAsync("it is written to again", () => sink.TryWrite(new LogLine(At, EventLevel.Notice, "three")));
        Assert.EndsWith("three", await ReceiveAsync(again));
    }

    private static Socket Listen(string path)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(path));
        return socket;
    }

    private static async Task<string> ReceiveAsync(Socket socket)
    {
        using var patience = new CancellationTokenSource(Eventually.Patience);
        byte[] buffer = new byte[4096];
        return Encoding.UTF8.GetString(buffer, 0, await socket.ReceiveAsync(buffer, SocketFlags.None, patience.Token));
    }

    private string[] Lines() => System.IO.File.ReadAllLines(File);

    private bool IsLast(string text) => System.IO.File.Exists(File) && Lines() is [.., var last] && last.EndsWith(text, StringComparison.Ordinal);

    private bool IsOpen() => Directory.EnumerateFiles("/proc/self/fd").Any(link => new FileInfo(link).LinkTarget == File);

    /// <summary>A disk that hangs until it is let go, or is full.</summary>
    private sealed class TroubledSink : ILogSink
    {
        private volatile bool _isFull;

        public bool IsFull { set => _isFull = value; }

        public ManualResetEventSlim IsReached { get; } = new();

        public ManualResetEventSlim IsReleased { get; } = new(initialState: true);

        public ManualResetEventSlim IsClosed { get; } = new();

        public ConcurrentQueue<string> Refused { get; } = [];

        public List<string> Written { get; } = [];

        public bool TryWrite(LogLine line)
        {
            IsReached.Set();
            IsReleased.Wait(Eventually.Patience);
            if (_isFull)
                Refused.Enqueue(line.Text);
            else
                Written.Add(line.Text);
            return !_isFull;
        }

        public void Rest()
        {
            // Nothing is open.
        }

        public void Dispose() => IsClosed.Set();
    }
}
