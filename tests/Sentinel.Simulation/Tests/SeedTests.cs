using System.Collections.Immutable;
using System.Globalization;
using Sentinel.Simulation.Kernel;
using Sentinel.Simulation.Tool;

namespace Sentinel.Simulation.Tests;

/// <summary>Whatever befalls a cluster, no rule is broken, and healing brings agreement.</summary>
public class SeedTests
{
    /// <summary>Seeds of each kind of run, together more than 300, drawn anew each time; what is found names them. <c>FIRST_SEED=N</c> takes those from N on.</summary>
    public static TheoryData<string, int, double> Many => new()
    {
        { "any", 80, 3 },
        { "mixed", 30, 2 },
        { "partitions", 30, 2 },
        { "sentinels", 40, 2 },
        { "planned", 30, 2 },
        { "addresses", 12, 2 },
        { "mass", 6, 1 },
        { "fencing", 40, 2 },
        { "one-fault", 40, 1 },
        { "quiet", 10, 1 },
        { "detection", 40, 2 },
        { "rights", 40, 2 },
        { "operators", 40, 2 },
        { "orders", 20, 2 },
        { "replacement", 30, 1 },
        { "chosen", 40, 2 },
    };

    /// <summary>Cases that broke a rule, as small as they could be made, with what they found.</summary>
    public static TheoryData<string> Kept =>
    [
        // One leader: ordered in a partition, a failover took an epoch in which the others had elected somebody else.
        "--seed 48 --profile any --minutes 5.9 --keep 48,53",
        // Agreement: a replica that another leader had made a master before a partition ended was fit for nothing, and the configured master was a replica.
        "--seed 2 --profile any --minutes 2.3 --keep 22,37",
        // Agreement: a master that came back with its original configuration was a replica of its replica; neither was fit for ever.
        "--seed 19 --profile any --minutes 7.1 --keep 20,40",
        // Agreement: after the nodes' own FAILOVER the new master was not acknowledged, for it reported the role of a master.
        "--seed 30 --profile any --minutes 7.6 --keep 77",
        // Only fit replicas: one that had restarted empty was promoted for its offset, although another one had data.
        "--seed 23 --profile any --minutes 6.9 --keep 11,127,128,129",
        // Agreement: two groups fought for ever over a node that had got the address of one of the other's.
        "--seed 9 --profile addresses --minutes 8.7 --keep 0,3,5",
        // Agreement: the nodes' own FAILOVER went to a replica of priority 0; it was not taken for the master that it was, and nobody else was fit.
        "--seed 2000453 --profile any --minutes 9.7 --keep 5,94",
        // Losses: an ordered failover of a master that was up promoted a replica in the middle of its synchronisation.
        "--seed 2000847 --profile any --minutes 3.3 --keep 6,13,14,15,17,20,22,26,27,32,40,42,60,63,64",
        // Losses: a Sentinel that could not reach the others made the new master a replica of the one that it had replaced.
        "--seed 2001268 --profile any --minutes 3.6 --keep 0,1,2,9,10,13,14,19,20",
        // Agreement: a replica that came back empty was taken by another group, which knew its address from when that was used again.
        "--seed 3000108 --profile addresses --minutes 8.6 --keep 0,3,4,5",
        // Switches lead to masters: a leader that was frozen between its save and its word told of a node that others had made a replica since.
        "--seed 253227394 --profile any --minutes 2.8 --keep 0,2,8",
        // Leaders are let work: a voter stood itself at once, for it had not heard the candidate's PONG since a partition ended.
        "--seed 5000660 --profile any --minutes 3.7 --keep 0,1,2,3,4,7,8,9,10,11,13,14,15,16,17,19,20,22",
        // Leaders are let work: what the new leader had answered before the vote, of the failover before, was taken for how it stood now.
        "--seed 6000921 --profile any --minutes 2.8 --keep 0,1,2,3,4,5,6,7,8,9,10,12",
        // No needless failover: a Sentinel that had crashed and come back was still counted for what it had said of the master before.
        "--seed 6000638 --profile any --minutes 10 --keep 107,108,118,203,210,212",
        // No needless failover: one that had crashed and come back was counted for it, too, as long as the connection to it was not made again.
        "--seed 9000837 --profile any --minutes 10 --keep 76,88,96,98,99,103,104",
        // No epoch storm: two Sentinels of quorum 1 that heard different nodes moved the master to and fro, many times a second.
        "--seed 11002602 --profile any --minutes 0.8 --keep 0,3,4",
        // Losses: the only node with data was made a replica of the new master, which had been cut off, and had then died and come back empty.
        "--seed 4000256 --profile any --minutes 5.1 --keep 2,6,7,12",
        // Nobody follows the emptied: who had the data came back a moment after an empty master had been believed, which had no keys yet.
        "--seed 66 --profile any --minutes 1.7 --keep 2,5,22,25,26",
        // Disks rest: a vote that was on its way to a slow disk was saved once more for each time somebody asked for it.
        "--seed 7000988 --profile any --minutes 9.8 --keep 74,75,76,79,80,82",
        // Losses: one that had been cut off told the new master to follow the old one, in the moment in which it could ask the others again.
        "--seed 20012399 --profile any --minutes 10",
        // Agreement: a voter that had lost its file voted a second time in an epoch; nothing reconciled the two configurations of that epoch.
        "--seed 20004425 --profile any --minutes 10 --keep 0,1,2,3,4,5,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31,32,33,34,35,36,37,38,39,45,46,47,48,49,56,59,60,67,68,70,71,75,78,79,83,86,87,88,89,91,92,94,95,97,98",
        // Losses: one that had been away took the master, which two others had moved meanwhile, for a stranger, and promoted one with old data.
        "--seed 20004635 --profile any --minutes 9.2 --keep 34,39,41,42,43,45,46",
        // Nobody follows the emptied: the new master was started anew as a replica, with nothing, before all the others had been told to follow it.
        "--seed 20016204 --profile any --minutes 0.7 --keep 1,2",
        // Reports: a replica that was started anew as a master, while the master handed over to it, was taken for its successor.
        "--seed 20001294 --profile any --minutes 5.8 --keep 12,92,94,95",
        // Losses: a master had handed over, and nobody could tell of it; started anew it followed an old stray, as its file said, and that one was taken for the operator's choice.
        "--seed 20015327 --profile any --minutes 1.7 --keep 6,10,11,13,14",
        // No needless failover: a peer's answer, that it holds the master down, came eight seconds late, when it heard the master again.
        "--seed 20016047 --profile any --minutes 1.2 --keep 1,2,3,4,6,7,8",
        // Fences have evidence (the checker was wrong): an order to hold writes had waited for a free path for fourteen seconds, and came together with its release.
        "--seed 20000326 --profile fencing --minutes 10 --keep 13,14,15,16,17,18,22,27,29,30,44,45,52,53,59,60,61",
        // No needless failover (the checker was wrong): a master that had been started twice while nobody heard it, and had less than before, could not show whose its data are.
        "--seed 20000502 --profile partitions --minutes 7.7 --keep 15,16,23,25,26,28,29,33",
        // Agreement: a replica that came back empty, and followed one whose address another group had used meanwhile, was taken by that group before that one was heard.
        "--seed 20001123 --profile addresses --minutes 9.7 --keep 1,2,3,5,6,7",
        // No needless failover (the checker was wrong): a master that was started anew was cut off while it loaded, and was rightly held down since.
        "--seed 20021590 --profile any --minutes 2 --keep 6,11",
        // Changed parts are true: a leader was waited for, and what the master had said before was believed when that one was gone; the master had been started anew since.
        "--seed 20021287 --profile any --minutes 7.3 --keep 25,26,28,31,33,34",
        // Best replica: when the only one with the data of the group had just fallen silent, a copy of the emptied master was promoted in its place.
        "--seed 50003176 --profile any --minutes 10",
        // One address: a promotion was renounced in memory before it was on disk, so that two masters stood under one epoch when the Sentinel died in between.
        "--seed 50006009 --profile any --minutes 6.6 --keep 30,31,82,83,85,86",
        "--seed 50003350 --profile any --minutes 10",
        // In the judge: a renounced promotion is on disk a moment before it is believed.
        "--seed 50003339 --profile any --minutes 5.5 --keep 59,76,78",
        // In the judge: a leader that had not run reported its promotion, and another one had made the node a master once more meanwhile.
        "--seed 50005425 --profile any --minutes 10 --keep 50,54,58,59,60,64",
        // In the judge: an operator who reconciles two configurations of one epoch, where all had begun anew, orders it of a Sentinel that has a master which is one.
        "--seed 50006793 --profile any --minutes 10 --keep 95,97,98,99,100,101",
        // Only fit replicas: a replica that had restarted empty, while a master that was to hand over to it did not answer, was forced into its place.
        "--seed 50013168 --profile any --minutes 1.1 --keep 1,2,3",
        // In the judge: what peers of Redis' kind said before down-after was made longer counts for a while.
        "--seed 50010185 --profile any --minutes 1.6 --keep 12,13,14",
        // Best replica: a Sentinel that had lost its memory told the new master at once to follow the former one, which had come back empty, as those whom it asked still held that one down.
        "--seed 50015029 --profile any --minutes 10",
        // In the judge: a node that was emptied and started anew before anybody saw it is left alone, until an operator tells it, as the log says.
        "--seed 50016077 --profile any --minutes 10 --keep 89,92,96",
        // Best replica: a candidate that did not run for a moment chose by what a replica had said before, which had copied an emptied master meanwhile.
        "--seed 50018079 --profile any --minutes 7.5 --keep 17,18,19,24,25,26",
        // In the judge: what only a master had that was cut off from its replicas is lost when one of them takes its place, whatever becomes of that one.
        "--seed 50019219 --profile any --minutes 10",
        // Best replica (core): who had been away for two restarts of the master doubted it, alone and for long, and would have put old data in its place when it fell silent.
        "--seed 50003877 --profile any --minutes 10",
        // Losses (core): of nodes that had all been cut off the first one that was back was promoted, a stray one, 18 ms before the one that the master had handed over to.
        "--seed 50006315 --profile any --minutes 10",
        // Losses (core): a Sentinel that had lost its file, and knew nobody yet, agreed with itself that the master of the others was a stray.
        "--seed 77000302 --profile fencing --minutes 2",
        // Losses (core): a master had handed over to one that was out of reach, and a stray one with less took its place.
        "--seed 50012007 --profile any --minutes 8.6 --keep 55,56,68,83,84,87,89",
        // Losses (core): of two strays that could take the place of an emptied master the one with less was chosen, for an offset of long ago.
        "--seed 50014235 --profile any --minutes 10",
        // In the judge: an operator's failover promoted a replica that had begun to follow a former master that came back.
        "--seed 50014500 --profile any --minutes 6.1 --keep 3,12,17,25,28,30,36,38",
        // In the judge: a node that follows an emptied one by its own configuration loses nothing when it is told to.
        "--seed 50011299 --profile any --minutes 10",
        // In the judge: nobody is held who says that he is a master before the configured one has said that it has loaded.
        "--seed 823395946 --profile fencing --minutes 2",
        // Losses (core): who could not reach the one to whom the master had handed over promoted a stray one, although the master, which it did reach, followed that one.
        "--seed 50019882 --profile any --minutes 7.9 --keep 65,123,136,143,145,146",
        // Losses (core): of two former masters the one of longer ago took the place of an emptied one, for its priority.
        "--seed 88000296 --profile partitions --minutes 5",
        // Losses (core): a master that one Sentinel alone had made one, as ordered, was told to follow the former one when a partition healed, before its word of it came.
        "--seed 235503805 --profile orders --minutes 2",
        // Small sides take no writes (core): while the last replicas of a planned switch were waited for, the new master was not held.
        "--seed 90000097 --profile fencing --minutes 2",
        // Holds end (core): the order to a replica was lost with its connection, and writes waited until it had no time left.
        "--seed 91000245 --profile planned --minutes 2",
        // In the judge: an order that comes while the Sentinel is frozen, and its failover not over, is not over with that one.
        "--seed 91000172 --profile operators --minutes 2",
        // In the judge: a node that refused once, and obeyed since, is not known to refuse.
        "--seed 91000438 --profile rights --minutes 2",
        // In the judge: a replica that is frozen gets nothing, although its link stands.
        "--seed 50017252 --profile any --minutes 2.4 --keep 3,4,5,7,15",
        // In the judge: a replica that loads when its master is told to hand over to it is waited for by that one.
        "--seed 50007643 --profile any --minutes 3.9 --keep 0,2,3,4,5,6,7,8,9,10,12,14,15,16,17,18,19",
        // In the judge: a holder of the data that was cut off until a moment before, or dead, or never to lead, could not be promoted.
        "--seed 50001718 --profile any --minutes 10",
        "--seed 50006555 --profile any --minutes 10",
        // In the judge: replicas of another group that were at such an address count for min-replicas-to-write.
        "--seed 73000069 --profile addresses --minutes 10",
        // Only fit replicas (core): two groups that believed in one address counted as one under two names, and one promoted the other's data.
        "--seed 73000042 --profile taken-masters --minutes 9.6 --keep 0,1,2,5,8,9,14,15",
        // Strangers are left alone (core): the same, and a node was told to follow the other group's.
        "--seed 73000013 --profile taken-masters --minutes 8.2 --keep 3,4,5,6,7,10,15,16",
        // In the judge: while the master loads that comes back to where a stranger was, what was known of that one holds.
        "--seed 73000055 --profile taken-masters --minutes 8.2 --keep 3,6,7,9,10",
        // Switches are saved first (core): a reset told of a new master that was on its way to disk.
        "--seed 73100053 --profile operators --minutes 6 --keep 31,63",
        // In the world: healing let writes through that a Sentinel held back for a planned switch.
        "--seed 812 --profile planned --minutes 4 --keep 2,3,4,5,6,7,8,9,10,11,12,13,14,15",
        // In the judge: between two deaths a node lived so briefly that nobody could see it.
        "--seed 1018 --profile detection --minutes 3.4 --keep 0,1,2,7,11,15,17,22,23",
        // Losses are explained (core, and the checker for one that lost its file twice): a Sentinel that had just started, and had heard no other yet, told the new master to follow the former one.
        // It comes to no switch in these ten minutes any more; the test of the core that has no stray master demoted before others were heard (StrayTests) tells that story.
        "--seed 20030399 --profile any --minutes 10",
        // Losses are explained (the checker was wrong): writes to a master that had been emptied, until one with the data took its place.
        "--seed 20030617 --profile any --minutes 10",
        // Best replica (the checker was wrong): a failover of another master began between two attempts.
        "--seed 20040606 --profile any --minutes 0.9 --keep 0,1,3",
        // One fault, one switch (the checker was wrong): disks were slower than candidates wait, and the second leader finished what the first one did.
        "--seed 840718541 --profile one-fault --minutes 0.9 --keep 0",
        // Nobody follows the emptied (the checker was wrong): the only one with data had been no choice until a moment ago.
        "--seed 701049189 --profile any --minutes 3",
        // Losses (the checker was wrong): Redis' kind replaced a new master that it alone had lost by one that had copied the old one, which had come back with less.
        "--seed 20021573 --profile any --minutes 4.8 --keep 0,6,10,13,14,15,16,19,20",
        // Agreement: a replica came back empty, as a master, to an address that another group's node had just left; both groups told it to follow theirs.
        "--seed 20001220 --profile addresses --minutes 8.3 --keep 8,9",
        // Losses: a master that had restarted empty was replaced by the one before it, although one that had followed it was about to be heard again.
        "--seed 20023385 --profile any --minutes 7.3 --keep 3,6,10,11,43,46,47",
        // Losses (the checker was wrong): the same, but that one was behind a partition that lasted for longer than anybody should wait.
        "--seed 20023385 --profile any --minutes 7.9 --keep 3,6,10,11,43,46,47",
        // Emptied masters are replaced (core): whether a master had lost its append-only file was not asked, once a client had written to it.
        "--seed 50005542 --profile any --minutes 0.5 --keep 0",
        // Losses (core): one that had become a master before the one that failed was taken for its successor, and those who had all gave way to it.
        "--seed 50006340 --profile any --minutes 9.7 --keep 16,20,164,170,184",
        // The same, two masters ago, and where nobody else could be reached for a second.
        "--seed 425628307 --profile fencing --minutes 1.1 --keep 5,6,11,15",
        // Best replica (core): one that had come back was waited for, and promoted for what it had said before it became like the empty one that it followed.
        "--seed 50006551 --profile any --minutes 7.4 --keep 107,116,117,130,134",
        // Strangers are left alone (core): what a group had before it was first seen was forgotten when it went on once more, so that a node of it was another group's to take.
        "--seed 193402303 --profile addresses --minutes 1.9 --keep 0,1,2,3",
        // In the judge: a leader that was frozen has promoted one that has the data; another one may give them up then.
        "--seed 50004985 --profile any --minutes 3 --keep 7,8,11,22,23",
        // In the judge: one that lost its file is alone with a master that the others were told to forget; only an operator can bring it back.
        "--seed 96000079 --profile operators --minutes 6 --keep 81,82,105,114,116,118,125,126,156,157",
        // Only fit replicas (core): a replica that was started anew, empty, before it was told to be the master was told again over its new connection.
        "--seed 37 --profile chosen --minutes 0.4 --keep 0,1",
        // The same in a planned switch: the order left over a new connection before it was asked what it is now.
        "--seed 1226 --profile chosen --minutes 1.2 --keep 4,5",
        // Nobody follows the emptied (core): the new master was started anew, empty, while the disk was waited for, and the others were told of it all the same.
        "--seed 1057 --profile chosen --minutes 0.3 --keep 0,1",
        // Saves are whole (core): what was renounced uses up its epoch, and nobody else is promoted in it.
        "--seed 1659 --profile chosen --minutes 2.1 --keep 5,6,7",
        // Nobody follows the emptied (core): one that came back empty was taken for promoted, for nobody else was fit at the moment.
        "--seed 1112 --profile chosen --minutes 3.4 --keep 0,1,2,3,4,5,6,7,8,9,14,15,16",
        // Losses (core): a master that an operator had follow its own replica was not restored, for its link was up, and one with less took its place.
        "--seed 1837 --profile chosen --minutes 1.4 --keep 4,5",
        // Losses (core): a master that had just begun to follow another one seemed to have lost it long ago.
        "--seed 1402 --profile chosen --minutes 2.9 --keep 0,5,6,7,8,9,10,11",
        // Agreement (core): all replicas had lost their link long ago, so that an emptied master was neither believed nor replaced.
        "--seed 1485 --profile chosen --minutes 3.8 --keep 1,2,3,4,5,7,15,17,18,19,20,21",
        // Returned masters are held (core): a new master that refused INFO once was asked again after ten seconds only, and until then nobody was told to follow it.
        "--seed 4344 --profile chosen --minutes 1.1 --keep 3,4,7",
        // Losses (core): a master that had handed over to one that was frozen since was not restored, and one with less took its place.
        "--seed 7282 --profile chosen --minutes 2.9 --keep 8,9,10,11",
        // Losses (core): in the place of an emptied master came a replica with old data, and not the former master with newer ones.
        "--seed 7520 --profile chosen --minutes 3.8 --keep 2,3,5,7,10,14,16,17",
        // Agreement (core): one of ours that knew no replica stood so often that Redis' kind, which rests after each vote, never did.
        "--seed 95100390 --profile operators --minutes 2 --keep 0,1,2,16",
        // Best replica (core): among the replicas of an emptied master their priority counts, as everywhere.
        "--seed 60000070 --profile any --minutes 7.8 --keep 15,16,19,20,21,22,41,42,45,49,50",
        // Losses (core): a leader that was cut off for long took one that had been the master meanwhile, and was none any more, for what another leader had just promoted.
        "--seed 60005807 --profile any --minutes 10 --keep 53,71,82,86,96,107",
        // In the judge: who answers no INFO does not say that its priority is 0 now.
        "--seed 60002115 --profile any --minutes 1.3 --keep 7,10,11,13,15,16",
        // The same of what it has; and one that was chosen gave up its data while the order was under way.
        "--seed 60003747 --profile any --minutes 3.9 --keep 27,33,37,39",
        "--seed 60003574 --profile any --minutes 8.5 --keep 66,67,70,72",
        // In the judge: who copied an emptied master after its last INFO was read is chosen for what it said.
        "--seed 60002256 --profile any --minutes 10",
        // Best replica (core): a master was emptied twice, and who had copied it in between was promoted, for whoever led had not believed in that one and so did not know what he has.
        "--seed 60002894 --profile any --minutes 1.8 --keep 3,4,12,13,14,26",
        // The same of one that came back as a replica, and so was not doubted any more.
        "--seed 60005802 --profile any --minutes 6.3 --keep 28,43,44,52,58,62,63",
        // Best replica (core): who was cut off from all believed in an emptied master, for it heard no replica that has the data.
        "--seed 60005295 --profile any --minutes 10 --keep 25,45,46,48,56,57,60,64,67,69,70,73,75,79,82",
        // Losses (core): a former master, which had not synchronised with its successor yet, was promoted when that one fell silent, for how far it had come in its own stream.
        "--seed 60008840 --profile any --minutes 3.2 --keep 7,8,27,30,32,33,34,35",
        // Best replica (core): copies of an emptied master are none of the group's; an older one of them was promoted all the same, for it names no history that it went on from.
        "--seed 60010035 --profile any --minutes 4.7 --keep 0,1,2,3,4,5,7,8,9,10,11,12,13,16,17,18,19,22,23,25,27,29,33,36,37,38,39,41,42,43",
        // One fault, one switch (core): who had heard of a newer epoch stood in one newer still, before the question for its vote came over a slow network.
        "--seed 873107367 --profile one-fault --minutes 0.9 --keep 0",
        // In the judge: an order had reached a node that was frozen.
        "--seed 60009237 --profile any --minutes 2.5 --keep 3,7,10,11,13,16,18,21,22,23,39",
        // In the judge: a fast clock waited a little less for its disk.
        "--seed 60010726 --profile any --minutes 5.8 --keep 66,81,82",
        // Best replica (core): who had just begun waited for replicas that had all told what they have, and promoted an old state of the master's own data meanwhile.
        "--seed 60013441 --profile any --minutes 10",
        // In the judge: who began with nothing is doubted when it is told of as the master, which may be long after.
        "--seed 60015909 --profile any --minutes 10",
        // In the judge: who had ordered it of a Sentinel that reached nobody, and was gone before it could tell, lost what was written since.
        "--seed 60008805 --profile any --minutes 10",
        // Losses are explained (core): a master that was emptied, and came back as a replica with what was written since, was made the master again, though a stray had the group's data.
        "--seed 60019628 --profile any --minutes 10 --keep 0,2,6,7,8,10,16,18,19,23,24,26,30,31,33,40,44,46",
        // Planned switches (core): an order lay in the connection of a leader that was cut off, and arrived when the master took writes again.
        "--seed 147935834 --profile planned --minutes 1.9 --keep 1,2,3,4,5,6,7",
        // Losses are explained (core): where the quorum is 1, one that was away for two restarts of the master replaced it, for its histories were not known there.
        "--seed 70008123 --profile any --minutes 10",
        // What broke the rules above in other ways.
        "--seed 60009886 --profile any --minutes 10",
        "--seed 60010119 --profile any --minutes 10",
        "--seed 60011077 --profile any --minutes 10",
        "--seed 60012166 --profile any --minutes 10",
        // In the judge: who believed in an emptied master takes what its replicas have for the group's when that one is emptied again.
        "--seed 60004245 --profile any --minutes 10",
        // In the judge: a Sentinel that read how far a master had come, a moment before that one was started twice, cannot tell whose its data are.
        "--seed 148 --profile chosen --minutes 3.6 --keep 0,1,2,3,4,5,10,14",
        // In the judge: who was made to forget a dead master had said a moment before that it is down.
        "--seed 369455782 --profile operators --minutes 2 --keep 7,22,24",
        // In the judge: an operator had made the failover timeout shorter, after which a stray with less is better than no master.
        "--seed 60005978 --profile any --minutes 10",
        // In the judge: what delays the replacement of an emptied master, and who is out of reach, does not say what it has, loads, or cannot show whose data it has.
        "--seed 68 --profile chosen --minutes 3.8 --keep 0,1,2,3,4,5,6,7,8,10",
        "--seed 82 --profile chosen --minutes 0.6 --keep 1",
        "--seed 180 --profile chosen --minutes 2.9 --keep 2,4,6,8,9,12,13",
        "--seed 1772 --profile chosen --minutes 3.9 --keep 6,7,14,16,20,21,22,23",
        "--seed 2309 --profile chosen --minutes 1 --keep 0,2,3",
        "--seed 3593 --profile chosen --minutes 2.5 --keep 8,9,11,14,15",
        "--seed 4271 --profile chosen --minutes 0.7 --keep 0,1",
        "--seed 4474 --profile chosen --minutes 0.9 --keep 0,1,2,3",
        "--seed 6002 --profile chosen --minutes 3.4 --keep 1,2,3,4,5,6,7,10,12,14,15",
        "--seed 7062 --profile chosen --minutes 2.4 --keep 1,2,3,4,5,6,8,9",
        "--seed 8459 --profile chosen --minutes 2.7 --keep 2,8,9,11,13",
        "--seed 95100170 --profile chosen --minutes 1.3 --keep 0,1,2,3,6,7",
    ];

    [Theory, MemberData(nameof(Many))]
    public void No_seed_breaks_a_rule(string profile, int count, double minutes)
    {
        ulong first = Environment.GetEnvironmentVariable("FIRST_SEED") is { Length: > 0 } given ? ulong.Parse(given, CultureInfo.InvariantCulture) : (ulong)Random.Shared.NextInt64(1_000_000_000);
        Options options = Options.Parse(["--seeds", $"{first}..{first + (ulong)count - 1}", "--profile", profile, "--minutes", FormattableString.Invariant($"{minutes}")]);
        var batch = new Batch(options, @case => Simulator.Run(@case), CancellationToken.None);
        batch.Run(_ => { }, Progress.Period);
        Assert.Equal((ulong)count, batch.Totals.Runs);
        Assert.True(batch.Totals.Findings.Count == 0, Tell(batch.Totals));
    }

    [Theory, MemberData(nameof(Kept))]
    public void A_case_that_once_broke_a_rule_breaks_none(string line)
    {
        Options options = Options.Parse(line.Split(' '));
        Outcome outcome = Simulator.Run(options.CaseOf(options.Seeds!.First));
        Assert.True(outcome.Violations.IsEmpty, string.Join('\n', outcome.Violations));
    }

    private static string Tell(Totals totals) =>
        string.Join('\n', totals.Findings.Select(finding => $"{finding.Violation.Checker}: {finding.Violation.What}\n  {FindingReport.CommandOf(finding.Case)}"));
}
