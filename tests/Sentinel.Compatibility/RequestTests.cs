using Sentinel.Compatibility.Comparing;
using Sentinel.Compatibility.Servers;
using Sentinel.Compatibility.Wire;
using Sentinel.Daemon.Tests.Lab;

namespace Sentinel.Compatibility;

/// <summary>Requests that change nothing: each is asked as a first request, in every state that a connection can be in.</summary>
[Collection(SideBySideCollection.Name)]
public sealed class RequestTests(SideBySide servers)
{
    public static TheoryData<string> Requests => [.. Conversation.Lines("requests.txt")];

    [Theory, MemberData(nameof(Requests))]
    public async Task We_answer_as_it_does(string request)
    {
        List<Difference> found = [];
        List<(string How, string What)> objections = [];
        await CompareAsync("an array", servers.Open, [], RequestText.AsArray);
        await CompareAsync("a line", servers.Open, [], RequestText.AsLine);
        await CompareAsync("in RESP3", servers.Open, ["HELLO 3"], RequestText.AsArray);
        await CompareAsync("while subscribed", servers.Open, ["SUBSCRIBE s"], RequestText.AsArray);
        await CompareAsync("while subscribed in RESP3", servers.Open, ["HELLO 3", "PSUBSCRIBE s*"], RequestText.AsArray);
        await CompareAsync("before AUTH", servers.Locked, [], RequestText.AsArray);
        Assert.True(objections.Count == 0, string.Join("\n\n", objections.GroupBy(objection => objection.What, (what, all) => $"[{string.Join(", ", all.Select(objection => objection.How))}] {what}")));
        Assert.True(
            Comparison.Expected(request).All(found.Contains),
            $"{request}\nis answered alike by now, or differently from what {nameof(Differences)} says:\n{string.Join('\n', Comparison.Expected(request).Except(found))}");

        async Task CompareAsync(string how, Pair pair, string[] before, Func<string, string> write)
        {
            var comparison = new Comparison(request, request, await AskAsync(pair.Theirs, before, request, write), await AskAsync(pair.Ours, before, request, write));
            if (comparison.Objection(found) is { } objection)
                objections.Add((how, objection));
        }
    }

    private async Task<System.Collections.Immutable.ImmutableArray<WireValue>> AskAsync(SentinelNode sentinel, string[] before, string request, Func<string, string> write)
    {
        using WireClient client = await WireClient.ConnectAsync(sentinel.Port);
        foreach (string greeting in before)
            await client.AskAsync(RequestText.AsArray(greeting));
        string filled = servers.Ports.Aggregate(request, (text, port) => text.Replace($"{{{port.Key}}}", $"{port.Value}", StringComparison.Ordinal));
        return await client.AskAsync(string.Concat(RequestText.Split(filled).Select(write)));
    }
}
