using Sentinel.Daemon.Tests.Configuration;

namespace Sentinel.Daemon.Tests.Acl;

/// <summary>The redis-sentinel that is installed here (7.0.15), shared by the tests of a class, which leave no user behind.</summary>
public sealed class OriginalSentinel : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly RealSentinel _process;

    public OriginalSentinel()
    {
        Port = RealSentinel.FreePort();
        _process = RealSentinel.Start(_folder.Write("sentinel.conf", $"port {Port}\nbind 127.0.0.1\ndir {_folder.Path}\n"), Port);
    }

    public int Port { get; }

    public void Dispose()
    {
        _process.Dispose();
        _folder.Dispose();
    }
}
