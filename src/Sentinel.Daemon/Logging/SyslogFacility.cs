namespace Sentinel.Daemon.Logging;

/// <summary>As whom we speak to syslog, in the words of <c>syslog-facility</c>; the values are those of RFC 5424.</summary>
internal enum SyslogFacility
{
    User = 1,
    Local0 = 16,
    Local1 = 17,
    Local2 = 18,
    Local3 = 19,
    Local4 = 20,
    Local5 = 21,
    Local6 = 22,
    Local7 = 23,
}
