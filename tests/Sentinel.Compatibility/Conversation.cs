using System.Collections.Immutable;

namespace Sentinel.Compatibility;

/// <summary>What is said to both servers, line by line, on connections of its own.</summary>
/// <remarks>
/// Kept as text: <c>== title</c> begins one, <c>#</c> a comment. A line is a request as typed into redis-cli;
/// <c>&amp;&amp;</c> joins requests that leave in one packet, <c>b:</c> sends on a second connection, <c>b(2):</c> after two messages have come there, <c>~</c> asks again until
/// both agree, <c>!</c> expects the server to close. <c>{id}</c>, <c>{addr}</c>, <c>{laddr}</c> (<c>{b.id}</c> …) are those of a
/// connection, <c>{myid}</c> and <c>{port}</c> of the server, <c>{first}</c>, <c>{second}</c>, <c>{replica}</c> and <c>{spare}</c>
/// the ports of the data nodes.
/// </remarks>
internal sealed record Conversation(string Title, ImmutableArray<Step> Steps)
{
    private const string Head = "== ";

    /// <summary>The conversations of a file, in its order.</summary>
    public static ImmutableArray<Conversation> Read(string file)
    {
        var conversations = ImmutableArray.CreateBuilder<Conversation>();
        foreach (string line in Lines(file))
        {
            if (line.StartsWith(Head, StringComparison.Ordinal))
                conversations.Add(new Conversation(line[Head.Length..], []));
            else
                conversations[^1] = conversations[^1] with { Steps = conversations[^1].Steps.Add(Step.Parse(line)) };
        }
        return conversations.ToImmutable();
    }

    /// <summary>The lines of a file that say something.</summary>
    public static IEnumerable<string> Lines(string file) =>
        File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Conversations", file)).Where(line => line.Length > 0 && line[0] != '#');
}
