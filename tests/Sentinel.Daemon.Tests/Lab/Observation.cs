using Sentinel.Resp;

namespace Sentinel.Daemon.Tests.Lab;

/// <summary>What a sentinel says of a group.</summary>
internal static class Observation
{
    /// <summary>Where it believes the master to be; 0: it knows no such group.</summary>
    public static async Task<int> MasterPortAsync(this Server sentinel, string name) =>
        PortIn(await sentinel.AskAsync("SENTINEL", "GET-MASTER-ADDR-BY-NAME", name));

    /// <summary>The port in a reply to <c>GET-MASTER-ADDR-BY-NAME</c>; 0: there is none in it.</summary>
    public static int PortIn(RespValue reply) => reply is { Items: [_, var port] } && int.TryParse(port.Text(), out int number) ? number : 0;

    /// <summary>Why a group is not as it should be, as one sentinel sees it; null: it is.</summary>
    /// <param name="sentinel">The one that is asked.</param>
    /// <param name="name">The group.</param>
    /// <param name="port">Where its master should be.</param>
    /// <param name="replicas">How many there should be, all following that master.</param>
    /// <param name="peers">How many other sentinels there should be.</param>
    public static async Task<string?> UnsettledAsync(this Server sentinel, string name, int port, int replicas, int peers)
    {
        Dictionary<string, string> master = (await sentinel.AskAsync("SENTINEL", "MASTER", name)).Fields();
        if (master.GetValueOrDefault("port") != $"{port}")
            return $"the master is {master.GetValueOrDefault("port")}, not {port}";
        if (master["flags"] != "master")
            return $"the master is {master["flags"]}";
        if (master["num-slaves"] != $"{replicas}" || master["num-other-sentinels"] != $"{peers}")
            return $"there are {master["num-slaves"]} replicas and {master["num-other-sentinels"]} peers";
        foreach (Dictionary<string, string> replica in (await sentinel.AskAsync("SENTINEL", "REPLICAS", name)).Items.Select(Replies.Fields))
        {
            if (replica["flags"] != "slave" || replica["master-link-status"] != "ok" || replica["master-port"] != $"{port}")
                return $"{replica["name"]} is {replica["flags"]} of {replica["master-port"]} with its link {replica["master-link-status"]}";
        }
        return null;
    }
}
