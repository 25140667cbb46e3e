using Sentinel.Core;
using Sentinel.Simulation.Kernel;
using Sentinel.Simulation.Nodes;
using Sentinel.Simulation.Sentinels;

namespace Sentinel.Simulation.Checkers;

/// <summary>Each failover that is led to its end is reported once, and what is said to be lost is lost, and all of it that the leader could know.</summary>
internal sealed class ReportsAreTrue(World world) : Checker(world)
{
    /// <summary>Promotions that are to be reported: their epoch, the data that the new master began, and what the former one had told of itself until then.</summary>
    private readonly Dictionary<(SimSentinel Sentinel, string Master), (Epoch Epoch, Branch? Branch, string? LastWord)> _promoted = [];

    public override string Name => "reports-are-true";

    public override void Restored(SimSentinel sentinel, SentinelState state)
    {
        foreach ((SimSentinel Sentinel, string Master) known in _promoted.Keys.Where(key => key.Sentinel == sentinel).ToArray())
            _promoted.Remove(known);
    }

    public override void Happened(SimSentinel sentinel, SentinelEvent happened)
    {
        if (sentinel.IsLegacy || happened.MasterName is not { } master)
            return;
        switch (happened.Name)
        {
            case "+promoted-slave":
                _promoted[(sentinel, master)] = (happened.Epoch, World.NodeAt(happened.InstanceAddress!.Value)?.Branch, ((SentinelProcess)sentinel).View.Masters.GetValueOrDefault(master)?.Info);
                break;
            case "+failover-report":
                if (_promoted.Remove((sentinel, master), out var promoted) && promoted.Epoch == happened.Epoch)
                    Judge(sentinel, master, happened.Report!, promoted.Branch, promoted.LastWord);
                else
                    Violated($"{sentinel.Name} reports a failover of {master} in epoch {happened.Epoch} in which it promoted nobody, or that it reported before");
                break;
            case "+failover-end" when _promoted.TryGetValue((sentinel, master), out var unreported) && unreported.Epoch == happened.Epoch:
                Violated($"{sentinel.Name} ends the failover of {master} in epoch {happened.Epoch} without a report");
                break;
            case "-monitor" or "+reset-master":
                _promoted.Remove((sentinel, master));
                break;
            default:
                break;
        }
    }

    private void Judge(SimSentinel sentinel, string master, FailoverReport report, Branch? branch, string? lastWord)
    {
        if (report is { Cause: FailoverCause.Planned, LostBytes: > 0 })
            Violated($"{sentinel.Name} reports a planned switch of {master} that lost something: {report}");
        if (report.Phases is { } phases && phases.Detection + phases.Election + phases.Promotion != report.WithoutMaster)
            Violated($"{sentinel.Name} reports parts of the time without a master of {master} that are not the whole: {report}");
        if (report.MasterOffset is not { } offset)
            return;
        if (report.LostBytes != (offset > report.PromotedOffset ? offset - report.PromotedOffset : 0))
            Violated($"{sentinel.Name} reports a loss of {master} that is not what its offsets come to: {report}");
        // Another node may be there by now, or another life of it, or it was made a master once more while the leader did not run.
        if (World.NodeAt(report.To) is not { Master: null, Branch: { Opening.Reason: RoleReason.Sentinel or RoleReason.OrderedFailover, Origin: { } origin } } promoted || promoted.Group.Name != master || promoted.Branch != branch)
            return;
        if (report.PromotedOffset != (ulong)origin.Offset)
            Violated($"{sentinel.Name} reports that {promoted.Name} was promoted at {report.PromotedOffset}, and it was at {origin.Offset}");
        if (offset > (ulong)origin.Branch.End)
            Violated($"{sentinel.Name} reports that the former master of {master} had come to {offset}, and it ended at {origin.Branch.End}");
        if (lastWord is not null && InfoReport.Parse(lastWord) is { IsMaster: true, IsLoading: false } word && word.History == InfoText.Id(origin.Branch.Name) && word.StreamOffset > offset)
            Violated($"{sentinel.Name} reports that the former master of {master} had come to {offset}, and had heard from it that it was at {word.StreamOffset}");
    }
}
