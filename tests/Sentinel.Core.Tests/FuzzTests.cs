using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Core;

namespace Sentinel.Core.Tests;

/// <summary>What others send is read without exceptions, and leaves a bounded state, whatever it is.</summary>
/// <remarks>A failing seed is part of the test's name; one that found something is added to <see cref="Seeds"/>.</remarks>
public class FuzzTests
{
    private const string Hello = "127.0.0.1,20011,a456374cb90fbcecf2c12701361974e1eb6bdd5a,1,m,127.0.0.1,20003,1";

    private const string Info =
        "# Server\r\nredis_version:7.0.15\r\nrun_id:a456374cb90fbcecf2c12701361974e1eb6bdd5a\r\n# Replication\r\nrole:slave\r\nmaster_host:10.0.0.1\r\n"
        + "master_port:6379\r\nmaster_link_status:down\r\nmaster_link_down_since_seconds:-1\r\nslave_repl_offset:14\r\nslave_priority:100\r\n"
        + "replica_announced:1\r\nslave0:ip=10.0.0.2,port=6379,state=online,offset=1,lag=0\r\nslave1:10.0.0.3,6379,online\r\ndb0:keys=1,expires=0\r\n";

    private static readonly Gen<string> Shard = Gen.Elements(
        "", ",", ":", "\r\n", "\n", "\r", "\0", " ", "-1", "0", "65536", "9223372036854775807", "9223372036854775808", "18446744073709551615",
        "18446744073709551616", "\uD800", "\u2028", "\x1b[2J", "slave9", "ip=", "port=", "=", "role:master", "role:slave", "run_id:", "::1", "'", "\"",
        new string('9', 400), new string('x', 5000), "é", "db0:keys=");

    public static TheoryData<int> Seeds => [1, 20_261_121, .. Enumerable.Range(0, 4).Select(_ => Random.Shared.Next())];

    [Theory, MemberData(nameof(Seeds), DisableDiscoveryEnumeration = true)]
    public void Any_hello_is_read_or_refused_and_what_is_read_is_written_alike(int seed) => Holds(seed, Spoilt(Hello), text =>
    {
        if (!HelloMessage.TryParse(text, out HelloMessage? hello))
            return;
        Assert.True(HelloMessage.TryParse(hello!.ToString(), out HelloMessage? again));
        Assert.Equal(hello, again);
        Assert.True(hello.CurrentEpoch <= Epoch.Limit && hello.ConfigEpoch <= Epoch.Limit);
    });

    [Theory, MemberData(nameof(Seeds), DisableDiscoveryEnumeration = true)]
    public void Any_INFO_is_read_within_its_bounds(int seed) => Holds(seed, Spoilt(Info), text =>
    {
        InfoReport report = InfoReport.Parse(text);
        Assert.InRange(report.Replicas.Length, 0, InfoReport.ReplicasMax);
        Assert.All(report.Replicas, replica => Assert.InRange(replica.Port, 1, 65535));
        Assert.InRange(report.MasterHost?.Length ?? 1, 1, 255);
        Assert.InRange(report.RunId?.Length ?? 40, 40, 40);
    });

    [Fact]
    public void A_valid_INFO_or_hello_cut_at_every_place_is_read_without_exceptions()
    {
        for (int end = 0; end <= Info.Length; end++)
            InfoReport.Parse(Info[..end]);
        for (int end = 0; end < Hello.Length; end++)
            Assert.False(HelloMessage.TryParse(Hello[..end], out _));
    }

    [Fact]
    public void A_hundred_thousand_replicas_in_one_INFO_become_no_more_than_the_bound()
    {
        string text = "role:master\r\n" + string.Concat(Enumerable.Range(0, 100_000).Select(i => $"slave{i}:ip=10.{i >> 16}.{(i >> 8) & 255}.{i & 255},port=6379,state=online\r\n"));
        Assert.Equal(InfoReport.ReplicasMax, InfoReport.Parse(text).Replicas.Length);
    }

    [Theory, MemberData(nameof(Seeds), DisableDiscoveryEnumeration = true)]
    public void Whatever_is_answered_to_every_request_and_said_on_every_channel_the_core_goes_on_within_its_bounds(int seed)
    {
        var random = new Random(seed);
        Instant now = Instant.At(TimeSpan.FromHours(1));
        var options = new MasterOptions { Name = "m", Quorum = 1, DownAfter = TimeSpan.FromSeconds(1), FailoverTimeout = TimeSpan.FromSeconds(3) };
        var state = new SentinelState(SentinelId.Draw(new Random(1)), Epoch.Zero, [new MasterState { Options = options, Address = new Address("10.0.0.1", 1) }]);
        var core = new SentinelCore(state, new SentinelOptions(), new Random(1), now);
        var waiting = new List<Input> { new Started() };
        for (int i = 0; i < 3000; i++)
        {
            Input input = waiting.Count > 0 ? waiting[random.Next(waiting.Count)] : Tick.Instance;
            waiting.Remove(input);
            foreach (Effect effect in core.Step(input, now += TimeSpan.FromMilliseconds(random.Next(0, 40))).ToArray())
                Answer(effect, random, waiting);
            if (random.Next(4) == 0)
                waiting.Add(new HelloReceived(SpoiltOf(Hello, random)));
            if (random.Next(10) == 0)
                waiting.Add(new DownQuestionReceived(new RequestId(i), new Address("10.0.0.1", 1), new Epoch((ulong)random.NextInt64()), SentinelId.Draw(random)));
            if (waiting.Count > 5000)
                waiting.RemoveRange(0, 1000);
        }
        MasterView master = core.View.Masters["m"];
        Assert.InRange(master.Replicas.Length, 0, InfoReport.ReplicasMax + 1);
        Assert.InRange(master.Peers.Length, 0, 256);
        Assert.True(core.View.CurrentEpoch.Number < Epoch.LeapMax * 4000, $"epoch {core.View.CurrentEpoch}");
    }

    private static void Answer(Effect effect, Random random, List<Input> waiting)
    {
        switch (effect)
        {
            case Connect order when random.Next(5) > 0:
                waiting.Add(new LinkConnected(order.Link, order.Attempt, order.Channel, "10.0.0.2"));
                if (order.Channel == LinkChannel.Subscription)
                    waiting.Add(new HelloHeard(order.Link, order.Attempt, SpoiltOf(Hello, random)));
                break;
            case Connect order:
                waiting.Add(new LinkLost(order.Link, order.Attempt, order.Channel, "Connection refused"));
                break;
            case Send order:
                waiting.Add(new Answered(order.Link, order.Attempt, order.Request, AnyReply(random, depth: 0)));
                break;
            case PersistState order:
                waiting.Add(random.Next(5) > 0 ? new StateSaved(order.Number) : new StateNotSaved(order.Number, "No space left on device"));
                break;
            default:
                break;
        }
    }

    private static Reply AnyReply(Random random, int depth) => random.Next(depth > 2 ? 7 : 9) switch
    {
        0 => new Reply.Null(),
        1 => new Reply.Integer(random.Next(3) == 0 ? random.NextInt64() : random.Next(-1, 3)),
        2 => new Reply.Integer(random.Next(2) == 0 ? long.MinValue : long.MaxValue),
        3 => new Reply.Error(random.Next(2) == 0 ? "BUSY" : SpoiltOf("NOPERM x", random)),
        4 => new Reply.Text("PONG"),
        5 => new Reply.Text(SpoiltOf(Info, random)),
        6 => new Reply.Text(random.Next(2) == 0 ? $"{random.Next():x40}" : SpoiltOf("config-epoch", random)),
        7 => new Reply.List([new Reply.Integer(random.Next(2)), new Reply.Text($"{random.Next(3):x40}"), new Reply.Integer(random.NextInt64())]),
        _ => new Reply.List([.. Enumerable.Range(0, random.Next(9)).Select(_ => AnyReply(random, depth + 1))]),
    };

    private static string SpoiltOf(string text, Random random)
    {
        string[] shards = ["", ",", "\r\n", "18446744073709551615", "-1", "role:master\r\n", "slave7:ip=10.1.1.1,port=7\r\n", "\0", "run_id:", new('x', 3000)];
        for (int i = random.Next(4); i > 0; i--)
        {
            int at = random.Next(text.Length + 1);
            text = text[..at] + shards[random.Next(shards.Length)] + text[Math.Min(text.Length, at + random.Next(12))..];
        }
        return text;
    }

    private static Gen<string> Spoilt(string valid) =>
        from shards in Shard.ArrayOf()
        from places in Gen.Choose(0, 10_000).ArrayOf(shards.Length)
        from lengths in Gen.Choose(0, 30).ArrayOf(shards.Length)
        from isNoise in Gen.Choose(0, 9)
        select isNoise == 0 ? string.Concat(shards) : Enumerable.Range(0, shards.Length).Aggregate(valid, (text, i) =>
        {
            int at = places[i] % (text.Length + 1);
            return text[..at] + shards[i] + text[Math.Min(text.Length, at + lengths[i])..];
        });

    private static void Holds(int seed, Gen<string> texts, Action<string> property) => Check.One(
        Config.QuickThrowOnFailure.WithEndSize(8).WithMaxTest(500).WithReplay(FSharpOption<Replay>.Some(new Replay(new Rnd((ulong)seed), FSharpOption<int>.None))),
        Prop.ForAll(Arb.From(texts), property));
}
