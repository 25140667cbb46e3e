using Sentinel.Core;

namespace Sentinel.Simulation.Kernel;

/// <summary>A TCP connection: what is sent arrives in order, late if need be, or the connection ends.</summary>
internal sealed class Connection
{
    private readonly Network _network;
    private readonly Pipe _toServer;
    private readonly Pipe _toClient;

    public Connection(Network network, Process client, Address target)
    {
        (_network, Client, ClientLife, Target) = (network, client, client.Life, target);
        _toServer = new Pipe(this, isToServer: true, network);
        _toClient = new Pipe(this, isToServer: false, network);
    }

    public Process Client { get; }
    public int ClientLife { get; }
    public Address Target { get; }

    /// <summary>Whom it leads to; null until somebody accepted it.</summary>
    public Process? Server { get; private set; }

    public int ServerLife { get; private set; }

    /// <summary>The machine it leads to; null until it was found.</summary>
    public Machine? ServerMachine { get; private set; }

    public Machine ClientMachine => Client.Machine;
    public bool IsOpenAtClient { get; private set; } = true;
    public bool IsOpenAtServer { get; private set; }

    /// <summary>Whether the client knows that it stands.</summary>
    public bool IsEstablished { get; private set; }

    /// <summary>What the client remembers of it.</summary>
    public object? ClientState { get; set; }

    /// <summary>What the server remembers of it.</summary>
    public object? ServerState { get; set; }

    /// <summary>Sends something to the other side. Nothing happens when this side is closed.</summary>
    public void Send(Process from, object message)
    {
        if (from == Client ? IsOpenAtClient : IsOpenAtServer)
            (from == Client ? _toServer : _toClient).Send(message);
    }

    /// <summary>Closes this side; the other one hears of it after all that was sent.</summary>
    public void Close(Process by)
    {
        if (by == Client)
            CloseAtClient(tell: true);
        else
            CloseAtServer(tell: true);
    }

    /// <summary>Closes the client's side at once, with a reset: what waits for a free path is thrown away.</summary>
    public void Abort()
    {
        _toServer.Abandon();
        CloseAtClient(tell: true);
    }

    /// <summary>The server's machine accepted.</summary>
    public void AcceptedBy(Process server)
    {
        (Server, ServerLife, ServerMachine, IsOpenAtServer) = (server, server.Life, server.Machine, true);
        server.Do(() =>
        {
            if (IsOpenAtServer)
                server.Accepted(this);
        });
    }

    /// <summary>The client learns that it stands.</summary>
    public void Establish()
    {
        if (!IsOpenAtClient || IsEstablished)
            return;
        IsEstablished = true;
        Client.Do(() =>
        {
            if (IsOpenAtClient)
                Client.Connected(this);
        });
    }

    /// <summary>An end, or a reset, reaches the client. A frozen one first reads, when it thaws, what came before.</summary>
    public void EndAtClient(string reason)
    {
        if (!IsOpenAtClient)
            return;
        if (Client.IsFrozen)
        {
            Client.Do(() => EndAtClient(reason));
            return;
        }
        IsOpenAtClient = false;
        _network.Forget(this);
        if (Client.Life == ClientLife)
            Client.Do(() => Client.Lost(this, reason));
    }

    /// <summary>An end, or a reset, reaches the server. A frozen one first does, when it thaws, what it was asked before.</summary>
    public void EndAtServer(string reason)
    {
        if (!IsOpenAtServer)
            return;
        Process server = Server!;
        if (server.IsFrozen)
        {
            server.Do(() => EndAtServer(reason));
            return;
        }
        IsOpenAtServer = false;
        _network.Forget(this);
        if (server.Life == ServerLife)
            server.Do(() => server.Lost(this, reason));
    }

    /// <summary>The process of a side is gone.</summary>
    /// <param name="process">Which.</param>
    /// <param name="tell">Whether its machine is left to tell the other side.</param>
    public void Orphan(Process process, bool tell)
    {
        // What a machine without power had not got through yet is gone with it.
        if (!tell)
            (process == Client ? _toServer : _toClient).Abandon();
        if (process == Client)
            CloseAtClient(tell);
        if (process == Server)
            CloseAtServer(tell);
    }

    /// <summary>Something arrives at a side.</summary>
    public void Deliver(bool toServer, object message)
    {
        bool isEnd = ReferenceEquals(message, Pipe.End);
        if (toServer)
        {
            if (!IsOpenAtServer)
                _network.Reset(this, toServer: false);
            else if (isEnd)
                EndAtServer("Server closed the connection");
            else if (Server!.IsWorking)
                ReceiveAtServer(message);
            else
                DeliverLater(toServer, message);
        }
        else if (!IsOpenAtClient)
        {
            _network.Reset(this, toServer: true);
        }
        else if (isEnd)
        {
            EndAtClient("Server closed the connection");
        }
        else if (Client.IsWorking)
        {
            ReceiveAtClient(message);
        }
        else
        {
            DeliverLater(toServer, message);
        }
    }

    /// <summary>Its process is frozen, and takes it in when it thaws.</summary>
    private void DeliverLater(bool toServer, object message)
    {
        if (toServer)
            Server!.Do(() => ReceiveAtServer(message));
        else
            Client.Do(() => ReceiveAtClient(message));
    }

    private void ReceiveAtServer(object message)
    {
        // What was read before an end is worked on; a side that closed itself wants no more.
        if (Server!.Life == ServerLife && IsOpenAtServer)
            Server.Received(this, message);
    }

    private void ReceiveAtClient(object message)
    {
        if (Client.Life == ClientLife && IsOpenAtClient)
            Client.Received(this, message);
    }

    private void CloseAtClient(bool tell)
    {
        if (!IsOpenAtClient)
            return;
        IsOpenAtClient = false;
        if (tell && Server is not null)
            _toServer.Send(Pipe.End);
        _network.Forget(this);
    }

    private void CloseAtServer(bool tell)
    {
        if (!IsOpenAtServer)
            return;
        IsOpenAtServer = false;
        if (tell)
            _toClient.Send(Pipe.End);
        _network.Forget(this);
    }
}
