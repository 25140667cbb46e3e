using System.Text.RegularExpressions;

namespace Sentinel.Core.Tests.Cluster;

/// <summary>What every event looks like: the form of its payload and its level, as Redis Sentinel's clients and tools parse them.</summary>
/// <remarks>Written down once more, apart from the code that makes the events, so that neither can change alone.</remarks>
internal static class EventContract
{
    private const string Host = @"[0-9A-Za-z.:\-]+", Port = @"\d{1,5}", Id = "[0-9a-f]{40}", Name = @"[^ ,]+", Reason = ".+", Number = @"(\d+|unknown)";
    private static readonly string s_of = $"@ {Name} {Host} {Port}";
    private static readonly string s_master = $"master {Name} {Host} {Port}";
    private static readonly string s_replica = $@"slave (\[[0-9A-Fa-f:.]+\]|[^ \[\]]+):{Port} {Host} {Port} {s_of}";
    private static readonly string s_sentinel = $"sentinel {Id} {Host} {Port} {s_of}";
    private static readonly string s_any = $"({s_master}|{s_replica}|{s_sentinel})";

    private static readonly Dictionary<string, (EventLevel Level, Regex Payload)> s_events = new()
    {
        ["+monitor"] = Warning($@"{s_master} quorum \d+"),
        ["-monitor"] = Warning(s_master),
        ["+reset-master"] = Warning(s_master),
        ["+set"] = Warning($@"{s_master} [a-z\-]+ .*"),
        ["+slave"] = Notice(s_replica),
        ["+sentinel"] = Notice(s_sentinel),
        ["-slave"] = Notice(s_replica),
        ["-sentinel"] = Notice(s_sentinel),
        ["+sentinel-address-switch"] = Notice($"{s_master} ip {Host} port {Port} for {Id}"),
        ["+sentinel-address-update"] = Notice($@"{s_sentinel} \d+ additional matching instances"),
        ["+sentinel-invalid-addr"] = Notice(s_sentinel),
        ["+reboot"] = Notice($"({s_master}|{s_replica})"),
        ["+role-change"] = Verbose($"({s_master}|{s_replica}) new reported role is (master|slave)"),
        ["-role-change"] = Verbose($"({s_master}|{s_replica}) new reported role is (master|slave)"),
        ["+convert-to-slave"] = Notice(s_replica),
        ["+fix-slave-config"] = Notice(s_replica),
        ["+sdown"] = Warning(s_any),
        ["-sdown"] = Warning(s_any),
        ["+odown"] = Warning($@"{s_master} #quorum \d+/\d+"),
        ["-odown"] = Warning(s_master),
        ["+new-epoch"] = Warning(@"\d+"),
        ["+vote-for-leader"] = Warning($@"{Id} \d+"),
        ["+try-failover"] = Warning(s_master),
        ["+elected-leader"] = Warning(s_master),
        ["+failover-state-select-slave"] = Warning(s_master),
        ["+selected-slave"] = Warning(s_replica),
        ["+failover-state-send-slaveof-noone"] = Notice(s_replica),
        ["+failover-state-wait-promotion"] = Notice(s_replica),
        ["+promoted-slave"] = Warning(s_replica),
        ["+failover-state-reconf-slaves"] = Warning(s_master),
        ["+slave-reconf-sent"] = Notice(s_replica),
        ["+slave-reconf-inprog"] = Notice(s_replica),
        ["+slave-reconf-done"] = Notice(s_replica),
        ["-slave-reconf-sent-timeout"] = Notice(s_replica),
        ["+slave-reconf-sent-be"] = Notice(s_replica),
        ["+failover-end"] = Warning(s_master),
        ["+failover-end-for-timeout"] = Warning(s_master),
        ["+switch-master"] = Warning($"{Name} {Host} {Port} {Host} {Port}"),
        ["+config-update-from"] = Warning(s_sentinel),
        ["-failover-abort-not-elected"] = Warning(s_master),
        ["-failover-abort-no-good-slave"] = Warning(s_master),
        ["-failover-abort-slave-timeout"] = Warning(s_master),
        ["+tilt"] = Warning("#tilt mode entered"),
        ["-tilt"] = Warning("#tilt mode exited"),
        ["-script-error"] = Warning(@".+ \d+ \d+"),
        ["-script-timeout"] = Warning(@".+ \d+"),
        ["+script-child"] = Debug(@"\d+"),
        ["-script-child"] = Debug(@"\d+ \d+ \d+"),
        ["-cmd-link-reconnection"] = Debug($"{s_any} #{Reason}"),
        ["-pubsub-link-reconnection"] = Debug($"{s_any} #{Reason}"),

        // Ours; the README lists them.
        ["+pause"] = Warning($"{s_master}( #{Reason})?"),
        ["-pause"] = Warning($"{s_master}( #{Reason})?"),
        ["+failover-report"] = Warning($@"{s_master} from {Host} {Port} cause (fault|forced|planned) lost-bytes {Number} master-offset {Number} master-offset-age-ms {Number} promoted-offset \d+ without-master-ms \d+( detection-ms \d+ election-ms \d+ promotion-ms \d+)?"),
        ["-promotion-failed"] = Warning(s_replica),
        ["-slave-reconf-refused"] = Notice(s_replica),
        ["+master-lost-data"] = Warning(s_master),
        ["+master-foreign-data"] = Warning(s_master),
        ["+master-data-adopted"] = Warning(s_master),
        ["+fence"] = Warning($"({s_master}|{s_replica})"),
        ["-fence"] = Warning($"({s_master}|{s_replica})"),
        ["+preflight-warning"] = Warning($"{s_any} #{Reason}"),
        ["-preflight-warning"] = Warning($"{s_any} #{Reason}"),
    };

    /// <summary>The events that there are.</summary>
    public static IReadOnlyCollection<string> Names => s_events.Keys;

    /// <summary>Fails unless the event is one of the contract, on its level, in its form.</summary>
    public static void Check(SentinelEvent happened)
    {
        Assert.True(s_events.TryGetValue(happened.Name, out (EventLevel Level, Regex Payload) expected), $"{happened.Name} is not in the contract");
        Assert.True(happened.Level == expected.Level, $"{happened.Name} is of level {happened.Level}, not {expected.Level}");
        Assert.True(expected.Payload.IsMatch(happened.Payload), $"{happened.Name} '{happened.Payload}' is not of the form {expected.Payload}");
    }

    private static (EventLevel Level, Regex Payload) Warning(string payload) => (EventLevel.Warning, Whole(payload));

    private static (EventLevel Level, Regex Payload) Notice(string payload) => (EventLevel.Notice, Whole(payload));

    private static (EventLevel Level, Regex Payload) Verbose(string payload) => (EventLevel.Verbose, Whole(payload));

    private static (EventLevel Level, Regex Payload) Debug(string payload) => (EventLevel.Debug, Whole(payload));

    private static Regex Whole(string payload) => new($"^{payload}$", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(10));
}
