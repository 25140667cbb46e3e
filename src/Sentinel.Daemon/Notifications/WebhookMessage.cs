using System.Globalization;
using System.Text.Json.Serialization;
using Sentinel.Core;

namespace Sentinel.Daemon.Notifications;

/// <summary>One event as the JSON that a webhook receives. Property names are the contract; new ones may be added.</summary>
internal sealed record WebhookMessage
{
    /// <summary>Unique over all Sentinels and all their starts, and the same in every attempt: by it a receiver knows what it has.</summary>
    public required string Id { get; init; }

    /// <summary>When it happened: ISO 8601, UTC, with milliseconds.</summary>
    public required string Time { get; init; }

    /// <summary>The id (<c>myid</c>) of the Sentinel that tells it.</summary>
    public required string Sentinel { get; init; }

    /// <summary>The event's name, such as <c>+switch-master</c>.</summary>
    public required string Event { get; init; }

    /// <summary><c>verbose</c>, <c>notice</c> or <c>warning</c>.</summary>
    public required string Level { get; init; }

    /// <summary>The payload, word for word as pub/sub has it.</summary>
    public required string Message { get; init; }

    /// <summary>The master concerned, of <c>+switch-master</c> with its old address; null: the event is about the Sentinel itself.</summary>
    public required MasterPart? Master { get; init; }

    /// <summary>The new address; only of <c>+switch-master</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public AddressPart? New { get; init; }

    /// <summary>The instance that the event is about; null: about none.</summary>
    public required InstancePart? Instance { get; init; }

    /// <summary>The epoch of the failover, vote or configuration told of; else the current one.</summary>
    public required ulong Epoch { get; init; }

    /// <summary>Why, in a sentence for people; absent when there is nothing to add.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Reason { get; init; }

    /// <summary>What the failover cost; only of <c>+failover-report</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ReportPart? Report { get; init; }

    /// <summary>How many events since the last one received were meant for this endpoint and are lost to it; absent when none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long Dropped { get; init; }

    /// <summary>The message that tells an event.</summary>
    /// <param name="e">The event.</param>
    /// <param name="id">See <see cref="Id"/>.</param>
    /// <param name="sentinel">See <see cref="Sentinel"/>.</param>
    /// <param name="dropped">See <see cref="Dropped"/>.</param>
    public static WebhookMessage Of(StampedEvent e, string id, SentinelId sentinel, long dropped)
    {
        SentinelEvent happened = e.Event;
        return new WebhookMessage
        {
            Id = id,
            Time = e.Time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
            Sentinel = sentinel.Text,
            Event = happened.Name,
            Level = Word(happened.Level),
            Message = happened.Payload,
            Master = happened is { MasterName: { } name, MasterAddress: { } address } ? new MasterPart(name, address.Host, address.Port) : null,
            New = happened.NewAddress is { } successor ? new AddressPart(successor.Host, successor.Port) : null,
            Instance = happened is { Kind: { } kind, InstanceAddress: { } at } ? new InstancePart(Word(kind), at.Host, at.Port) : null,
            Epoch = happened.Epoch.Number,
            Reason = happened.Reason,
            Report = happened.Report is { } report ? ReportPart.Of(report) : null,
            Dropped = dropped,
        };
    }

    private static string Word(EventLevel level) => level switch
    {
        EventLevel.Debug => "debug",
        EventLevel.Verbose => "verbose",
        EventLevel.Notice => "notice",
        EventLevel.Warning => "warning",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static string Word(InstanceKind kind) => kind switch
    {
        InstanceKind.Master => "master",
        InstanceKind.Replica => "replica",
        InstanceKind.Sentinel => "sentinel",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>A master.</summary>
    /// <param name="Name">The name of its group.</param>
    /// <param name="Ip">An IP literal or, where host names are allowed, a name.</param>
    /// <param name="Port">TCP port.</param>
    internal sealed record MasterPart(string Name, string Ip, int Port);

    /// <summary>An address.</summary>
    /// <param name="Ip">An IP literal or, where host names are allowed, a name.</param>
    /// <param name="Port">TCP port.</param>
    internal sealed record AddressPart(string Ip, int Port);

    /// <summary>An instance.</summary>
    /// <param name="Kind"><c>master</c>, <c>replica</c> or <c>sentinel</c>.</param>
    /// <param name="Ip">An IP literal or, where host names are allowed, a name.</param>
    /// <param name="Port">TCP port.</param>
    internal sealed record InstancePart(string Kind, string Ip, int Port);

    /// <summary>What a failover cost; see <see cref="FailoverReport"/>. Times are in milliseconds; null: not known, or there was none.</summary>
    internal sealed record ReportPart
    {
        /// <summary><c>fault</c>, <c>forced</c> or <c>planned</c>.</summary>
        public required string Cause { get; init; }

        /// <summary>The former master.</summary>
        public required AddressPart From { get; init; }

        /// <summary>Bytes of it that the new one lacks, at least.</summary>
        public required ulong? LostBytes { get; init; }

        /// <summary>Where its stream had come to, as far as is known.</summary>
        public required ulong? MasterOffset { get; init; }

        /// <summary>How long before the promotion it told that.</summary>
        public required long? MasterOffsetAgeMs { get; init; }

        /// <summary>How much of it the new one has.</summary>
        public required ulong PromotedOffset { get; init; }

        /// <summary>How long there was no master.</summary>
        public required long WithoutMasterMs { get; init; }

        /// <summary>Of that, until the former one was held down.</summary>
        public required long? DetectionMs { get; init; }

        /// <summary>Of that, until somebody was elected.</summary>
        public required long? ElectionMs { get; init; }

        /// <summary>Of that, until the new one said that it is the master.</summary>
        public required long? PromotionMs { get; init; }

        public static ReportPart Of(FailoverReport report) => new()
        {
            Cause = report.Cause.Word(),
            From = new AddressPart(report.From.Host, report.From.Port),
            LostBytes = report.LostBytes,
            MasterOffset = report.MasterOffset,
            MasterOffsetAgeMs = Milliseconds(report.MasterOffsetAge),
            PromotedOffset = report.PromotedOffset,
            WithoutMasterMs = (long)report.WithoutMaster.TotalMilliseconds,
            DetectionMs = Milliseconds(report.Phases?.Detection),
            ElectionMs = Milliseconds(report.Phases?.Election),
            PromotionMs = Milliseconds(report.Phases?.Promotion),
        };

        private static long? Milliseconds(TimeSpan? time) => (long?)time?.TotalMilliseconds;
    }
}
