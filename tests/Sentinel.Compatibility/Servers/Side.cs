using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Sentinel.Compatibility.Wire;
using Sentinel.Daemon.Tests.Lab;

namespace Sentinel.Compatibility.Servers;

/// <summary>One server in a conversation, and the connections to it.</summary>
/// <param name="sentinel">The server.</param>
/// <param name="ports">The ports of the data nodes, by the words that stand for them.</param>
/// <param name="greeting">What each connection says first; empty: nothing.</param>
internal sealed partial class Side(SentinelNode sentinel, IReadOnlyDictionary<string, int> ports, string greeting) : IDisposable
{
    private readonly Dictionary<char, WireClient> _connections = [];

    /// <summary>Sends what a step says, and gives all that is answered.</summary>
    public async Task<ImmutableArray<WireValue>> AskAsync(Step step)
    {
        WireClient connection = await ConnectionAsync(step.Connection);
        string bytes = string.Concat(RequestText.Split(await FilledAsync(step)).Select(RequestText.AsArray));
        ImmutableArray<WireValue> messages = await connection.ReadAsync(step.Messages);
        return messages.AddRange(step.IsLast ? await connection.AskLastAsync(bytes) : await connection.AskAsync(bytes));
    }

    public void Dispose()
    {
        foreach (WireClient connection in _connections.Values)
            connection.Dispose();
    }

    private async Task<WireClient> ConnectionAsync(char name)
    {
        if (_connections.TryGetValue(name, out WireClient? connection))
            return connection;
        connection = await WireClient.ConnectAsync(sentinel.Port);
        _connections[name] = connection;
        if (greeting.Length > 0)
            await connection.AskAsync(RequestText.AsArray(greeting));
        return connection;
    }

    private async Task<string> FilledAsync(Step step)
    {
        string filled = step.Request;
        foreach (Match place in Place().Matches(step.Request))
            filled = filled.Replace(place.Value, await ValueAsync(step, place.Groups["connection"].Value, place.Groups["name"].Value), StringComparison.Ordinal);
        return filled;
    }

    private async Task<string> ValueAsync(Step step, string connection, string name)
    {
        WireClient client = await ConnectionAsync(connection.Length > 0 ? connection[0] : step.Connection);
        return name switch
        {
            "addr" => client.Address,
            "laddr" => client.ServerAddress,
            "id" => (await client.AskAsync(RequestText.AsArray("CLIENT ID")))[0].Text!,
            "myid" => (await client.AskAsync(RequestText.AsArray("SENTINEL MYID")))[0].Text!,
            "port" => $"{sentinel.Port}",
            _ => $"{ports[name]}",
        };
    }

    [GeneratedRegex(@"\{((?<connection>[a-z])\.)?(?<name>[a-z]+)\}", RegexOptions.ExplicitCapture)]
    private static partial Regex Place();
}
