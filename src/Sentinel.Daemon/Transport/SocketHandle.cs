using Microsoft.Win32.SafeHandles;

namespace Sentinel.Daemon.Transport;

/// <summary>A connected socket that does not block. It is closed once nobody is in the middle of a call with it, so its number cannot meanwhile become another's.</summary>
internal sealed class SocketHandle : SafeHandleMinusOneIsInvalid
{
    /// <param name="descriptor">As <c>accept4</c> gave it; -1: none.</param>
    public SocketHandle(int descriptor)
        : base(ownsHandle: true) => SetHandle(descriptor);

    /// <summary>Its number in this process.</summary>
    public int Descriptor => (int)handle;

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => StreamCalls.Close((int)handle);
}
