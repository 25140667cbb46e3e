namespace Sentinel.Daemon.Transport;

/// <summary>The number that a connection's socket has in this process.</summary>
internal interface IDescriptorFeature
{
    /// <summary>As <c>CLIENT LIST</c> shows it.</summary>
    int Descriptor { get; }
}
