using Sentinel.Simulation.Kernel;

namespace Sentinel.Simulation.Mutation;

/// <summary>All mutants: for each rule on which safety or liveness hangs, a core that breaks it.</summary>
/// <remarks>A text is taken as short as it is unique, so that it survives changes beside it.</remarks>
internal static class Mutants
{
    public static IReadOnlyList<Mutant> All { get; } =
    [
        // Votes.
        new("votes-twice", "A Sentinel has one vote for a master and epoch, and repeats it to whoever asks.",
            [new("SentinelId? leader = Leader;", "SentinelId? leader = candidate;")]),
        new("votes-in-an-epoch-again", "A vote is given only in an epoch that is newer than that of the last one.",
            [new("isBelieved && LeaderEpoch < epoch &&", "isBelieved && LeaderEpoch <= epoch &&"),
             new("if (epoch <= LeaderEpoch)\n", "if (epoch < LeaderEpoch)\n")]),
        new("speaks-a-vote-before-it-is-saved", "A vote is on disk before it is spoken.",
            [new("VoteSave,\n            saved: () => local.Do(new GiveAnswer", "local.DurableSave,\n            saved: () => local.Do(new GiveAnswer")]),
        new("stands-before-its-own-vote-is-saved", "A candidate asks for votes and counts its own only when epoch and vote are on disk.",
            [new("if (!local.IsDurable(master.Election.VoteSave))", "if (master.IsRemoved)")]) { Profile = Profile.Orders },
        new("tells-of-a-switch-before-it-is-saved", "A leader tells of a switch when its own disk has it.",
            [new("if (_local.IsDurable(confirmed.Save) ||", "if (confirmed.Save > default(SaveNumber) ||")]),
        new("takes-a-failed-save-for-done", "A save that fails turns what waits for it into a refusal.",
            [new("_local.NotSaved(failed.Number, failed.Error);", "_local.Saved(failed.Number);")]) { Profile = Profile.Sentinels },
        new("forgets-its-vote-at-a-restart", "The epoch of the last vote survives a restart.",
            [new("new Election(this, local, state.LeaderEpoch)", "new Election(this, local, Epoch.Zero)")]),
        new("does-not-save-the-current-epoch", "The current epoch survives a restart.",
            [new("State => new(_local.Id, _local.CurrentEpoch,", "State => new(_local.Id, Epoch.Zero,")]),

        // Elections.
        new("elects-itself-alone", "A majority of all known Sentinels elects.",
            [new("Math.Max(sentinels / 2 + 1, quorum)", "1")]),
        new("takes-the-reachable-for-all", "The majority is one of all known Sentinels, those included that cannot be reached.",
            [new("VoteCount.Needed(Peers.Count + 1, Options.Quorum)", "VoteCount.Needed(Peers.Count(peer => peer.IsAvailable) + 1, 1)")]) { Profile = Profile.Orders },
        new("counts-votes-of-other-epochs", "Only votes of the candidate's own epoch elect it.",
            [new("peer.VotedEpoch == failover.Epoch && peer.VotedLeader is not null", "peer.VotedLeader is not null")]) { Profile = Profile.Partitions },
        new("orders-failovers-in-any-epoch", "An ordered failover goes on in an epoch that a majority gave it, or in one that only it takes.",
            [new("if (tally.Winner == local.Id)\n            {\n", "if (!master.IsRemoved)\n            {\n")]) { Profile = Profile.Orders },
        new("stands-while-its-leader-works", "Who has voted holds still as long as the one it voted for is alive and at work.",
            [new("if (watch.IsAtWork(master, local, wake))", "if (watch.IsAtWork(master, local, wake) && master.IsRemoved)")]) { Profile = Profile.Partitions },
        new("tries-only-once", "When a failover came to nothing, those who stood and those who voted try again.",
            [new("_standAt = InLine(local.Now + pause / 2 + local.Jitter(pause));", "_standAt = local.Now + TimeSpan.FromDays(1);"),
             new("_standAt = Instant.Max(_standAt ?? local.Now, InLine(local.Now));", "_standAt = local.Now + TimeSpan.FromDays(1);")]) { Profile = Profile.Replacement },

        new("stands-against-a-master-that-others-hear", "Who does not hear a new master gives it time, more with each switch.",
            [new("if (!_grace.IsOver(wake))", "if (master.IsRemoved)")]) { Case = "--seed 11005731 --profile any --minutes 1 --keep 4,7" },

        // Who is down.
        new("needs-no-quorum", "A failover starts only when a quorum holds the master down.",
            [new("votes >= master.Options.Quorum", "votes >= 1")]) { Profile = Profile.Partitions },
        new("believes-old-answers", "What a peer said of the master counts for some seconds only, and as long as it is there.",
            [new("if (wake.IsDue(peer.SaidAt.Value + 5 * local.Timing.AskPeriod))", "if (master.IsRemoved)"),
             new("if (peer.SaysMasterDown && (peer.IsSubjectivelyDown", "if (master.IsRemoved && (peer.IsSubjectivelyDown")]),
        new("holds-down-for-ever", "A master that answers again is not objectively down any more.",
            [new("bool isDown = master.Node.IsSubjectivelyDown && votes >= master.Options.Quorum;", "bool isDown = IsObjectivelyDown || (master.Node.IsSubjectivelyDown && votes >= master.Options.Quorum);")]),
        new("holds-its-own-pause-against-others", "Time in which this Sentinel did not run is nobody's silence.",
            [new("if (late <= StallMin)", "if (late >= TimeSpan.Zero)"),
             new("if (now >= _local.JudgeAfter)", "if (now >= _steppedAt)")]) { Profile = Profile.Sentinels },
        new("ignores-tilt", "In TILT nobody is held down, and nothing is started.",
            [new("public bool IsInTilt => TiltSince is not null;", "public bool IsInTilt => false;")]) { Profile = Profile.Sentinels },
        new("goes-on-after-a-long-pause", "A leader that was away for long leaves its failover to others.",
            [new("Failover?.Lapse(missed);", ""),
             new("if (isLong)\n            _tilt.Enter();", "")]) { Profile = Profile.Replacement },
        new("takes-any-refusal-for-a-crash", "A node that refuses connections has crashed only when nothing else came of any attempt for the whole period.",
            [new("_until - since >= period", "_until <= since + period")]) { Profile = Profile.Detection },
        new("does-not-ask-the-replicas", "With corroborate a silent master stays as long as a replica hears it.",
            [new("asks = _master.Options.Corroborate && _witnesses.AreNeeded;", "asks = _master.IsRemoved;")]) { Profile = Profile.Detection },
        new("believes-a-change-of-parts-at-once", "Who says that the master and a replica have changed parts has said so for two seconds before he is believed.",
            [new("finding.Since + local.Timing.ChangedPartsPatience;", "finding.Since;")]) { Case = "--seed 58 --profile planned --minutes 3 --keep 10,11" },
        new("ignores-a-pause", "A Sentinel on which a master is paused starts no failover of it by itself.",
            [new("WhyPaused => _master.Options.PauseReason is { } paused", "WhyPaused => _master.Options.PauseReason is { } paused && _master.IsRemoved")]) { Profile = Profile.Detection },
        new("ignores-the-cooldown", "In the cooldown after a switch a master stays that a peer or a replica hears.",
            [new("bool cools = _cooldown.IsRunning(wake),", "bool cools = _master.IsRemoved,")]) { Profile = Profile.Detection },

        // Promotion.
        new("promotes-priority-0", "A replica of priority 0 is never promoted.",
            [new("if (candidate.Priority == 0 && !candidate.IsFollowedByMaster)", "if (candidate.Priority < 0)")]) { Profile = Profile.Orders },
        new("promotes-who-refuses", "A replica that is known to refuse is promoted only where nobody else is fit.",
            [new(".ThenBy(candidate => candidate.WouldRefuse)", "")]) { Profile = Profile.Rights },
        new("takes-any-error-for-a-denial", "Only what a node says of rights, or of a command that it does not know, is a denial.",
            [new("(error.Contains(\"NOPERM\", StringComparison.Ordinal)\n            || error.Contains(\"unknown command\"", "(error.Length > 0\n            || error.Contains(\"unknown command\"")]) { Profile = Profile.Rights },
        new("prefers-the-largest-priority", "Of the fit replicas those of the smallest priority come first.",
            [new(".ThenBy(candidate => candidate.Priority)", ".ThenByDescending(candidate => candidate.Priority)")]),
        new("prefers-the-least-data", "Of replicas of one priority the one with the most data is promoted.",
            [new(".ThenByDescending(candidate => candidate.Offset)", ".ThenBy(candidate => candidate.Offset)")]) { Profile = Profile.Orders },
        new("promotes-what-never-synchronised", "A replica that never had the master's data is not promoted.",
            [new("candidate.MasterLinkDownTime < TimeSpan.Zero && candidate.Offset <= NoDataOffset && !candidate.HasKeys", "candidate.Offset == ulong.MaxValue")]) { Profile = Profile.Replacement },
        new("promotes-an-empty-one", "An empty replica is not promoted while one with data is fit.",
            [new(".ThenBy(candidate => LacksKeysOf(fit, candidate))", ""),
             new("if (candidate.HasForeignHistory && SomeHaveOurs)", "if (candidate.HasForeignHistory && candidate.IsDown)"),
             new("if (candidate.MayBeEmpty && SomeHaveKeys)", "if (candidate.MayBeEmpty && candidate.IsDown)")]) { Case = "--seed 23 --profile any --minutes 6.9 --keep 11,127,128,129" },
        new("promotes-though-the-master-answers", "A failover ends when the master answers before a replica was promoted.",
            [new("if (Step is FailoverStep.WaitStart or FailoverStep.SelectReplica && !IsForced && !_master.IsObjectivelyDown)", "if (_master.IsRemoved)")]) { Profile = Profile.Orders },
        new("announces-before-the-promotion-is-confirmed", "Clients learn the new address when the node there says that it is master.",
            [new("Enter(FailoverStep.WaitPromotion);", "Confirm(replica, FailoverCost.Of(_master, replica, this, _local.Now));\n            return;")]),

        // Planned switches.
        new("does-not-wait-for-every-byte", "A replica is promoted beside a master that lives only when it has every byte of it.",
            [new("_offset is { } offset && _replica.Offset >= offset && ", "_offset is not null && ")]) { Profile = Profile.Planned },
        new("does-not-hold-writes-back", "A master makes way only while it holds writes back.",
            [new("new Request.HoldWritesAndTell(Lease)", "new Request.HoldWritesAndTell(TimeSpan.Zero)")]) { Profile = Profile.Planned },

        new("takes-an-emptied-master-for-the-master", "A master that restarted without its data is not followed while another node has them.",
            [new("            return Emptied(node);", "            return null;")]) { Case = "--seed 66 --profile any --minutes 10" },
        new("goes-by-the-address-alone", "A node that has the data of another group is left alone.",
            [new("StrangerIn(DataNode node) => StrangerIn(node, HopsMax);", "StrangerIn(DataNode node) => null;")]) { Profile = Profile.Addresses },
        new("does-not-wait-for-whom-a-node-follows", "A node of which nothing tells whose it is waits for the one that it follows to be heard, where two groups know that one.",
            [new("IsAgreed && !master.Lineage.MayBeAStranger(replica);", "IsAgreed;")]) { Case = "--seed 20001123 --profile addresses --minutes 9.7 --keep 1,2,3,5,6,7" },
        new("takes-an-empty-node-where-another-group-had-one", "A node of which nothing tells whose it is waits, where two groups had one at its address.",
            [new("known.RunId != node.RunId || known.Master.Lineage.StrangerIn(known, HopsMax) is null", "known.Master.IsRemoved")]) { Case = "--seed 20001220 --profile addresses --minutes 8.3 --keep 8,9" },
        new("prefers-the-predecessor-of-an-emptied-master", "Of an emptied master those who followed it are waited for before one that was a master before it takes its place.",
            [new("AwaitsFollower = master.Distrust.IsFresh && master.Replicas.Exists(IsAwaitedFollower),", "AwaitsFollower = false,")]) { Case = "--seed 20023385 --profile any --minutes 7.3 --keep 3,6,10,11,43,46,47" },

        // What a failover cost.
        new("does-not-report", "Each failover is reported.",
            [new("Tell(cost);", "")]),
        new("reports-no-loss", "What is lost is reported.",
            [new("offset > PromotedOffset ? offset - PromotedOffset : 0;", "offset < PromotedOffset ? offset - PromotedOffset : 0;")]),
        new("reports-where-the-new-master-is-now", "What the new master has of the former one ends where its own history begins.",
            [new("FormerHistoryEnd: > 0 and { } end } ? end - 1 : promoted.Offset", "FormerHistoryEnd: > 0 and { } end } ? end : promoted.Offset")]),
        new("forgets-the-last-word-of-the-master", "The former master's own last word counts for what is lost.",
            [new("Current == history ? (_offset, _learntAt) : null", "Current == history ? (0, _learntAt) : null"),
             new("node.History == history && node.StreamOffset > seen.Offset", "node.History == history && node.IsLoading")]),

        // Configurations.
        new("accepts-older-configurations", "Only a newer configuration takes the place of the present one.",
            [new("if (hello.ConfigEpoch > master.ConfigEpoch)", "if (hello.ConfigEpoch != master.ConfigEpoch)"),
             new("if (configEpoch < ConfigEpoch)", "if (configEpoch > Epoch.Limit)")]),
        new("accepts-equal-configurations", "Of two configurations of one epoch the one that came first stays.",
            [new("if (hello.ConfigEpoch > master.ConfigEpoch)", "if (hello.ConfigEpoch >= master.ConfigEpoch)")]),
        new("renounces-before-it-is-saved", "That a promotion is renounced is on disk before its epoch stands for the former master.",
            [new("_renounced = Prepare(Address, prepared.Epoch);", "(ConfigEpoch, _renounced) = (prepared.Epoch, Prepare(Address, prepared.Epoch));")]) { Case = "--seed 50006009 --profile any --minutes 6.6 --keep 30,31,82,83,85,86" },
        new("does-not-save-the-configuration-epoch", "The epoch of the configuration survives a restart.",
            [new("=> master.Prepared?.Epoch ?? master.ConfigEpoch;", "=> Epoch.Zero;")]),
        new("does-not-tell-the-configuration-epoch", "Hellos carry the epoch of the configuration.",
            [new("master.Node.Told, master.ConfigEpoch);", "master.Node.Told, Epoch.Zero);")]),
        new("follows-hellos-of-other-groups", "A hello concerns the group that it names.",
            [new("_masters.TryGetValue(hello!.MasterName, out MasterMonitor? master)", "_masters.Values.FirstOrDefault() is { } master")]),

        new("finds-no-switch-that-nobody-could-tell-of", "Who became the master as the former one ceased to be it is found, should the leader have died.",
            [new("|| (!master.Node.ReportsMaster && replica.RoleSince >= master.Node.RoleSince - local.Timing.InfoPeriod)", "|| master.IsRemoved")]) { Case = "--seed 20015327 --profile any --minutes 1.8 --keep 6,11,13,14" },

        // Writes that are held.
        new("never-fences", "A master that most cannot reach is fenced by a Sentinel beside it.",
            [new("if (isCutOff && _attached.AreMissing && wake.IsDue(_notBefore))", "if (master.IsRemoved)")]) { Profile = Profile.Fencing },
        new("fences-without-evidence", "A master that has all its replicas is not fenced, however many Sentinels are gone.",
            [new("if (isCutOff && _attached.AreMissing && wake.IsDue(_notBefore))", "if (isCutOff && wake.IsDue(_notBefore))")]) { Profile = Profile.Fencing },
        new("never-ends-a-fence", "A fenced master is let go when all its replicas are attached, or a majority confirms it.",
            [new("else if (_attached.AreComplete)", "else if (_attached.AreComplete && master.IsRemoved)"),
             new("if (1 + _confirmed.Count(id => ", "if (master.IsRemoved && 1 + _confirmed.Count(id => "),
             new("else if (wake.IsDue(_contactSince.Value + 2 * local.Timing.PublishPeriod))", "else if (master.IsRemoved)")]) { Profile = Profile.Fencing },
        new("holds-writes-for-long", "What holds writes expires by itself within a second.",
            [new("new Request.HoldWrites(timing.FenceLease)", "new Request.HoldWrites(60 * timing.FenceLease)")]) { Profile = Profile.Fencing },

        // The rest of the group.
        new("leaves-replicas-behind", "After a promotion all other replicas are told to follow the new master.",
            [new("replica is { Reconf: ReconfStep.None, IsSubjectivelyDown: false, Link.IsUsable: true, HasReported: true, IsHandingOver: false }", "replica is { Reconf: ReconfStep.Done, IsSubjectivelyDown: true }"),
             new("if (names.AreDifferent(reported, master.Address))\n            return true;", "")]),
        new("promotes-a-copy-of-an-emptied-master", "Who has copied a master without its data does not take its place while another one has them.",
            [new("if (IsMasterDistrusted && candidate.HasCopiedMaster)", "if (candidate is { HasCopiedMaster: true, IsConnected: false })")]) { Case = "--seed 50003176 --profile any --minutes 10" },
        new("leaves-a-former-master-alone", "A former master that returns is told to follow the new one.",
            [new("(replica.ReportsMaster || replica.ReportedMaster is { } reported", "(replica.ReportedMaster is { } reported")]),
    ];
}
