using System.Globalization;
using System.Net.Sockets;
using Sentinel.Core;
using Sentinel.Daemon.Configuration;

namespace Sentinel.Daemon.Logging;

/// <summary>The system's log, spoken to as <c>syslog(3)</c> does: one datagram per line to a socket of this machine.</summary>
/// <param name="path">The socket.</param>
/// <param name="ident">Our name there.</param>
/// <param name="facility">As whom we speak.</param>
/// <param name="time">Tells when to try again.</param>
internal sealed class SyslogSink(string path, string ident, SyslogFacility facility, TimeProvider time) : ILogSink
{
    /// <summary>Where the daemon of syslog listens, journald too.</summary>
    public const string DefaultPath = "/dev/log";

    /// <summary>How long a line may wait for a syslog that does not keep up. Short: the log file waits meanwhile.</summary>
    private const int PatienceMs = 100;

    /// <summary>How long one that is gone or stuck is left alone.</summary>
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private Socket? _socket;
    private long? _failedAt;

    /// <inheritdoc/>
    public bool TryWrite(LogLine line)
    {
        if (line.Form is not LogLineForm.Message)
            return true;    // as in Redis: neither signals nor the logo
        if (_failedAt is { } failedAt && time.GetElapsedTime(failedAt) < RetryAfter)
            return false;
        try
        {
            _socket ??= Connect();
            _socket.Send(FileText.Encode(Datagram(line)));
            _failedAt = null;
            return true;
        }
        catch (SocketException)
        {
            // Restarted, and so another socket at the same path; or full.
            _socket?.Dispose();
            _socket = null;
            _failedAt = time.GetTimestamp();
            return false;
        }
    }

    /// <inheritdoc/>
    public void Rest()
    {
        // Stays connected, as after openlog(3).
    }

    /// <inheritdoc/>
    public void Dispose() => _socket?.Dispose();

    private Socket Connect()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { SendTimeout = PatienceMs };
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path));
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    // <priority>Nov  1 02:08:43 ident[pid]: message
    private string Datagram(LogLine line) => string.Create(
        CultureInfo.InvariantCulture,
        $"<{((int)facility * 8) + Severity(line.Level)}>{line.At:MMM} {line.At.Day,2} {line.At:HH:mm:ss} {ident}[{Environment.ProcessId}]: {line.Text}");

    // numbers of RFC 5424; which is which, as in Redis
    private static int Severity(EventLevel level) => level switch
    {
        EventLevel.Debug => 7,
        EventLevel.Verbose => 6,
        EventLevel.Notice => 5,
        EventLevel.Warning => 4,
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
