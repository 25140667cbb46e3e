using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Sentinel.Core;
using Sentinel.Daemon.Configuration;

namespace Sentinel.Daemon.Tests.Configuration;

/// <summary>Random configurations, the same for the same seed, and comparison of what they say.</summary>
internal static class Samples
{
    private static readonly string[] Harmless = [.. "abcdefghijklmnopqrstuvwxyz0123456789-_.:/".Select(c => c.ToString())];
    private static readonly string[] Nasty = [.. Harmless, " ", "\"", "'", "\\", "#", "\t", "é", "日", "😀", "\\n", "\\x41", "=", "$", "*", "\u00a0", "\u0085"];
    private static readonly string[] Control = [.. Nasty, "\n", "\r", "\a", "\b", "\u0001", "\u007f", "\v", "\f"];

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 100)];

    /// <summary>Any word that a name may be.</summary>
    public static string Name(Random random) => Word(random, Nasty, min: 1);

    /// <summary>Any word that a password may be, control characters and nothing at all included.</summary>
    public static string Password(Random random) => Word(random, Control, min: 0);

    public static string PlainName(Random random) => Word(random, Harmless, min: 1);

    public static SentinelConfiguration Configuration(Random random) => new()
    {
        File = "/x/sentinel.conf",
        Directory = "/",
        DenyScriptsReconfig = Maybe(random),
        Options = new SentinelOptions
        {
            ResolveHostnames = Maybe(random),
            AnnounceHostnames = Maybe(random),
            AnnounceIp = Maybe(random) ? "203.0.113.7" : null,
            AnnouncePort = Maybe(random) ? 26400 : 0,
            SentinelUser = Maybe(random) ? Name(random) : null,
            SentinelPass = Maybe(random) ? Password(random) + "x" : null,
        },
    };

    public static SentinelState State(Random random, Func<Random, string> name)
    {
        MasterState[] masters = [.. Enumerable.Range(0, random.Next(5)).Select(i => Master(random, $"{name(random)}{i}"))];
        ulong epoch = masters.Select(master => Math.Max(master.ConfigEpoch.Number, master.LeaderEpoch.Number)).Append((ulong)random.Next(5)).Max();
        return new SentinelState(SentinelId.Draw(random), new Epoch(epoch), [.. masters]);
    }

    /// <summary>A later state of the same Sentinel: masters come and go, fail over, change their options.</summary>
    public static SentinelState Later(Random random, SentinelState state)
    {
        List<MasterState> masters = [];
        foreach (MasterState master in state.Masters)
        {
            MasterState other = Master(random, master.Options.Name);
            switch (random.Next(5))
            {
                case 0:
                    break;
                case 1:
                    masters.Add(master);
                    break;
                case 2 when master.Replicas is [var replica, .. var rest]:
                    masters.Add(master with { Address = replica, Replicas = [.. rest, master.Address], ConfigEpoch = master.ConfigEpoch.Next });
                    break;
                case 3:
                    masters.Add(master with { Options = other.Options });
                    break;
                default:
                    masters.Add(other with { Peers = [.. master.Peers.Take(1), .. other.Peers] });
                    break;
            }
        }
        SentinelState more = State(random, Name);
        MasterState[] added = [.. more.Masters.Where(added => masters.TrueForAll(master => master.Options.Name != added.Options.Name))];
        masters.AddRange(added);
        ulong epoch = masters.Select(master => Math.Max(master.ConfigEpoch.Number, master.LeaderEpoch.Number)).Append(state.CurrentEpoch.Number + 1).Max();
        return new SentinelState(state.Id, new Epoch(epoch), [.. masters]);
    }

    /// <summary>All that a state says, as text that can be compared.</summary>
    /// <remarks>The order of replicas and peers is that of the lines of the file and means nothing; so does the order of masters.</remarks>
    public static string Said(SentinelState state) => JsonSerializer.Serialize(state with
    {
        Masters = [.. state.Masters.OrderBy(master => master.Options.Name, StringComparer.Ordinal).Select(master => master with
        {
            Replicas = [.. master.Replicas.OrderBy(replica => replica.ToString(), StringComparer.Ordinal)],
            Peers = [.. master.Peers.OrderBy(peer => peer.Id.Text, StringComparer.Ordinal)],
        })],
    }, Indented);

    /// <summary>All that a configuration says about this Sentinel itself.</summary>
    public static string Said(SentinelConfiguration configuration) =>
        JsonSerializer.Serialize(new { configuration.DenyScriptsReconfig, configuration.Options }, Indented);

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Converters = { new EpochAsNumber() } };

    /// <summary>An epoch has a next one, that one too, and so on.</summary>
    private sealed class EpochAsNumber : JsonConverter<Epoch>
    {
        public override Epoch Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new(reader.GetUInt64());

        public override void Write(Utf8JsonWriter writer, Epoch value, JsonSerializerOptions options) => writer.WriteNumberValue(value.Number);
    }

    private static MasterState Master(Random random, string name) => new()
    {
        Options = new MasterOptions
        {
            Name = name,
            Quorum = random.Next(1, 9),
            DownAfter = TimeSpan.FromMilliseconds(Maybe(random) ? 30_000 : random.Next(1, 99_999)),
            FailoverTimeout = TimeSpan.FromMilliseconds(Maybe(random) ? 180_000 : random.Next(1, 99_999)),
            ParallelSyncs = Maybe(random) ? 1 : random.Next(-1, 5),
            RebootDownAfter = TimeSpan.FromMilliseconds(Maybe(random) ? 0 : random.Next(1, 99_999)),
            FenceAfter = TimeSpan.FromMilliseconds(Maybe(random) ? 0 : random.Next(1, 99_999)),
            AuthUser = Maybe(random) ? Name(random) : null,
            AuthPass = Maybe(random) ? Password(random) : null,
            NotificationScript = Maybe(random) ? "/bin/true" : null,
            ClientReconfigScript = Maybe(random) ? "/bin/false" : null,
            RenamedCommands = Maybe(random)
                ? ImmutableSortedDictionary<string, string>.Empty.Add("CONFIG", Name(random)).Add("SLAVEOF", Password(random))
                : ImmutableSortedDictionary<string, string>.Empty,
        },
        Address = Address(random, 1),
        ConfigEpoch = new Epoch((ulong)random.Next(9)),
        LeaderEpoch = new Epoch((ulong)random.Next(9)),
        Replicas = [.. Enumerable.Range(2, random.Next(4)).Select(i => Address(random, i))],
        Peers = [.. Enumerable.Range(6, random.Next(4)).Select(i => new PeerState(SentinelId.Draw(random), Address(random, i)))],
    };

    /// <summary>An address of this machine, so that a real Sentinel bothers nobody.</summary>
    private static Address Address(Random random, int last) =>
        Maybe(random) ? new Address("::1", random.Next(1, 9) + last * 10) : new Address($"127.0.{random.Next(3)}.{last}", random.Next(1, 65536));

    private static bool Maybe(Random random) => random.Next(2) == 0;

    private static string Word(Random random, string[] alphabet, int min) =>
        string.Concat(Enumerable.Range(0, random.Next(min, 12)).Select(_ => alphabet[random.Next(alphabet.Length)]));
}
