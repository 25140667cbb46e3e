using Sentinel.Daemon.Acl;
using Sentinel.Daemon.Commands;

namespace Sentinel.Daemon.Tests.Acl;

/// <summary>Rules over a few commands, without a server.</summary>
internal static class AclTestRules
{
    public static readonly CommandSpec Ping = Command(0, "ping", CommandFlags.Fast);
    public static readonly CommandSpec ClientId = Command(2, "client|id");
    public static readonly CommandSpec ClientKill = Command(3, "client|kill", CommandFlags.Admin);
    public static readonly CommandSpec Client = Command(1, "client") with { Subcommands = [ClientId, ClientKill] };
    public static readonly CommandSpec Subscribe = Command(4, "subscribe", CommandFlags.PubSub);

    public static AclRules Rules { get; } = new(new SelectorRules([Ping, Client, Subscribe]), hasAllChannels: false);

    /// <summary>A user made by these rules, which are good.</summary>
    public static AclUser User(params string[] rules)
    {
        AclUser? user = Rules.Apply(Rules.NewUser("a"), rules, out AclMistake? mistake);
        Assert.Null(mistake);
        return user!;
    }

    private static CommandSpec Command(int number, string name, CommandFlags flags = CommandFlags.None) => new(name, -1, null) { Number = number, Flags = flags };
}
