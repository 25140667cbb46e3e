using Sentinel.Core.Tests.Cluster;

namespace Sentinel.Core.Tests;

/// <summary>Which program is told what, and when.</summary>
public class ScriptTests
{
    private const string Notify = "/opt/notify.sh";
    private const string Reconfigure = "/opt/reconfig.sh";

    [Fact]
    public void Every_warning_about_the_master_and_nothing_else_is_told_to_its_script_in_order()
    {
        World world = Scripted();
        world.MasterNode.Kill();
        world.RunUntil(() => world.Count("+switch-master") == 3, "+switch-master");
        foreach (FakeSentinel sentinel in world.Sentinels)
        {
            Assert.Equal(
                sentinel.Events.SkipWhile(e => !e.Payload.Contains("notification-script", StringComparison.Ordinal)).Where(e => e.Level == EventLevel.Warning).Select(e => $"{Notify} {e.Name}|{e.Payload}"),
                sentinel.Scripts.Where(call => call.StartsWith(Notify, StringComparison.Ordinal)));
        }
        Assert.Contains($"{Notify} +set|master mymaster 10.0.0.1 7000 notification-script {Notify}", world.Sentinels[0].Scripts);
        Assert.Contains($"{Notify} +sdown|master mymaster 10.0.0.1 7000", world.Sentinels[0].Scripts);
        Assert.Contains($"{Notify} +new-epoch|1", world.Sentinels[0].Scripts);
    }

    [Fact]
    public void The_leader_calls_the_reconfiguration_script_at_the_promotion_and_observers_at_the_switch()
    {
        World world = Scripted();
        world.MasterNode.Kill();
        world.RunUntil(() => world.Count("+switch-master") == 3, "+switch-master");
        Address to = world.Sentinels[0].View.Address;
        FakeSentinel leader = world.Sentinels.Single(s => s.Events.Exists(e => e.Name == "+promoted-slave"));
        foreach (FakeSentinel sentinel in world.Sentinels)
        {
            string role = sentinel == leader ? "leader" : "observer";
            string call = Assert.Single(sentinel.Scripts, call => call.StartsWith(Reconfigure, StringComparison.Ordinal));
            Assert.Equal($"{Reconfigure} mymaster|{role}|start|10.0.0.1|7000|{to.Host}|{to.Port}", call);
            int at = sentinel.Scripts.IndexOf(call);
            string switched = $"{Notify} +switch-master|mymaster 10.0.0.1 7000 {to.Host} {to.Port}";
            Assert.Equal(sentinel == leader ? at + 1 : at - 1, sentinel.Scripts.IndexOf(switched));
        }
    }

    [Fact]
    public void A_failover_that_aborts_calls_no_reconfiguration_script()
    {
        World world = Scripted();
        foreach (FakeNode node in world.Nodes.Skip(1))
            node.Priority = 0;
        world.Run(seconds: 12);
        world.MasterNode.Kill();
        world.RunUntil(() => world.Count("-failover-abort-no-good-slave") > 0, "-failover-abort-no-good-slave");
        Assert.DoesNotContain(world.Sentinels.SelectMany(s => s.Scripts), call => call.StartsWith(Reconfigure, StringComparison.Ordinal));
    }

    [Fact]
    public void A_master_without_scripts_runs_none()
    {
        World world = World.Settled();
        world.MasterNode.Kill();
        world.RunUntil(() => world.Count("+switch-master") == 3, "+switch-master");
        Assert.Empty(world.Sentinels.SelectMany(s => s.Scripts));
    }

    [Fact]
    public void A_removed_master_has_its_removal_told()
    {
        World world = Scripted();
        world.Sentinels[0].Ask(id => new RemoveRequested(id, World.Master));
        Assert.Equal($"{Notify} -monitor|master mymaster 10.0.0.1 7000", world.Sentinels[0].Scripts[^1]);
    }

    [Fact]
    public void What_becomes_of_scripts_is_told_as_events_that_run_no_script()
    {
        World world = Scripted();
        FakeSentinel sentinel = world.Sentinels[0];
        sentinel.Events.Clear();
        sentinel.Scripts.Clear();
        sentinel.Input(new ScriptStarted(77));
        sentinel.Input(new ScriptTimedOut(Notify, 77));
        sentinel.Input(new ScriptEnded(77, 0, 9));
        sentinel.Input(new ScriptFailed(Notify, 9, 0));
        Assert.Equal(
            [(EventLevel.Debug, "+script-child 77"), (EventLevel.Warning, $"-script-timeout {Notify} 77"), (EventLevel.Debug, "-script-child 77 0 9"), (EventLevel.Warning, $"-script-error {Notify} 9 0")],
            sentinel.Events.Select(e => (e.Level, $"{e.Name} {e.Payload}")));
        Assert.Empty(sentinel.Scripts);
    }

    private static World Scripted()
    {
        World world = World.Settled();
        foreach (FakeSentinel sentinel in world.Sentinels)
        {
            sentinel.Ask(id => new SetRequested(
                id,
                World.Master,
                [
                    new MasterChange("client-reconfig-script", Reconfigure, options => options with { ClientReconfigScript = Reconfigure }),
                    new MasterChange("notification-script", Notify, options => options with { NotificationScript = Notify }),
                ]));
        }
        return world;
    }
}
