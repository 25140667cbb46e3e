namespace Sentinel.Core.Tests;

/// <summary>Which replica is promoted, and why the others are not.</summary>
public class ReplicaSelectionTests
{
    private static readonly Instant Now = Instant.At(TimeSpan.FromHours(1));
    private static readonly ReplicaSelection MasterDown = new(Now, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(1), new Timing());
    private static readonly ReplicaSelection MasterUp = MasterDown with { MasterDownFor = TimeSpan.Zero };

    public static TheoryData<string, Candidate> Unfit => new()
    {
        { "it is down", Good(1) with { IsDown = true } },
        { "it is not connected", Good(1) with { IsConnected = false } },
        { "it has not answered a PING lately", Good(1) with { LastValidReplyAt = Now - TimeSpan.FromSeconds(5.001) } },
        { "its priority is 0", Good(1) with { Priority = 0 } },
        { "it has not answered INFO lately", Good(1) with { InfoAt = null } },
        { "it has not answered INFO lately", Good(1) with { InfoAt = Now - TimeSpan.FromSeconds(5.001) } },
        { "it reports the role of a master", Good(1) with { ReportsReplica = false } },
        { "it never synchronised with the master", Good(1) with { MasterLinkDownTime = TimeSpan.FromSeconds(-1), Offset = 1 } },
        { "its link to the master was down long before the master was", Good(1) with { MasterLinkDownTime = TimeSpan.FromSeconds(12.001) } },
        { "it has the data of others", Good(1) with { HasDataOf = "others" } },
        { "it has the data of others", Good(1) with { HasDataOf = "others", WasPromotedMeanwhile = true } },
        { "its priority is 0", Good(1) with { Priority = 0, WasPromotedMeanwhile = true, ReportsReplica = false } },
    };

    [Theory, MemberData(nameof(Unfit))]
    public void An_unfit_replica_is_not_chosen_and_the_reason_is_given(string reason, Candidate candidate)
    {
        Assert.Equal(reason, MasterDown.Objection(candidate));
        Assert.Null(MasterDown.Best([candidate]));
    }

    [Fact]
    public void One_that_may_be_empty_is_chosen_only_when_there_is_no_other_and_none_is_known_to_have_keys()
    {
        Candidate empty = Good(1) with { HasKeys = false, MasterLinkDownTime = TimeSpan.FromSeconds(-1), Offset = 1_000_000, Priority = 1 };
        Candidate full = Good(2) with { HasKeys = true };
        Assert.Equal(full, MasterDown.Best([empty, full]));
        // One that was a master and lost all says nothing of a link that never was.
        Assert.Equal(full, MasterDown.Best([empty with { MasterLinkDownTime = TimeSpan.FromSeconds(1) }, full]));
        Assert.Equal(empty, MasterDown.Best([empty]));
        Assert.Null((MasterDown with { SomeHaveKeys = true }).Best([empty]));
    }

    [Fact]
    public void One_without_keys_is_as_good_as_one_with_keys_only_if_it_has_as_much_of_the_same_history()
    {
        Candidate preferred = Good(1) with { HasKeys = false, History = "a", Offset = 2000, Priority = 10 };
        Candidate full = Good(2) with { HasKeys = true, History = "a", Offset = 1000 };
        Assert.Equal(preferred, MasterDown.Best([full, preferred]));
        Assert.Equal(full, MasterDown.Best([full, preferred with { Offset = 999 }]));
        Assert.Equal(full, MasterDown.Best([full, preferred with { History = "b" }]));
        Assert.Equal(full, MasterDown.Best([full with { History = null }, preferred with { History = null }]) is { } best ? best with { History = "a" } : null);
    }

    [Fact]
    public void One_that_has_only_what_the_group_had_before_comes_after_those_that_went_on_whatever_its_offset_and_priority()
    {
        Candidate former = Good(1) with { HasKeys = true, Recency = 2, MasterLinkDownTime = TimeSpan.FromSeconds(-1), Offset = 1_000_000, Priority = 1 };
        Candidate current = Good(2) with { HasKeys = true, Recency = 4 };
        Assert.Equal(current, MasterDown.Best([former, current]));
        // Of one that was linked to its master until a moment ago the priority counts, as everywhere.
        Candidate synchronised = former with { MasterLinkDownTime = TimeSpan.FromSeconds(1) };
        Assert.Equal(synchronised, MasterDown.Best([synchronised, current]));
        // Of data that nobody saw begin nothing is concluded.
        Candidate unknown = former with { Recency = 0 };
        Assert.Equal(unknown, MasterDown.Best([unknown, current]));
        Assert.Equal(former, MasterDown.Best([former]));
    }

    [Fact]
    public void A_stray_master_is_chosen_only_where_the_configured_one_is_a_replica_and_there_is_no_other()
    {
        Candidate stray = Good(1) with { ReportsReplica = false, Priority = 1, Offset = 1_000_000 };
        ReplicaSelection masterIsReplica = MasterDown with { IsMasterReplica = true };
        Assert.Null(MasterDown.Best([stray]));
        Assert.Equal(stray, masterIsReplica.Best([stray]));
        Assert.Equal(Good(2), masterIsReplica.Best([stray, Good(2)]));
        Assert.Null((masterIsReplica with { IsMasterRestorable = true }).Best([stray]));
        Assert.Null(masterIsReplica.Best([stray with { IsMasterWithAnother = true }]));
    }

    [Fact]
    public void Of_several_stray_masters_the_one_with_the_newest_data_of_the_group_comes_first()
    {
        Candidate behind = Good(1) with { ReportsReplica = false, Recency = 3, Priority = 1, Offset = 1_000_000 };
        Candidate whole = Good(2) with { ReportsReplica = false, Recency = 4 };
        ReplicaSelection masterIsReplica = MasterDown with { IsMasterReplica = true };
        Assert.Equal(whole, masterIsReplica.Best([behind, whole]));
        // Replicas of one master are compared by how much of its stream they have.
        Candidate further = behind with { ReportsReplica = true }, whole2 = whole with { ReportsReplica = true };
        Assert.Equal(further, MasterDown.Best([further, whole2]));
    }

    [Fact]
    public void A_stray_master_takes_the_place_of_an_emptied_one_when_nobody_is_waited_for_that_followed_that_one()
    {
        Candidate stray = Good(1) with { ReportsReplica = false, HasKeys = true };
        ReplicaSelection masterIsEmptied = MasterDown with { IsMasterDistrusted = true, SomeHaveKeys = true };
        Assert.Equal(stray, masterIsEmptied.Best([stray]));
        ReplicaSelection oneIsAwaited = masterIsEmptied with { AwaitsFollower = true };
        Assert.Null(oneIsAwaited.Best([stray]));
        // What another leader began is finished.
        Candidate promoted = stray with { WasPromotedMeanwhile = true };
        Assert.Equal(promoted, oneIsAwaited.Best([promoted]));
    }

    [Fact]
    public void One_that_lost_the_master_long_ago_takes_the_place_of_an_emptied_one_when_nobody_is_waited_for_that_followed_that_one()
    {
        Candidate old = Good(1) with { HasKeys = true, MasterLinkDownTime = TimeSpan.FromDays(1) };
        ReplicaSelection masterIsEmptied = MasterDown with { IsMasterDistrusted = true, HasMasterLostAll = true, SomeHaveKeys = true };
        Assert.Null(MasterDown.Best([old]));
        Assert.Null((masterIsEmptied with { AwaitsFollower = true }).Best([old]));
        Assert.Equal(old, masterIsEmptied.Best([old]));
        Candidate fresh = Good(2) with { HasKeys = true, Priority = 200 };
        Assert.Equal(fresh, masterIsEmptied.Best([old with { Priority = 1, Offset = 1_000_000 }, fresh]));
    }

    [Fact]
    public void In_the_place_of_an_emptied_master_a_stray_one_with_newer_data_comes_before_replicas()
    {
        Candidate replica = Good(1) with { HasKeys = true, Recency = 3 }, stray = Good(2) with { HasKeys = true, ReportsReplica = false, Recency = 4 };
        ReplicaSelection masterIsEmptied = MasterDown with { IsMasterDistrusted = true, HasMasterLostAll = true, SomeHaveKeys = true };
        Assert.Equal(stray, masterIsEmptied.Best([replica, stray]));
        Candidate current = replica with { Recency = 4 };
        Assert.Equal(current, masterIsEmptied.Best([current, stray]));
    }

    [Fact]
    public void Whom_an_operator_made_the_master_is_taken_for_it_whatever_its_priority()
    {
        Candidate chosen = Good(1) with { IsFollowedByMaster = true, ReportsReplica = false, Priority = 0 };
        Assert.Equal(chosen, (MasterDown with { IsMasterReplica = true }).Best([Good(2), chosen]));
        Assert.Equal("it has the data of others", MasterDown.Objection(chosen with { HasDataOf = "others" }));
    }

    [Fact]
    public void One_that_has_not_synchronised_is_not_chosen_while_its_master_is_up_whatever_it_had_before()
    {
        Candidate synchronising = Good(1) with { MasterLinkDownTime = TimeSpan.FromSeconds(-1), HasKeys = true, Offset = 5000 };
        Assert.Equal("it has not synchronised with the master yet, and the master is up", MasterUp.Objection(synchronising));
        Assert.Null(MasterDown.Objection(synchronising));
        Assert.Null((MasterUp with { IsMasterReplica = true }).Objection(synchronising));
    }

    [Fact]
    public void What_seems_to_be_the_master_itself_is_chosen_only_when_there_is_no_other()
    {
        Candidate itself = Good(1) with { IsMaster = true, Priority = 1, Offset = 1_000_000 };
        Candidate other = Good(2);
        Assert.Equal(other, MasterDown.Best([itself, other]));
        Assert.Equal(itself, MasterDown.Best([itself]));
    }

    [Fact]
    public void At_the_limits_a_replica_is_still_fit()
    {
        Candidate atLimit = Good(1) with
        {
            LastValidReplyAt = Now - TimeSpan.FromSeconds(5), InfoAt = Now - TimeSpan.FromSeconds(5), MasterLinkDownTime = TimeSpan.FromSeconds(12),
        };
        Assert.Null(MasterDown.Objection(atLimit));
        Candidate restarted = Good(1) with { MasterLinkDownTime = TimeSpan.FromSeconds(-1), Offset = 0 };
        Assert.Null(MasterDown.Objection(restarted with { HasKeys = true }));
        Assert.Null(MasterDown.Objection(restarted with { Offset = 2 }));
        Assert.Null(MasterUp.Objection(Good(1) with { InfoAt = Now - TimeSpan.FromSeconds(30) }));
        Assert.NotNull(MasterUp.Objection(Good(1) with { InfoAt = Now - TimeSpan.FromSeconds(31) }));
    }

    [Fact]
    public void Priority_goes_before_data_and_data_before_run_id()
    {
        Candidate preferred = Good(1) with { Priority = 10, Offset = 1 };
        Candidate fullest = Good(2) with { Offset = 900 };
        Candidate first = Good(3) with { Offset = 500, RunId = "aaa" };
        Candidate second = Good(4) with { Offset = 500, RunId = "BBB" };
        Candidate nameless = Good(5) with { Offset = 500, RunId = null };
        Candidate[] all = [nameless, second, first, fullest, preferred];
        for (int i = all.Length; i > 0; i--)
            Assert.Equal(new[] { nameless, second, first, fullest, preferred }[i - 1], MasterDown.Best(all.Take(i)));
    }

    [Fact]
    public void A_promotion_under_way_is_finished_rather_than_another_one_begun()
    {
        Candidate promoted = Good(1) with { WasPromotedMeanwhile = true, ReportsReplica = false, Priority = 200, Offset = 1 };
        Assert.Equal(promoted, MasterDown.Best([Good(2) with { Offset = 99_999 }, promoted]));
    }

    private static Candidate Good(int number) => new()
    {
        Address = new Address("10.0.0.1", 7000 + number), RunId = $"run{number}", LastValidReplyAt = Now, InfoAt = Now, Offset = 100,
    };
}
