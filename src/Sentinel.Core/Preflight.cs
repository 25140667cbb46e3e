using System.Collections.Immutable;

namespace Sentinel.Core;

/// <summary>Finds out, while all is well, what would go wrong in a failover.</summary>
/// <remarks>
/// <para>
/// Most is read from the INFO that is asked for anyway. Beyond it a node is asked what it lets us do (<see cref="Request.ProbeOrders"/> and
/// the two after it, once for each connection and seldom again, for a denial is written into its <c>ACL LOG</c>) and how it is set up
/// (<see cref="Request.AskSettings"/>, once in <see cref="MasterOptions.PreflightPeriod"/>). Nothing of that while the master is in trouble.
/// </para>
/// <para>What is wrong for some time is a finding (<see cref="Findings"/>): told once when it comes, and once when it is gone.</para>
/// </remarks>
internal sealed class Preflight(MasterMonitor master, LocalSentinel local)
{
    /// <summary>Parts of the period: how often all is looked at, how long something must be wrong, and over what the first questions are spread.</summary>
    private const int LooksPerPeriod = 12, PatiencePart = 4, SpreadPart = 6;

    /// <summary>Periods after which rights are asked for again on the same connection.</summary>
    private const int RightsPeriods = 60;

    private readonly Dictionary<(FindingKind Kind, InstanceLink Link), Case> _cases = [];
    private ImmutableArray<Finding> _findings = [];
    private Instant _nextLookAt;

    /// <summary>What is wrong: first that this Sentinel could not save its file, which is so for all masters and at once, then the oldest.</summary>
    public ImmutableArray<Finding> Findings => local.SaveError is { } error
        ? [new Finding(FindingKind.Saves, "this sentinel", $"it could not save its configuration file, and gives no vote and leads no failover until it can: {error}"), .. _findings]
        : _findings;

    private TimeSpan Period => master.Options.PreflightPeriod;

    /// <summary>Nothing is asked and nothing found while anything is under way: nodes have better to do then, and much is only passing.</summary>
    private bool IsQuiet =>
        !local.IsInTilt && local.Now >= local.JudgeAfter && master.Failover is null && !master.IsObjectivelyDown
        && master.Node is { IsSubjectivelyDown: false, ReportsMaster: true } && master.MayBeFollowed;

    /// <summary>Asks those that are due, and looks at what is known.</summary>
    public void Decide(Wakeup wake)
    {
        if (Period <= TimeSpan.Zero)
        {
            if (_cases.Count > 0)
                Settle([]);
            return;
        }
        if (!IsQuiet)
        {
            foreach (Case doubt in _cases.Values.Where(doubt => !doubt.IsTold).ToArray())
                _cases.Remove((doubt.Finding.Kind, doubt.Instance.Link));
            return;
        }
        Ask(master.Node, wake);
        foreach (Replica replica in master.Replicas)
            Ask(replica, wake);
        if (!wake.IsDue(_nextLookAt))
            return;
        _nextLookAt = local.Now + Period / LooksPerPeriod;
        wake.IsDue(_nextLookAt);
        Settle(new FailoverOutlook(master, local, IsKnown).Look());
    }

    /// <summary>All nodes are asked soon how they are set up: parts have changed.</summary>
    public void Switched()
    {
        foreach (DataNode node in master.Nodes)
            node.Checkup.NextSettingsAt = local.Now + Phase(node);
    }

    /// <summary>Whatever was found is found anew.</summary>
    public void Forget()
    {
        _cases.Clear();
        _findings = [];
    }

    /// <summary>A node took, or refused, a real order of role: what was found out before is corrected.</summary>
    public void Ordered(DataNode node, string? refusal, string? complaint)
    {
        if (refusal is null)
            (node.Checkup.Denied, node.Checkup.RewriteComplaint) = ([], complaint);
        else
            node.Checkup.NextRightsAt = local.Now;
    }

    /// <summary>Why a node would take no order of role, as far as is known; null: it would.</summary>
    public static string? Refusal(DataNode node)
    {
        ImmutableArray<Denial> denied = node.Checkup.Denied;
        if (denied.IsEmpty)
            return null;
        string user = node.Master.Options.AuthUser ?? "default";
        return string.Join(" and ", denied.Select(denial => denial.IsUnknown ? $"it does not know {denial.Command}" : $"the user '{user}' may not use {denial.Command}"));
    }

    /// <summary>A node answered one of our questions.</summary>
    public void Answered(DataNode node, Request request, Reply reply)
    {
        Checkup checkup = node.Checkup;
        checkup.Question.Done();
        ImmutableArray<Reply> replies = reply is Reply.List { Items: var items } && items.Length == request.Commands.Length ? items : [];
        switch (request)
        {
            case Request.AskSettings:
                checkup.Settings = NodeSettings.Parse(reply);
                // Who denies it once is not asked each minute: it would be in its ACL LOG each time.
                checkup.NextSettingsAt = local.Now + (replies.Any(IsDenial) ? RightsPeriods * Period : Period);
                break;
            case Request.ProbeOrders probe when replies is [var exec, var verb, var kill]:
                OrdersTried(node, probe, exec, verb, kill);
                break;
            case Request.ProbeTransaction when replies is [var multi, var exec]:
                TransactionTried(node, multi, exec);
                break;
            case Request.ProbeRewrite when replies is [_, var rewrite, _, _]:
                Note(node, "CONFIG REWRITE", rewrite);
                Conclude(node);
                break;
            default:
                break;    // its replies make no sense: asked again on the next connection
        }
    }

    private void Ask(DataNode node, Wakeup wake)
    {
        Checkup checkup = node.Checkup;
        if (node.Link is not { IsUsable: true, IsComplete: true } || node.IsSubjectivelyDown || node.IsLoading || node.InfoAt is null || checkup.Question.IsPending(node.Link))
            return;
        if (checkup.Attempt != node.Link.Attempt)
        {
            checkup.Attempt = node.Link.Attempt;
            checkup.NextRightsAt = checkup.NextSettingsAt = local.Now + Phase(node);
        }
        // While writes are held our connection may be, too.
        if (node.WritesHeldUntil > local.Now || node.IsHandingOver)
            return;
        if (wake.IsDue(checkup.NextRightsAt))
        {
            checkup.NextRightsAt = local.Now + RightsPeriods * Period;
            checkup.Trying.Clear();
            Send(node, new Request.ProbeOrders(node.ReplicaOfVerb));
        }
        else if (wake.IsDue(checkup.NextSettingsAt))
        {
            checkup.NextSettingsAt = local.Now + Period;
            Send(node, Request.AskSettings.Instance);
        }
    }

    private static void Send(DataNode node, Request request)
    {
        if (node.Link.Send(request))
            node.Checkup.Question.Sent(node.Link);
    }

    private void OrdersTried(DataNode node, Request.ProbeOrders probe, Reply exec, Reply verb, Reply kill)
    {
        List<Denial> trying = node.Checkup.Trying;
        if (IsBusy(exec) || IsBusy(verb))
        {
            node.Checkup.NextRightsAt = local.Now + Period;
            return;
        }
        if (IsDenial(verb))
        {
            Note(node, probe.Verb, verb);
            if (trying.Count == 1)
            {
                Send(node, new Request.ProbeOrders(probe.Other));
                return;
            }
        }
        else
        {
            node.Link.TakesReplicaOf = probe.Verb == Request.ProbeOrders.ReplicaOf;
            trying.Clear();    // one of the two words is enough
        }
        Note(node, "CLIENT KILL", kill);
        Note(node, "EXEC", exec);
        // Without EXEC nothing would end what MULTI begins.
        if (IsDenial(exec))
            Conclude(node);
        else
            Send(node, Request.ProbeTransaction.Instance);
    }

    private void TransactionTried(DataNode node, Reply multi, Reply exec)
    {
        Note(node, "MULTI", multi);
        if (IsDenial(exec))
            node.Link.Reconnect();    // the right was taken away in this moment, and we may be in a transaction
        // Without MULTI what follows it would be done at once.
        else if (IsDenial(multi))
            Conclude(node);
        else if (exec is Reply.List)
            Send(node, Request.ProbeRewrite.Instance);
        else
            node.Checkup.NextRightsAt = local.Now + Period;
    }

    private static void Note(DataNode node, string command, Reply reply)
    {
        if (IsDenial(reply))
            node.Checkup.Trying.Add(new Denial(command, IsUnknown: !((Reply.Error)reply).Message.Contains("NOPERM", StringComparison.Ordinal)));
    }

    private static void Conclude(DataNode node) => node.Checkup.Denied = [.. node.Checkup.Trying];

    private static bool IsDenial(Reply reply) => reply is Reply.Error { Message: var error }
        && (error.Contains("NOPERM", StringComparison.Ordinal)
            || error.Contains("unknown command", StringComparison.OrdinalIgnoreCase)
            || error.Contains("unknown subcommand", StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether a node refuses now what it may take at another time.</summary>
    private static bool IsBusy(Reply reply) => reply is Reply.Error { Message: var error } && !IsDenial(reply) && !error.StartsWith("ERR", StringComparison.Ordinal);

    private void Settle(IReadOnlyCollection<(Instance Instance, Finding Finding)> found)
    {
        bool hasChanged = false;
        foreach ((Instance instance, Finding finding) in found)
        {
            if (!_cases.TryGetValue((finding.Kind, instance.Link), out Case? known))
                _cases.Add((finding.Kind, instance.Link), known = new Case(instance, finding, local.Now));
            hasChanged |= known.IsTold && known.Finding != finding;
            (known.Instance, known.Finding) = (instance, finding);
            if (known.IsTold || local.Now - known.Since < Period / PatiencePart)
                continue;
            known.IsTold = hasChanged = true;
            Tell("+preflight-warning", known);
        }
        foreach (((FindingKind Kind, InstanceLink Link) key, Case over) in _cases.ToArray())
        {
            if (found.Any(still => still.Finding.Kind == key.Kind && still.Instance.Link == key.Link))
                continue;
            _cases.Remove(key);
            hasChanged |= over.IsTold;
            if (over.IsTold)
                Tell("-preflight-warning", over);
        }
        if (hasChanged)
            _findings = [.. _cases.Values.Where(told => told.IsTold).OrderBy(told => told.Since).Select(told => told.Finding)];
    }

    private void Tell(string name, Case told) =>
        local.Publish(master.About(name, EventLevel.Warning, $"{told.Instance.Prefix} #{told.Finding.Text}") with { Kind = told.Instance.Kind, InstanceAddress = told.Instance.Told });

    /// <summary>Whether something was told already: what goes up and down does not come and go with each look.</summary>
    private bool IsKnown(FindingKind kind, Instance instance) => _cases.TryGetValue((kind, instance.Link), out Case? known) && known.IsTold;

    /// <summary>A node's place in the first questions: a thousand masters that come back in one moment are not all asked in the next.</summary>
    /// <remarks>From its name, not by chance: the same everywhere would do, too, but for nodes that share a machine.</remarks>
    private TimeSpan Phase(DataNode node)
    {
        uint hash = 2166136261;
        foreach (char c in $"{local.Id} {node.Address}")
            hash = (hash ^ c) * 16777619;
        return Period / SpreadPart * (hash / (double)uint.MaxValue);
    }

    /// <summary>Something that is wrong, told or not yet.</summary>
    private sealed class Case(Instance instance, Finding finding, Instant since)
    {
        public Instance Instance { get; set; } = instance;
        public Finding Finding { get; set; } = finding;
        public Instant Since { get; } = since;
        public bool IsTold { get; set; }
    }
}
