using System.Buffers;
using System.Text;
using Sentinel.Core;
using Sentinel.Daemon.Commands;
using Sentinel.Resp;

namespace Sentinel.Daemon.Tests.Commands;

/// <summary>The instance map, field by field, in the order of redis-sentinel.</summary>
public sealed class InstanceMapTests
{
    private static readonly Instant Start = Instant.At(TimeSpan.FromHours(1));
    private static readonly Instant Now = Start + TimeSpan.FromMilliseconds(5000);
    private static readonly SentinelId Peer = Id('2');

    // The flags that say what an instance is are given by the core with the others.
    private static readonly MasterView Master = new()
    {
        Name = "mymaster",
        Address = new Address("10.0.0.1", 6379),
        Flags = InstanceFlags.Master,
        Link = Connected(),
        DownAfter = TimeSpan.FromSeconds(30),
        ReportsMaster = true,
        RoleSince = Start,
        Options = new MasterOptions { Name = "mymaster", Quorum = 2 },
    };

    private static readonly ReplicaView Replica = new()
    {
        Name = "10.0.0.2:6380",
        Address = new Address("10.0.0.2", 6380),
        RunId = "abc",
        Flags = InstanceFlags.Replica,
        Link = Connected(),
        DownAfter = TimeSpan.FromSeconds(30),
        RoleSince = Start,
        InfoAt = Start + TimeSpan.FromSeconds(4),
        IsMasterLinkUp = true,
        Master = new Address("10.0.0.1", 6379),
        Priority = 100,
        Offset = 12345678901234567890,
        IsAnnounced = true,
    };

    private static readonly PeerView Sentinel = new()
    {
        Name = Peer.Text,
        Address = new Address("10.0.0.3", 26379),
        RunId = Peer.Text,
        Flags = InstanceFlags.Sentinel,
        Link = Connected(),
        DownAfter = TimeSpan.FromSeconds(30),
        LastHelloAt = Start + TimeSpan.FromSeconds(3),
    };

    private const string MasterFields = "name=mymaster ip=10.0.0.1 port=6379 runid= flags=master link-pending-commands=0 link-refcount=1 "
        + "last-ping-sent=0 last-ok-ping-reply=1000 last-ping-reply=1000 down-after-milliseconds=30000 info-refresh=0 role-reported=master "
        + "role-reported-time=5000 config-epoch=0 num-slaves=0 num-other-sentinels=0 quorum=2 failover-timeout=180000 parallel-syncs=1";

    [Fact]
    public void A_master_has_its_twenty_fields_in_their_order() => Assert.Equal(MasterFields, Fields(Master));

    [Fact]
    public void Number_33_of_the_flat_master_is_the_number_of_other_Sentinels() =>
        Assert.Equal("33", Read(RespVersion.Resp2, reply => InstanceMap.Write(reply, Master with { Peers = [.. Enumerable.Repeat(Sentinel, 33)] }, Now)).Items[33].ToText());

    [Fact]
    public void A_replica_has_its_own_fields_after_the_common_ones() => Assert.Equal(
        "name=10.0.0.2:6380 ip=10.0.0.2 port=6380 runid=abc flags=slave link-pending-commands=0 link-refcount=1 last-ping-sent=0 last-ok-ping-reply=1000 "
        + "last-ping-reply=1000 down-after-milliseconds=30000 info-refresh=1000 role-reported=slave role-reported-time=5000 master-link-down-time=0 "
        + "master-link-status=ok master-host=10.0.0.1 master-port=6379 slave-priority=100 slave-repl-offset=12345678901234567890 replica-announced=1",
        Fields(Replica));

    [Fact]
    public void A_replica_that_never_saw_its_master_says_so() => Assert.EndsWith(
        "master-link-down-time=-1000 master-link-status=err master-host=? master-port=0 slave-priority=100 slave-repl-offset=0 replica-announced=0",
        Fields(Replica with { MasterLinkDownTime = TimeSpan.FromSeconds(-1), IsMasterLinkUp = false, Master = null, Offset = 0, IsAnnounced = false }));

    [Fact]
    public void A_Sentinel_has_its_hello_and_its_vote() => Assert.Equal(
        $"name={Peer} ip=10.0.0.3 port=26379 runid={Peer} flags=sentinel link-pending-commands=0 link-refcount=1 last-ping-sent=0 last-ok-ping-reply=1000 "
        + "last-ping-reply=1000 down-after-milliseconds=30000 last-hello-message=2000 voted-leader=? voted-leader-epoch=0",
        Fields(Sentinel));

    [Fact]
    public void A_vote_is_shown_with_its_epoch() =>
        Assert.EndsWith($"voted-leader={Peer} voted-leader-epoch=7", Fields(Sentinel with { VotedLeader = Peer, VotedEpoch = new Epoch(7) }));

    [Fact]
    public void Times_of_being_down_are_there_only_while_it_is_down()
    {
        MasterView down = Master with
        {
            Flags = InstanceFlags.Master | InstanceFlags.SubjectivelyDown | InstanceFlags.ObjectivelyDown,
            DownSince = Start + TimeSpan.FromSeconds(1),
            ObjectivelyDownSince = Start + TimeSpan.FromSeconds(2),
        };
        Assert.Contains(" last-ping-reply=1000 s-down-time=4000 o-down-time=3000 down-after-milliseconds=30000 ", Fields(down));
        Assert.Contains("flags=s_down,o_down,master ", Fields(down));
        // the moment of the last time stays known, but is not shown
        Assert.Equal(MasterFields, Fields(down with { Flags = InstanceFlags.Master }));
    }

    [Theory]
    [InlineData(FailoverStep.WaitStart, "wait_start")]
    [InlineData(FailoverStep.SelectReplica, "select_slave")]
    [InlineData(FailoverStep.SendReplicaOfNoOne, "send_slaveof_noone")]
    [InlineData(FailoverStep.WaitPromotion, "wait_promotion")]
    [InlineData(FailoverStep.ReconfReplicas, "reconf_slaves")]
    public void The_state_of_a_failover_is_there_only_while_there_is_one(FailoverStep step, string word)
    {
        MasterView failing = Master with { Failover = step, Flags = InstanceFlags.Master | InstanceFlags.FailoverInProgress };
        Assert.Contains($" flags=master,failover_in_progress link-pending-commands=0 link-refcount=1 failover-state={word} last-ping-sent=0 ", Fields(failing));
    }

    [Fact]
    public void Scripts_are_there_only_when_set()
    {
        MasterOptions options = Master.Options with { ClientReconfigScript = "/r" };
        Assert.Equal($"{MasterFields} client-reconfig-script=/r", Fields(Master with { Options = options }));
        Assert.Equal($"{MasterFields} notification-script=/n client-reconfig-script=/r", Fields(Master with { Options = options with { NotificationScript = "/n" } }));
    }

    [Fact]
    public void Flags_come_in_the_order_of_the_wire()
    {
        InstanceFlags all = Enum.GetValues<InstanceFlags>().Aggregate((a, b) => a | b);
        Assert.Contains(
            "flags=s_down,o_down,master,slave,sentinel,disconnected,master_down,failover_in_progress,promoted,reconf_sent,reconf_inprog,reconf_done,"
            + "force_failover,script_kill_sent,master_reboot,paused,fenced ",
            Fields(Master with { Flags = all }));
    }

    [Fact]
    public void A_missing_connection_shows_between_what_it_is_and_what_befell_it() =>
        Assert.Contains("flags=slave,disconnected,promoted ", Fields(Replica with { Link = new LinkHealth(), Flags = InstanceFlags.Replica | InstanceFlags.Promoted }));

    [Fact]
    public void An_unanswered_ping_shows_its_age()
    {
        // a link that just came up: one PING is out, two requests wait
        var core = new LinkedCore();
        Assert.Contains(" last-ping-sent=5000 last-ok-ping-reply=5000 ", Fields(Master with { Link = core.Health }));
    }

    [Fact]
    public void Values_are_bulk_strings_in_both_versions_and_the_map_is_flat_in_the_older()
    {
        RespValue flat = Read(RespVersion.Resp2, reply => InstanceMap.Write(reply, Master, Now));
        Assert.Equal((RespKind.Array, 40), (flat.Kind, flat.Items.Length));
        RespValue map = Read(RespVersion.Resp3, reply => InstanceMap.Write(reply, Master, Now));
        Assert.Equal((RespKind.Map, 40), (map.Kind, map.Items.Length));
        Assert.All(map.Items, item => Assert.Equal(RespKind.BulkString, item.Kind));
        Assert.Equal(flat.Items.AsEnumerable(), map.Items.AsEnumerable());
    }

    private static string Fields(MasterView master) => Fields(reply => InstanceMap.Write(reply, master, Now));

    private static string Fields(ReplicaView replica) => Fields(reply => InstanceMap.Write(reply, replica, Now));

    private static string Fields(PeerView peer) => Fields(reply => InstanceMap.Write(reply, peer, Now));

    private static string Fields(Action<RespWriter> write) =>
        string.Join(' ', Read(RespVersion.Resp2, write).Items.Chunk(2).Select(pair => $"{pair[0].ToText()}={pair[1].ToText()}"));

    private static RespValue Read(RespVersion version, Action<RespWriter> write)
    {
        var output = new ArrayBufferWriter<byte>();
        write(new RespWriter(output, version));
        var buffer = new ReadOnlySequence<byte>(output.WrittenMemory);
        Assert.Equal(RespReadStatus.Complete, new RespReplyReader(RespLimits.Default).TryRead(ref buffer, out RespValue value));
        Assert.True(buffer.IsEmpty);
        return value;
    }

    /// <summary>A link that is up and whose last PING was answered a second before <see cref="Now"/>.</summary>
    private static LinkHealth Connected()
    {
        var core = new LinkedCore();
        core.AnswerAll(Start + TimeSpan.FromSeconds(4));
        return core.Health;
    }

    private static SentinelId Id(char digit) => SentinelId.TryParse(new string(digit, SentinelId.Length), out SentinelId id) ? id : throw new ArgumentException("no digit", nameof(digit));

    /// <summary>A core whose one master is connected since <see cref="Start"/>: only a core can say how a link is.</summary>
    private sealed class LinkedCore
    {
        private readonly SentinelCore _core;
        private readonly Queue<Send> _unanswered = [];

        public LinkedCore()
        {
            var state = new MasterState { Options = new MasterOptions { Name = "m", Quorum = 1 }, Address = new Address("10.0.0.1", 6379) };
            _core = new SentinelCore(new SentinelState(Id('1'), Epoch.Zero, [state]), new SentinelOptions(), new Random(1), Start);
            List<Connect> connects = [.. _core.Step(new Started(), Start).OfType<Connect>()];
            foreach (Connect connect in connects)
                Step(new LinkConnected(connect.Link, connect.Attempt, connect.Channel, "10.0.0.9"), Start);
        }

        public LinkHealth Health => _core.View.Masters["m"].Link;

        /// <summary>Answers everything that is asked, and what is asked because of that.</summary>
        public void AnswerAll(Instant at)
        {
            while (_unanswered.TryDequeue(out Send? send))
                Step(new Answered(send.Link, send.Attempt, send.Request, send.Request is Request.Ping ? new Reply.Text("PONG") : new Reply.Error("ERR")), at);
        }

        private void Step(Input input, Instant now)
        {
            foreach (Send send in _core.Step(input, now).OfType<Send>())
                _unanswered.Enqueue(send);
        }
    }
}
