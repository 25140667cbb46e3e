using System.Net;
using System.Net.Sockets;
using Sentinel.Core;

namespace Sentinel.Daemon.Links;

/// <summary>A connection in the clear: written to by the deciding thread, read by the thread of all links (<see cref="LinkPoller"/>). It holds no memory while nothing moves.</summary>
internal sealed class PlainLink(Connect order, LinkSite site) : LinkConnection(order, site)
{
    private Socket? _socket;
    private bool _isConnected;
    private bool _waitsForRoom;
    private bool _rests;

    /// <summary>What the poller knows it by.</summary>
    public long Token { get; } = site.Poller.NewToken();

    /// <inheritdoc/>
    public override void Open()
    {
        Socket socket;
        try
        {
            socket = Site.Transport.Open(Order.Address);
            socket.Blocking = false;
        }
        catch (LinkSetupException failure)
        {
            Site.Reports.CannotConnect(Order, failure.Message);
            End(new LinkEnd(failure.Message));
            return;
        }
        catch (SocketException failure)
        {
            End(LinkEnd.OfConnecting(failure.SocketErrorCode));
            return;
        }
        LinkEnd? end;
        lock (Gate)
        {
            if (IsClosed)
            {
                socket.Dispose();
                return;
            }
            _socket = socket;
            end = SocketCalls.Connect(socket, new IPEndPoint(IPAddress.Parse(Order.Address.Host), Order.Address.Port));
            if (end is null)
                Site.Poller.Watch(this, socket, Epoll.Writable);
        }
        if (end is not null)
            End(end);
    }

    /// <summary>There is something to do. Called by the poller.</summary>
    /// <param name="events">As <see cref="Epoll"/> tells them.</param>
    /// <param name="buffer">To read into; nobody needs what is in it.</param>
    public void OnReady(uint events, byte[] buffer)
    {
        if (!_isConnected)
        {
            FinishConnecting();
            return;
        }
        if ((events & Epoll.Writable) != 0)
            Flush();
        if ((events & ~Epoll.Writable) != 0)
            Read(buffer);
    }

    /// <summary>It may be read again.</summary>
    public void EndRest() => Wait(rests: false);

    /// <inheritdoc/>
    public override void Flush()
    {
        lock (Gate)
        {
            if (IsClosed || !_isConnected)
                return;
            SocketError error = SocketError.Success;
            while (!Outbox.IsEmpty && error is SocketError.Success)
                Outbox.Leave(_socket!.Send(Outbox.Waiting, SocketFlags.None, out error));
            // Of any other error the reading side hears too, and reports it.
            bool waitsForRoom = error is SocketError.WouldBlock;
            if (waitsForRoom == _waitsForRoom)
                return;
            _waitsForRoom = waitsForRoom;
            Site.Poller.Change(this, _socket!, Events);
        }
    }

    /// <inheritdoc/>
    protected override void Close()
    {
        Site.Poller.Forget(this);
        _socket?.Dispose();
    }

    /// <inheritdoc/>
    protected override void Tell(Input fact) => Site.Poller.Tell(fact);

    private uint Events => (_rests ? 0 : Epoll.Readable) | (_waitsForRoom ? Epoll.Writable : 0);

    private void FinishConnecting()
    {
        var error = (SocketError)(int)_socket!.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)!;
        if (error is not SocketError.Success)
        {
            End(LinkEnd.OfConnecting(error));
            return;
        }
        if (SocketCalls.LocalAddress(_socket) is not { } local)
        {
            End(LinkEnd.Closed);
            return;
        }
        lock (Gate)
        {
            if (IsClosed)
                return;
            _isConnected = true;
            Site.Poller.Change(this, _socket, Events);
        }
        Opened($"{(local.IsIPv4MappedToIPv6 ? local.MapToIPv4() : local)}");
    }

    private void Read(byte[] buffer)
    {
        int count = _socket!.Receive(buffer, SocketFlags.None, out SocketError error);
        if (error is SocketError.WouldBlock)
            return;
        LinkEnd? end = error is not SocketError.Success ? LinkEnd.OfReading(error) : count == 0 ? LinkEnd.Closed : Take(buffer.AsMemory(0, count));
        if (end is not null)
        {
            End(end);
            return;
        }
        TimeSpan rest = Rest();
        if (rest <= TimeSpan.Zero)
            return;
        Wait(rests: true);
        Site.Poller.Rest(this, rest);
    }

    private void Wait(bool rests)
    {
        lock (Gate)
        {
            if (IsClosed)
                return;
            _rests = rests;
            Site.Poller.Change(this, _socket!, Events);
        }
    }

    /// <summary>Nothing that we foresee ended it: the core must hear that it is over, whatever did.</summary>
    public void Fail(Exception bug) => End(new LinkEnd(bug.ToString()));
}
