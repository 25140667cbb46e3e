using System.Collections.Immutable;
using Sentinel.Compatibility.Comparing;
using Sentinel.Compatibility.Servers;
using Sentinel.Compatibility.Wire;
using Sentinel.Daemon.Tests.Lab;
using Xunit.Sdk;

namespace Sentinel.Compatibility;

/// <summary>Conversations in which what is said later depends on what was said before.</summary>
[Collection(SideBySideCollection.Name)]
public sealed class ConversationTests(SideBySide servers)
{
    private const string OpenFile = "open.txt";
    private const string LockedFile = "locked.txt";

    /// <summary>For what comes a little later on one of the two, on the busiest machine.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public static TheoryData<string> Open => [.. Conversation.Read(OpenFile).Select(conversation => conversation.Title)];

    public static TheoryData<string> Locked => [.. Conversation.Read(LockedFile).Select(conversation => conversation.Title)];

    [Theory, MemberData(nameof(Open))]
    public Task We_speak_as_it_does(string title) => SpeakAsync(OpenFile, title, servers.Open, "HELLO 2", "HELLO 3");

    [Theory, MemberData(nameof(Locked))]
    public Task We_speak_as_it_does_with_a_password(string title) => SpeakAsync(LockedFile, title, servers.Locked, "");

    private async Task SpeakAsync(string file, string title, Pair pair, params string[] greetings)
    {
        Conversation conversation = Conversation.Read(file).Single(conversation => conversation.Title == title);
        List<Difference> found = [];
        List<string> objections = [];
        foreach (string greeting in greetings)
        {
            using var theirs = new Side(pair.Theirs, servers.Ports, greeting);
            using var ours = new Side(pair.Ours, servers.Ports, greeting);
            foreach (Step step in conversation.Steps)
            {
                // What has gone wrong once is not waited for again: the rest of the conversation follows from it.
                if (await ObjectionAsync(title, step, theirs, ours, found, objections.Count == 0 ? Patience : TimeSpan.Zero) is { } objection)
                    objections.Add($"[{greeting}] {objection}");
            }
        }
        Assert.True(objections.Count == 0, string.Join("\n\n", objections));
        Difference[] lost = [.. conversation.Steps.SelectMany(step => Comparison.Expected(PlaceOf(title, step))).Except(found)];
        Assert.True(lost.Length == 0, $"What {nameof(Differences)} says is not so any more:\n{string.Join('\n', (object[])lost)}");
    }

    private static string PlaceOf(string title, Step step) => $"{title}: {step.Request}";

    private static Task<string?> ObjectionAsync(string title, Step step, Side theirs, Side ours, List<Difference> found, TimeSpan patience) =>
        Eventually.LastObjectionAsync(
            async () =>
            {
                ImmutableArray<WireValue> their = await theirs.AskAsync(step);
                ImmutableArray<WireValue> our = await ours.AskAsync(step);
                return new Comparison(step.Request, PlaceOf(title, step), their, our).Objection(found);
            },
            step.IsEventual ? patience : TimeSpan.Zero);
}
