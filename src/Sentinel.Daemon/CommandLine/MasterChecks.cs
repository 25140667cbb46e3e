using Sentinel.Core;
using Sentinel.Daemon.Configuration;
using static Sentinel.Daemon.CommandLine.Finding;

namespace Sentinel.Daemon.CommandLine;

/// <summary>What may go wrong with the masters that are monitored, as far as a file can tell.</summary>
internal static class MasterChecks
{
    // Five PINGs are sent within down-after; below this a node is given less than 100 ms for each.
    private static readonly TimeSpan DownAfterMin = TimeSpan.FromMilliseconds(500);

    /// <summary>Longer than most clients wait before they report an outage.</summary>
    private static readonly TimeSpan DownAfterMax = TimeSpan.FromMinutes(2);

    /// <summary>What one replica may take to follow its new master (<see cref="Timing.ReplicaReconfTimeout"/>): a failover must have more.</summary>
    private static readonly TimeSpan FailoverTimeoutMin = TimeSpan.FromSeconds(10);

    // Three PINGs are sent within it, and not more often than each 50 ms.
    private static readonly TimeSpan FenceAfterMin = TimeSpan.FromMilliseconds(200);

    private const int ParallelSyncsMax = 10;

    /// <summary>All findings.</summary>
    public static IEnumerable<Finding> Of(Examination examined)
    {
        foreach (MasterState master in examined.Configuration.Masters)
        {
            foreach (Finding finding in (IEnumerable<Finding>)[
                .. OfPause(examined, master), .. OfNumbers(examined, master), .. OfTimes(examined, master), .. OfReplicas(examined, master), .. OfNames(examined, master),
                .. OfAddress(examined, master), .. OfScripts(examined, master)])
            {
                yield return finding;
            }
        }
        foreach (Finding finding in OfSharedAddresses(examined))
            yield return finding;
    }

    private static IEnumerable<Finding> OfPause(Examination examined, MasterState master)
    {
        if (master.Options.PauseReason is { } reason)
        {
            yield return Risk("paused", examined.PlaceOf(StatementKind.Pause, master.Options.Name),
                $"'{master.Options.Name}' is paused{(reason.Length > 0 ? $" ({reason})" : "")}: this Sentinel starts no failover of it by itself",
                $"SENTINEL RESUME {master.Options.Name} when the work is done, or remove the line while the Sentinel does not run");
        }
    }

    private static IEnumerable<Finding> OfNumbers(Examination examined, MasterState master)
    {
        ConfigurationLine? line = examined.PlaceOf(StatementKind.Monitor, master.Options.Name);
        string name = master.Options.Name;
        int quorum = master.Options.Quorum;
        int sentinels = master.Peers.Length + 1;
        int majority = (sentinels / 2) + 1;
        if (sentinels > 1 && sentinels % 2 == 0)
        {
            yield return Risk("even-number-of-sentinels", line,
                $"'{name}' is watched by {sentinels} Sentinels, which bear the loss of {(sentinels - 1) / 2}: no more than {sentinels - 1} do",
                "run an odd number of Sentinels, at least three; after removing one for good, SENTINEL RESET on the others");
        }
        if (quorum == 1)
        {
            yield return Risk("quorum-of-one", line,
                $"quorum of '{name}' is 1: one Sentinel that is cut off holds a living master down by itself",
                "with three Sentinels let the quorum be 2");
        }
        else if (sentinels > 1 && quorum > sentinels)
        {
            yield return Risk("quorum-out-of-reach", line,
                $"quorum of '{name}' is {quorum}, but only {sentinels} Sentinels are known: there will be no failover",
                $"let the quorum be {majority}, or start more Sentinels");
        }
        else if (sentinels > 1 && quorum > majority)
        {
            yield return Risk("quorum-above-majority", line,
                $"quorum of '{name}' is {quorum}: with a majority of {majority} of {sentinels} Sentinels alive there is no failover yet",
                $"let the quorum be {majority}, unless that is meant");
        }
        else if (sentinels > 2 && quorum < majority)
        {
            yield return Note("quorum-below-majority", line,
                $"quorum of '{name}' is {quorum}: a minority of {sentinels} Sentinels can have a master replaced that the others see alive",
                $"let the quorum be {majority}, unless that is meant");
        }
    }

    private static IEnumerable<Finding> OfTimes(Examination examined, MasterState master)
    {
        MasterOptions options = master.Options;
        ConfigurationLine? downAfter = examined.PlaceOf(StatementKind.DownAfter, options.Name);
        if (options.DownAfter < DownAfterMin)
        {
            yield return Risk("down-after-short", downAfter,
                $"'{options.Name}' counts as down after {Milliseconds(options.DownAfter)} ms: a short pause of a node or of the network means a failover",
                $"give it {Milliseconds(DownAfterMin)} ms at least");
        }
        else if (options.DownAfter > DownAfterMax)
        {
            yield return Risk("down-after-long", downAfter,
                $"'{options.Name}' counts as down only after {options.DownAfter.TotalSeconds} s, and all that time clients have no master",
                "most give it 5 to 30 seconds");
        }
        if (options.CrashDownAfter >= options.DownAfter)
        {
            yield return Risk("crash-down-after-long", examined.PlaceOf(StatementKind.CrashDownAfter, options.Name),
                $"crash-down-after-milliseconds of '{options.Name}' is {Milliseconds(options.CrashDownAfter)}, and a node that refuses connections counts as down after {Milliseconds(options.DownAfter)} ms anyway",
                "give it less than down-after-milliseconds, or remove the line");
        }
        if (options.FenceAfter > TimeSpan.Zero && options.FenceAfter >= options.DownAfter)
        {
            yield return Risk("fence-after-late", examined.PlaceOf(StatementKind.FenceAfter, options.Name),
                $"'{options.Name}' is fenced after {Milliseconds(options.FenceAfter)} ms, when the other Sentinels may have replaced it: they hold it down after {Milliseconds(options.DownAfter)} ms",
                "give it less than down-after-milliseconds, half of it or a quarter");
        }
        else if (options.FenceAfter > TimeSpan.Zero && options.FenceAfter < FenceAfterMin)
        {
            yield return Risk("fence-after-short", examined.PlaceOf(StatementKind.FenceAfter, options.Name),
                $"'{options.Name}' is fenced after {Milliseconds(options.FenceAfter)} ms: a short pause of the network may hold its writes",
                $"give it {Milliseconds(FenceAfterMin)} ms at least");
        }
        if (options.FailoverTimeout < FailoverTimeoutMin)
        {
            yield return Risk("failover-timeout-short", examined.PlaceOf(StatementKind.FailoverTimeout, options.Name),
                $"a failover of '{options.Name}' is given {Milliseconds(options.FailoverTimeout)} ms: it may end before the replicas follow the new master",
                $"give it {Milliseconds(FailoverTimeoutMin)} ms at least; the default of 180000 does no harm");
        }
    }

    private static IEnumerable<Finding> OfReplicas(Examination examined, MasterState master)
    {
        int syncs = master.Options.ParallelSyncs;
        ConfigurationLine? line = examined.PlaceOf(StatementKind.ParallelSyncs, master.Options.Name);
        if (syncs < 1)
        {
            yield return Risk("parallel-syncs-zero", line,
                $"parallel-syncs of '{master.Options.Name}' is {syncs}: redis-sentinel would leave the replicas with the old master; here it counts as 1",
                "write 1 or more");
        }
        else if (syncs > ParallelSyncsMax || (syncs > 1 && syncs >= master.Replicas.Length && master.Replicas.Length > 1))
        {
            yield return Risk("parallel-syncs-large", line,
                $"parallel-syncs of '{master.Options.Name}' is {syncs}: after a failover all replicas may load the data at once, and none is left to read from",
                "write 1, or less than the number of replicas");
        }
    }

    private static IEnumerable<Finding> OfNames(Examination examined, MasterState master)
    {
        string name = master.Options.Name;
        ConfigurationLine? line = examined.PlaceOf(StatementKind.Monitor, name);
        if (name.Contains(','))
        {
            yield return Risk("name-with-comma", line,
                $"the name '{name}' holds a comma, which separates the fields of what Sentinels tell each other: they will not find one another",
                "use letters, digits, '-', '_' and '.'; the name must change in all Sentinels and clients");
        }
        if (name.Length == 0 || name.Any(c => char.IsWhiteSpace(c) || char.IsControl(c) || c is '"' or '\''))
        {
            yield return Risk("name-with-blank", line,
                $"the name '{name}' is empty or holds blanks or quotes: clients and scripts split events at blanks, and redis-sentinel could not read the file that it writes",
                "use letters, digits, '-', '_' and '.'; the name must change in all Sentinels and clients");
        }
        if (master.Options is { AuthUser: not null, AuthPass: null })
        {
            yield return Risk("user-without-password", examined.PlaceOf(StatementKind.AuthUser, name),
                $"'{name}' has an auth-user but no auth-pass: nothing is sent to authenticate", "add an auth-pass, or remove the auth-user");
        }
    }

    private static IEnumerable<Finding> OfAddress(Examination examined, MasterState master)
    {
        string name = master.Options.Name;
        ConfigurationLine? line = examined.PlaceOf(StatementKind.Monitor, name);
        if (master.Address.Port == 0)
            yield return Risk("master-port-zero", line, $"the port of '{name}' is 0: nothing listens there", "write the port of the master");
        if (IsLoopback(master.Address.Host) && master.Peers.FirstOrDefault(peer => !IsLoopback(peer.Address.Host)) is { } elsewhere)
        {
            yield return Risk("master-on-loopback", line,
                $"'{name}' is at {master.Address.Host}, which on the host of the Sentinel at {elsewhere.Address.Host} is another machine",
                "write an address by which all Sentinels and clients reach the master");
        }
        if (examined.Configuration.Id is { } me && master.Peers.Any(peer => peer.Id == me))
        {
            yield return Risk("own-identity", examined.PlaceOf(StatementKind.KnownSentinel, name),
                $"a peer of '{name}' has the identity of this Sentinel: one is the copy of the other, and both vote as one",
                "remove the line 'sentinel myid' of one of the two, and the 'known-sentinel' lines of that identity");
        }
        foreach (IGrouping<Address, PeerState> twins in master.Peers.GroupBy(peer => peer.Address).Where(group => group.Count() > 1))
        {
            yield return Risk("peers-at-one-address", examined.PlaceOf(StatementKind.KnownSentinel, name),
                $"{twins.Count()} Sentinels of '{name}' are said to be at {twins.Key}: all but one are gone, and count when a majority is asked for",
                "remove the lines of those that are gone, or SENTINEL RESET once it runs");
        }
    }

    private static IEnumerable<Finding> OfScripts(Examination examined, MasterState master)
    {
        (StatementKind Kind, string? Path)[] scripts =
            [(StatementKind.NotificationScript, master.Options.NotificationScript), (StatementKind.ClientReconfigScript, master.Options.ClientReconfigScript)];
        foreach ((StatementKind kind, string? path) in scripts)
        {
            if (path is not null && Directory.Exists(Path.GetFullPath(path, examined.Configuration.Directory)))
            {
                yield return Risk("script-is-folder", examined.PlaceOf(kind, master.Options.Name),
                    $"the {kind.Name} of '{master.Options.Name}' is a folder: it will never run", "name a program");
            }
        }
    }

    private static IEnumerable<Finding> OfSharedAddresses(Examination examined) =>
        examined.Configuration.Masters.GroupBy(master => master.Address).Where(group => group.Count() > 1).Select(twins => Risk(
            "masters-at-one-address", examined.PlaceOf(StatementKind.Monitor, twins.Last().Options.Name),
            $"{string.Join(" and ", twins.Select(master => $"'{master.Options.Name}'"))} are both at {twins.Key}: a failover of one takes the master of the other away",
            "keep one name for each group; clients that use another one must change"));

    /// <summary>Whether a host is this machine, whichever that is.</summary>
    internal static bool IsLoopback(string host) => new Address(host, 0).IsLoopback;

    private static string Milliseconds(TimeSpan time) => $"{time.TotalMilliseconds:0}";
}
