using FsCheck;
using FsCheck.Fluent;

namespace Sentinel.Core.Tests;

/// <summary>What is read from INFO.</summary>
public class InfoReportTests
{
    private const string RunId = "0123456789abcdef0123456789abcdef01234567";

    [Fact]
    public void A_master_names_its_replicas_in_the_new_and_the_old_form()
    {
        InfoReport report = InfoReport.Parse($"# Server\r\nrun_id:{RunId}\r\n# Replication\r\nrole:master\r\nconnected_slaves:3\r\n"
            + "slave0:ip=10.0.0.1,port=6380,state=online,offset=1,lag=0\r\nslave1:10.0.0.2,6381,online\r\nslave2:ip=::1,port=6382,state=wait_bgsave\r\n");
        Assert.Equal(RunId, report.RunId);
        Assert.True(report.IsMaster);
        Assert.Equal([new Address("10.0.0.1", 6380), new Address("10.0.0.2", 6381), new Address("::1", 6382)], report.Replicas.AsEnumerable());
    }

    [Fact]
    public void A_replica_may_be_named_by_a_host_name_and_an_address_in_any_spelling()
    {
        InfoReport report = InfoReport.Parse("role:master\r\nslave0:ip=db1.example,port=6380,state=online\r\n"
            + "slave1:ip=0:0:0:0:0:0:0:1,port=6381,state=online\r\nslave2:ip=::FFFF:10.0.0.2,port=6382,state=online\r\nslave3:ip=::1,port=6381,state=online\r\n");
        Assert.Equal(["db1.example:6380", "[::1]:6381", "10.0.0.2:6382"], report.Replicas.Select(replica => replica.ToString()));
    }

    [Fact]
    public void A_replica_tells_its_master_link_priority_and_offset()
    {
        InfoReport report = InfoReport.Parse("role:slave\r\nmaster_host:10.0.0.9\r\nmaster_port:6379\r\nmaster_link_status:down\r\n"
            + "master_link_down_since_seconds:17\r\nslave_repl_offset:18446744073709551615\r\nslave_priority:42\r\nreplica_announced:0\r\n");
        Assert.False(report.IsMaster);
        Assert.Equal(("10.0.0.9", 6379), (report.MasterHost, report.MasterPort!.Value));
        Assert.False(report.IsMasterLinkUp);
        Assert.Equal(TimeSpan.FromSeconds(17), report.MasterLinkDownTime);
        Assert.Equal(ulong.MaxValue, report.Offset);
        Assert.Equal(42, report.Priority);
        Assert.False(report.IsAnnounced);
    }

    [Theory]
    [InlineData("db0:keys=1,expires=0,avg_ttl=0\r\n", true)]
    [InlineData("master_sync_in_progress:1\r\ndb0:keys=1,expires=0,avg_ttl=0\r\n", false)]
    [InlineData("db_size:9\r\n", false)]
    public void Keys_show_that_a_node_has_data_unless_they_are_being_replaced(string lines, bool hasKeys) =>
        Assert.Equal(hasKeys, InfoReport.Parse($"role:slave\r\n{lines}").HasKeys);

    [Theory]
    [InlineData("aof_enabled:0\r\nrdb_last_load_keys_loaded:0\r\n", true)]
    [InlineData("aof_enabled:0\r\nrdb_last_load_keys_loaded:7\r\n", false)]
    [InlineData("aof_enabled:1\r\nrdb_last_load_keys_loaded:0\r\n", false)]    // it does not say what is in its AOF
    [InlineData("aof_enabled:1\r\nrdb_last_load_keys_loaded:0\r\naof_current_size:0\r\naof_base_size:0\r\ntotal_net_input_bytes:28\r\n", true)]
    [InlineData("aof_enabled:1\r\nrdb_last_load_keys_loaded:0\r\naof_current_size:50\r\naof_base_size:0\r\ntotal_net_input_bytes:69\r\n", true)]
    [InlineData("aof_enabled:1\r\nrdb_last_load_keys_loaded:0\r\naof_current_size:139\r\naof_base_size:89\r\ntotal_net_input_bytes:500\r\n", false)]
    [InlineData("aof_enabled:1\r\nrdb_last_load_keys_loaded:0\r\naof_current_size:50\r\naof_base_size:0\r\ntotal_net_input_bytes:28\r\n", false)]    // no preamble
    [InlineData("loading:1\r\naof_enabled:0\r\nrdb_last_load_keys_loaded:0\r\n", false)]
    [InlineData("aof_enabled:0\r\n", false)]    // Redis before 7.0
    public void A_process_that_began_with_nothing_is_told_by_what_it_loaded(string lines, bool hasLoadedNothing) =>
        Assert.Equal(hasLoadedNothing, InfoReport.Parse($"role:master\r\n{lines}").HasLoadedNothing);

    [Fact]
    public void Lines_about_a_master_count_only_after_the_role_of_a_replica()
    {
        InfoReport report = InfoReport.Parse("master_host:10.0.0.9\r\nslave_priority:1\r\nrole:slave\r\nslave_repl_offset:5\r\n");
        Assert.Null(report.MasterHost);
        Assert.Null(report.Priority);
        Assert.Equal(5UL, report.Offset);
    }

    [Theory]
    [InlineData("slave0:ip=no host,port=6380")]
    [InlineData("slave0:ip=10.0.0.1,port=0")]
    [InlineData("slave0:ip=10.0.0.1,port=65536")]
    [InlineData("slave0:ip=10.0.0.1,port=6380x")]
    [InlineData("slave0:ip=,port=6380")]
    [InlineData("slave0:")]
    [InlineData("slave_priority:7")]
    [InlineData("slaves:ip=10.0.0.1,port=6380")]
    public void What_is_no_replica_is_skipped(string line) => Assert.Empty(InfoReport.Parse($"role:master\r\n{line}\r\n").Replicas);

    [Fact]
    public void A_node_cannot_make_us_watch_replicas_without_end()
    {
        string text = "role:master\r\n" + string.Concat(Enumerable.Range(1, 5000).Select(i => $"slave{i}:ip=10.0.0.1,port={i}\r\n"));
        Assert.Equal(InfoReport.ReplicasMax, InfoReport.Parse(text).Replicas.Length);
    }

    [Fact]
    public void Garbage_is_survived() =>
        Check.One(Config.QuickThrowOnFailure, Prop.ForAll<string>(ArbMap.Default.ArbFor<string>(), text =>
        {
            InfoReport.Parse(text ?? "");
            InfoReport.Parse($"role:slave\r\n{text}\r\nslave0:{text}\r\nmaster_link_down_since_seconds:{text}");
        }));
}
