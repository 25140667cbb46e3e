using System.Collections.Immutable;
using System.Globalization;

namespace Sentinel.Core;

/// <summary>How it stands with failing a master over, for an operator who wants to know now: possible or not, waiting for what, at which cost.</summary>
/// <remarks>It judges nothing by itself: every word comes from who decides. Field names are the contract; new ones may be added.</remarks>
internal sealed class Explanation(MasterMonitor master, LocalSentinel local)
{
    /// <summary>All of it: the conclusion first, then what it rests on, a field for each replica, Sentinel and former switch.</summary>
    public ImmutableArray<KeyValuePair<string, string>> Fields() =>
    [
        .. Conclusion(),
        .. Figures(),
        .. Agreement(),
        .. Replicas(),
        .. Sentinels(),
        .. Warnings(),
        .. Switches(),
    ];

    /// <summary>Why there could be no failover now; null: there could, or there is one.</summary>
    private string? Obstacle =>
        local.IsInTilt ? "this Sentinel did not run for some time, and asks all anew before it judges (TILT)"
        : master.Failover is not null ? null
        : Unsaved ?? master.Election.Obstacle() ?? (Chosen is null ? $"no replica can be promoted: {master.Succession.WhyNobody()}" : null);

    /// <summary>That this Sentinel could not save its file; null: it could.</summary>
    private string? Unsaved => local.SaveError is { } error
        ? $"this Sentinel could not save its configuration file ({error}), and gives no vote and leads no failover until it can"
        : null;

    /// <summary>What is awaited before the master is replaced, or could be; null: nothing.</summary>
    private string? Awaited =>
        local.IsInTilt ? Obstacle
        : master.Failover is { } failover ? failover.Awaited
        : master.IsObjectivelyDown ? master.Election.Watched ?? Unsaved ?? master.Election.AwaitedNow()
        : master.Node.IsSubjectivelyDown ? $"{Count(master.Options.Quorum - master.Judgement.Votes, "more Sentinel")} to hold it down"
        : Obstacle;

    /// <summary>Who would take the master's place, or is about to.</summary>
    private Replica? Chosen => master.Failover?.Promoted ?? master.Succession.Best();

    private string MasterWords => master.Judgement.WhyDown() is { } why
        ? $"held down by this Sentinel for {Ms(local.Now - master.Node.DownSince)} ms: {why}"
        : master.Distrust.Words is { } doubt ? $"doubted: {doubt}"
        : master.Node.Link.SilentSince is { } since && local.Now - since > master.Node.Link.PingPeriod
        ? $"has not answered for {Ms(local.Now - since)} ms, and is held down after {Ms(master.Options.DownAfter)}"
        : "up";

    private IEnumerable<KeyValuePair<string, string>> Warnings() =>
        master.Preflight.Findings.Select((finding, i) => new KeyValuePair<string, string>($"warning {i + 1}", finding.ToString()));

    private IEnumerable<KeyValuePair<string, string>> Conclusion()
    {
        yield return new("name", master.Name);
        yield return new("ip", master.Node.Told.Host);
        yield return new("port", Number(master.Node.Told.Port));
        yield return new("verdict", Verdict());
        yield return new("failover-possible", Obstacle is null ? "yes" : "no");
        yield return new("waiting-for", Awaited ?? "nothing");
        yield return new("would-promote", Chosen?.Name ?? "nobody");
    }

    private string Verdict()
    {
        if (local.IsInTilt)
            return $"nothing is decided here: {Obstacle}";
        if (master.Failover is { } failover)
            return $"this Sentinel {(failover.Step is FailoverStep.ReconfReplicas ? "has failed it over" : "is failing it over")}, in epoch {failover.Epoch}; it waits for {failover.Awaited}";
        if (master.IsObjectivelyDown)
            return $"the master is down, and not replaced yet: {Awaited ?? "this Sentinel stands for election"}";
        string wouldBe = Unsaved is { } unsaved ? $"would not be replaced by this Sentinel: {unsaved}"
            : Obstacle is { } obstacle ? $"would not be replaced: {obstacle}"
            : $"would be replaced by {Chosen!.Name}, and {LossWords()}";
        return master.Node.IsSubjectivelyDown
            ? $"this Sentinel holds the master down, and a failover needs {Awaited}; then it {wouldBe}"
            : $"the master is up; if it died now, it {wouldBe}";
    }

    private IEnumerable<KeyValuePair<string, string>> Figures()
    {
        yield return new("expected-loss-bytes", ExpectedLoss is { } loss ? Number(loss) : "unknown");
        yield return new("master-offset", Seen is { } seen ? Number(seen.Offset) : "unknown");
        yield return new("master-offset-age-ms", Seen?.At is { } at ? Ms(local.Now - at) : "unknown");
        if (Chosen is not { InfoAt: { } infoAt } chosen)
            yield break;
        yield return new("would-promote-offset", Number(chosen.Offset));
        yield return new("would-promote-offset-age-ms", Ms(local.Now - infoAt));
    }

    private (ulong Offset, Instant? At)? Seen =>
        Chosen is { History: { } history } chosen ? FailoverCost.LastSeen(master, chosen, history) : null;

    private ulong? ExpectedLoss => Chosen is not { } chosen || Seen is not { } seen ? null : seen.Offset > chosen.Offset ? seen.Offset - chosen.Offset : 0;

    private string LossWords() => ExpectedLoss switch
    {
        null => "it is not known what would be lost, for it is not known that its data are the master's",
        0 => "nothing would be lost of what the master is known to have",
        { } bytes => $"at least {Number(bytes)} bytes would be lost",
    };

    private IEnumerable<KeyValuePair<string, string>> Agreement()
    {
        int usable = 1 + master.Peers.Count(peer => peer.IsAvailable);
        yield return new("master", MasterWords);
        yield return new("agreement", $"{Count(master.Judgement.Votes, "Sentinel")} of {master.Peers.Count + 1} {(master.Judgement.Votes == 1 ? "holds" : "hold")} it down; the quorum is {master.Options.Quorum}");
        yield return new("votes", $"{usable} of {Count(master.Peers.Count + 1, "Sentinel")} can be reached; {Count(master.VotesNeeded, "vote")} {(master.VotesNeeded == 1 ? "elects" : "elect")} a leader");
        yield return new("leader", master.Failover is { } own ? $"this Sentinel, in epoch {own.Epoch}: {own.Step.Word()}" : master.Election.Watched ?? "nobody");
        if (master.Fence.WhyHeld(master.Node) is { } held)
            yield return new("writes-held", held);
    }

    private IEnumerable<KeyValuePair<string, string>> Replicas() =>
        master.Replicas.DistinctBy(replica => replica.Name).Select(replica => new KeyValuePair<string, string>($"replica {replica.Name}", FailoverPlan.Describe(master, replica, Chosen)));

    private IEnumerable<KeyValuePair<string, string>> Sentinels() =>
        master.Peers.Select(peer => new KeyValuePair<string, string>($"sentinel {peer.Name}", $"{peer.Told}: {peer.Opinion}"));

    private IEnumerable<KeyValuePair<string, string>> Switches() =>
        master.History.Switches.Select((happened, i) => new KeyValuePair<string, string>(
            $"failover {i + 1}",
            $"{Number((long)(local.Now - happened.At).TotalSeconds)} s ago, in epoch {happened.Epoch}, from {happened.From} to {happened.To}: {happened.Words}"));

    private static string Count(int number, string what) => $"{Number(number)} {what}{(number == 1 ? "" : "s")}";

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Number(ulong number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Ms(TimeSpan? time) => Number((long)(time?.TotalMilliseconds ?? 0));
}
