using System.Runtime.InteropServices;

namespace Sentinel.Daemon;

/// <summary>The system's time, with timestamps that go on while the machine is suspended.</summary>
/// <remarks>
/// .NET's own are those of CLOCK_MONOTONIC, which stands still then: who wakes after hours would take what it knew for fresh, where it
/// should see that it was away.
/// </remarks>
internal sealed class BootTime : TimeProvider
{
    private const int ClockBootTime = 7;
    private const long NanosecondsPerSecond = 1_000_000_000;

    private BootTime()
    {
    }

    /// <summary>Where there is such a clock: on Linux. Else the system's own.</summary>
    public static TimeProvider OfThisSystem { get; } = OperatingSystem.IsLinux() ? new BootTime() : System;

    /// <inheritdoc/>
    public override long TimestampFrequency => NanosecondsPerSecond;

    /// <inheritdoc/>
    public override long GetTimestamp() =>
        clock_gettime(ClockBootTime, out Time time) == 0 ? (time.Seconds * NanosecondsPerSecond) + time.Nanoseconds : throw new InvalidOperationException("the clock cannot be read");

    [DllImport("libc")]
    [SuppressGCTransition]    // it takes some tens of ns
    private static extern int clock_gettime(int clock, out Time time);

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Time
    {
        public readonly long Seconds;
        public readonly long Nanoseconds;
    }
}
