namespace Sentinel.Daemon.Transport;

/// <summary>What <see cref="ClientPoller"/> waits for: a connection, or a socket that listens.</summary>
internal interface IPolled
{
    /// <summary>There is something to do. On the poller's thread.</summary>
    /// <param name="events">As <see cref="Links.Epoll"/> tells them.</param>
    void OnReady(uint events);

    /// <summary>It could not be served. On the poller's thread.</summary>
    void Fail(Exception failure);
}
