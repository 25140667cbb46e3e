using Sentinel.Core;
using Sentinel.Simulation.Kernel;

namespace Sentinel.Simulation.Nodes;

/// <summary>The other side of a replication: those who follow a node, be it a master or itself a replica.</summary>
internal sealed class Followers(RedisNode node)
{
    private readonly World _world = node.World;
    private readonly List<Follower> _all = [];

    public IReadOnlyList<Follower> All => _all;

    public void Clear() => _all.Clear();

    public void Asked(Connection connection, Psync asked)
    {
        if (node.Refusal() is { } error)
        {
            connection.Send(node, new PsyncRefused(error));
            return;
        }
        if (asked.HandsOver is not null && (node.Master is null || asked.From is not { } from || from.Branch != node.Branch))
        {
            connection.Send(node, new PsyncRefused("ERR PSYNC FAILOVER replid must match my replid."));
            return;
        }
        if (asked.HandsOver is { } reason)
            node.BeMaster(reason);
        if (node.Master is not null && !node.Link.IsUp)
        {
            connection.Send(node, new PsyncRefused("NOMASTERLINK Can't SYNC while not connected with my master"));
            return;
        }
        var follower = new Follower(connection, new Address(connection.ClientMachine.Ip, asked.Port), _world.Agenda.Now);
        _all.Add(follower);
        if (asked.From is { } point && node.CanServe(point))
        {
            _world.Coverage.Count("partial resync");
            (follower.IsOnline, follower.AckedOffset) = (true, point.Offset);
            connection.Send(node, new PsyncContinued(node.Branch));
            if (point.Offset < node.Offset)
                connection.Send(node, new StreamPart(node.Branch, node.Offset));
            return;
        }
        _world.Coverage.Count("full resync");
        connection.Send(node, FullResync.Instance);
        Dataset snapshot = node.Data;
        node.After(node.Settings.FullSyncTime / 2, () => Transferred(follower, snapshot));
    }

    /// <summary>Passes the stream on, up to where the node is.</summary>
    public void Stream()
    {
        StreamPart? part = null;
        for (int i = 0; i < _all.Count; i++)
        {
            if (_all[i].IsOnline)
                _all[i].Connection.Send(node, part ??= new StreamPart(node.Branch, node.Offset));
        }
    }

    public void Acked(Connection connection, Ack ack)
    {
        if (_all.Find(follower => follower.Connection == connection) is not { } acker)
            return;
        (acker.AckedOffset, acker.AckedAt) = (ack.Offset, _world.Agenda.Now);
        node.Swap.Acked(acker);
        node.Acknowledged();
    }

    public void Query()
    {
        foreach (Follower follower in _all)
            follower.Connection.Send(node, AckQuery.Instance);
    }

    /// <summary>How many have told that they are so far.</summary>
    public int CountAcked(long offset) => _all.Count(follower => follower.IsOnline && follower.AckedOffset >= offset);

    /// <summary>How many have told not long ago how far they are.</summary>
    public int CountGood(TimeSpan lagMax)
    {
        int count = 0;
        foreach (Follower follower in _all)
        {
            if (follower.IsOnline && _world.Agenda.Now - follower.AckedAt <= lagMax)
                count++;
        }
        return count;
    }

    public void DropAll()
    {
        for (int i = _all.Count - 1; i >= 0; i--)
            node.Close(_all[i].Connection);
        _all.Clear();
    }

    public void Lost(Connection connection)
    {
        for (int i = 0; i < _all.Count; i++)
        {
            if (_all[i].Connection == connection)
            {
                _all.RemoveAt(i);
                return;
            }
        }
    }

    /// <summary>Called every second: who is silent for long is gone.</summary>
    public void Cron()
    {
        for (int i = _all.Count - 1; i >= 0; i--)
        {
            Follower follower = _all[i];
            if (!follower.IsOnline || _world.Agenda.Now - follower.AckedAt <= MasterLink.Timeout)
                continue;
            _all.RemoveAt(i);
            node.Close(follower.Connection);
        }
    }

    private void Transferred(Follower follower, Dataset snapshot)
    {
        if (!_all.Contains(follower))
            return;
        (follower.IsOnline, follower.AckedAt, follower.AckedOffset) = (true, _world.Agenda.Now, snapshot.Offset);
        follower.Connection.Send(node, new Snapshot(snapshot));
        if (snapshot.Offset < node.Offset)
            follower.Connection.Send(node, new StreamPart(node.Branch, node.Offset));
    }
}

/// <summary>One who follows.</summary>
internal sealed class Follower(Connection connection, Address address, Instant now)
{
    public Connection Connection { get; } = connection;

    /// <summary>Where it listens.</summary>
    public Address Address { get; } = address;

    public RedisNode Node => (RedisNode)Connection.Client;

    /// <summary>Whether it gets the stream.</summary>
    public bool IsOnline { get; set; }

    public long AckedOffset { get; set; }
    public Instant AckedAt { get; set; } = now;
}
