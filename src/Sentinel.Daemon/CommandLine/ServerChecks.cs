using System.Collections.Immutable;
using Sentinel.Core;
using Sentinel.Daemon.Configuration;
using static Sentinel.Daemon.CommandLine.Finding;

namespace Sentinel.Daemon.CommandLine;

/// <summary>What may go wrong between this Sentinel and those who talk to it.</summary>
internal static class ServerChecks
{
    /// <summary>Peers and their reconnects, monitoring and a few clients.</summary>
    private const int MaxClientsMin = 50;

    /// <summary>All findings.</summary>
    public static IEnumerable<Finding> Of(Examination examined) => [.. OfAccess(examined), .. OfReach(examined), .. OfAnnouncing(examined), .. OfRepetition(examined)];

    private static IEnumerable<Finding> OfAccess(Examination examined)
    {
        SentinelConfiguration configuration = examined.Configuration;
        if (!Listens(examined))
        {
            yield return configuration.UnixSocket is null
                ? Problem("no-port", examined.Directive("port"), "Configured to not listen anywhere, exiting.", "give it a port, or a tls-port")
                : Risk("no-port", examined.Directive("port"), "it listens on no TCP port: neither peers nor clients reach it", "give it a port, or a tls-port");
        }
        else if (IsPublic(configuration) && !AsksForPassword(examined))
        {
            yield return configuration.ProtectedMode
                ? Risk("protected-mode-shuts-out-peers", examined.Directive("protected-mode"),
                    "without a password, protected-mode refuses all who come from other machines, the other Sentinels among them",
                    "set requirepass (and sentinel-pass), or protected-mode no in a network that you trust")
                : Risk("open-to-all", examined.Directive("bind") ?? examined.Directive("protected-mode"),
                    "it listens for other machines and asks for no password: whoever reaches it can make it fail over, or follow a master of his own",
                    "set requirepass (and sentinel-pass), bind it to a trusted network, or keep others out with a firewall");
        }
        if (configuration.Options is { SentinelUser: not null, SentinelPass: null })
        {
            yield return Risk("user-without-password", examined.Statements(StatementKind.SentinelUser).LastOrDefault(),
                "there is a sentinel-user but no sentinel-pass: the user is not used", "add a sentinel-pass, or remove the sentinel-user");
        }
        if (configuration.MaxClients < MaxClientsMin)
        {
            yield return Risk("maxclients-low", examined.Directive("maxclients"),
                $"maxclients is {configuration.MaxClients}, and the links of other Sentinels count too: clients may find no room", "leave the default of 10000");
        }
    }

    private static IEnumerable<Finding> OfReach(Examination examined)
    {
        SentinelConfiguration configuration = examined.Configuration;
        if (Listens(examined) && !IsPublic(configuration) && IsElsewhere(configuration))
        {
            yield return Risk("bound-to-loopback", examined.Directive("bind"),
                "it listens on this machine only, while what it watches is elsewhere: other Sentinels cannot reach it, nor ask it for its vote",
                "bind it to an address that the other Sentinels reach");
        }
        if (configuration.Options is { AnnounceHostnames: true, ResolveHostnames: false })
        {
            yield return Risk("announces-names-it-does-not-take", examined.Statements(StatementKind.AnnounceHostnames).LastOrDefault(),
                "announce-hostnames is yes but resolve-hostnames is no: names are announced that it would not understand itself",
                "set resolve-hostnames yes as well, in all Sentinels");
        }
        if (configuration.Masters.IsEmpty && examined.Mistakes.IsEmpty)
            yield return Note("no-master", null, "no master is monitored", ConfigurationDoubt.CureOfNoMaster);
    }

    private static IEnumerable<Finding> OfAnnouncing(Examination examined)
    {
        SentinelConfiguration configuration = examined.Configuration;
        if (configuration.Options.AnnounceIp is { } ip && MasterChecks.IsLoopback(ip) && IsElsewhere(configuration))
        {
            yield return Risk("announces-loopback", examined.Statements(StatementKind.AnnounceIp).LastOrDefault(),
                $"it announces itself as {ip}, which for every other Sentinel is another machine", "announce the address by which the others reach it");
        }
        if (configuration.Options is { AnnouncePort: not 0, AnnounceIp: null })
        {
            yield return Risk("announces-port-only", examined.Statements(StatementKind.AnnouncePort).LastOrDefault(),
                "a port is announced but no address: behind NAT, or in a container with mapped ports, others are told an address that they do not reach",
                "set announce-ip too, unless only the port is mapped");
        }
    }

    /// <summary>Lines of which only the last counts, while another one says something else.</summary>
    private static IEnumerable<Finding> OfRepetition(Examination examined)
    {
        foreach (IGrouping<string?, ConfigurationLine> same in examined.Lines.Where(line => line.Origin == ConfigurationOrigin.File).GroupBy(KeyOf))
        {
            ConfigurationLine last = same.Last();
            if (same.Key is not null && same.FirstOrDefault(line => !line.Arguments.SequenceEqual(last.Arguments)) is { } other)
            {
                yield return Risk("said-twice", last,
                    $"line {other.Number} sets the same to something else; this line counts, for it is the last", "remove the one that is wrong");
            }
        }
    }

    private static string? KeyOf(ConfigurationLine line)
    {
        if (line.Name != "sentinel")
            return line.Words.Length > 1 ? GenericDirectives.OverrideKey(line.Words) : null;
        return Statement.Read(line.Words) is { Kind.IsUnique: false } statement ? statement.Key : null;
    }

    private static bool Listens(Examination examined) =>
        examined.Configuration.Options.Port != 0 && !examined.Configuration.Bind.IsEmpty || examined.Value("tls-port") is not (null or "0");

    private static bool IsPublic(SentinelConfiguration configuration) => configuration.Bind.Any(address => !MasterChecks.IsLoopback(address.Host));

    /// <summary>Whether a master or a peer is known to be on another machine.</summary>
    private static bool IsElsewhere(SentinelConfiguration configuration) =>
        configuration.Masters.Any(master => !MasterChecks.IsLoopback(master.Address.Host) || master.Peers.Any(peer => !MasterChecks.IsLoopback(peer.Address.Host)));

    /// <remarks>redis-sentinel writes a line of the default user into every file; as a rule it says that there is no password.</remarks>
    private static bool AsksForPassword(Examination examined)
    {
        ImmutableArray<string>? user = examined.Lines.LastOrDefault(line => line.Name == "user" && line.Arguments is ["default", ..])?.Arguments;
        bool isOpen = user is not { } rules || (rules.Contains("nopass") && !rules.Contains("off"));
        return examined.Configuration.Options.RequirePass is not null || examined.Value("aclfile") is not null || !isOpen;
    }
}
