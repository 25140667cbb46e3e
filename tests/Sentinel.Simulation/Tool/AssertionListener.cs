using System.Diagnostics;

namespace Sentinel.Simulation.Tool;

/// <summary>Makes a failed <see cref="Debug.Assert(bool)"/> of a debug build a finding, with its seed, instead of the end of the process.</summary>
internal sealed class AssertionListener : TraceListener
{
    public override void Fail(string? message, string? detailMessage) => throw new InvalidOperationException($"assertion failed: {message} {detailMessage}".TrimEnd());

    public override void Write(string? message)
    {
    }

    public override void WriteLine(string? message)
    {
    }
}
