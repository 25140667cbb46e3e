using Sentinel.Daemon.Tests.Commands;

namespace Sentinel.Daemon.Tests.Acl;

/// <summary>ACL: the same requests to us and to the redis-sentinel that is installed here (7.0.15) have the same replies, but for the words that later versions changed.</summary>
public sealed class OriginalAclTests(OriginalSentinel original) : IClassFixture<OriginalSentinel>
{
    private const string Hash = "abcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcd";

    /// <summary>Rules for the user <c>a</c>, which is new each time.</summary>
    public static TheoryData<string> Rules =>
    [
        "", "on", "off", "ON Off nopass", "nopass >x", ">x nopass", "resetpass", ">x >y <x", "<x", "#" + Hash, "!" + Hash, $"#{Hash} !{Hash}", "#zz", "!zz", "#" + Hash.ToUpperInvariant(),
        "sanitize-payload", "skip-sanitize-payload", "skip-sanitize-payload sanitize-payload", "on >x reset", "foo", "on foo", "payload",
        "~a ~b ~a", "~*", "allkeys ~a", "allkeys resetkeys ~a", "%R~a %W~b %RW~c %wr~d", "%R~a %W~a", "%R~a ~a", "%R~*", "%RW~*", "%R~* %W~*", "%R", "%R ~", "%", "%~a", "%X~a", "%RR~a", "\"~a b\"", "~", "allkeys %X~a",
        "&a &b* &a", "&*", "allchannels &a", "allchannels resetchannels &a", "\"&a b\"", "&",
        "+ping", "+PING +Client|ID", "-ping", "+foo", "-foo", "+@foo", "-@foo", "+all", "+@all", "+@all -@all", "allcommands", "nocommands", "+@ALL", "+@all +@admin",
        "+ping|a +ping|B", "+ping|a -ping", "+ping|a +ping", "-ping|a", "+client|foo", "-client|foo", "+client|id|x", "+client|", "-client|", "+foo|x", "+|", "+", "-", "+@", "+publish|c &c",
        "+sentinel|help", "-@all|x", "\"\"", "\"\" on", "+sentinel\u007cmasters",
        "(", "(+ping", "(+ping)", "(+ping ~a)", "\"(+ping ~a)\"", "( +ping ~a )", "()", "(on)", "(+foo)", "(foo)", "(>x)", "((+ping))", "(+ping))", ")", "(~* &* +@all)", "(allkeys allchannels allcommands resetkeys resetchannels nocommands)",
        "(+ping) (+info &c) clearselectors", "(reset)", "(clearselectors)", "(+ping +foo -bar)", "on (+ping ~x ) (~y )", "(%R~a)",
    ];

    /// <summary>Requests of an administrator, while a user <c>a</c> may do little.</summary>
    public static TheoryData<string> Questions =>
    [
        "ACL", "ACL foo", "ACL CAT foo", "ACL CAT a b", "ACL CAT @read", "ACL CAT", "ACL CAT read", "ACL CAT \"\"", "ACL CAT \"a b\"", "ACL DELUSER", "ACL DELUSER default", "ACL DELUSER a default", "ACL DELUSER nope", "ACL DELUSER a nope a",
        "ACL GETUSER", "ACL GETUSER a b", "ACL GETUSER nope", "ACL HELP", "ACL HELP x", "ACL LIST x", "ACL LOAD", "ACL LOAD x", "ACL SAVE", "ACL SAVE x", "ACL LOG x", "ACL LOG 1 2", "ACL LOG -1", "ACL LOG 0", "ACL LOG RESET", "ACL LOG reset x",
        "ACL SETUSER", "ACL SETUSER \"a b\"", "ACL SETUSER \"a\\x00b\"", "ACL SETUSER \"a\\nb\"", "ACL USERS", "ACL USERS x", "ACL WHOAMI", "ACL WHOAMI x",
        "ACL GENPASS 0", "ACL GENPASS 4097", "ACL GENPASS -1", "ACL GENPASS x", "ACL GENPASS 1 2",
        "ACL DRYRUN", "ACL DRYRUN a", "ACL DRYRUN nope ping", "ACL DRYRUN a ping", "ACL DRYRUN a PING x y", "ACL DRYRUN a foo", "ACL DRYRUN a client", "ACL DRYRUN a client foo", "ACL DRYRUN a client id", "ACL DRYRUN a client id x",
        "ACL DRYRUN a client list", "ACL DRYRUN a subscribe c", "ACL DRYRUN a subscribe c d", "ACL DRYRUN a psubscribe c*", "ACL DRYRUN a psubscribe c", "ACL DRYRUN a publish d x", "ACL DRYRUN a publish c x", "ACL DRYRUN a publish c",
        "ACL DRYRUN a role", "ACL DRYRUN a auth", "ACL DRYRUN a auth x", "ACL DRYRUN a hello", "ACL DRYRUN a unsubscribe d", "ACL DRYRUN a Sentinel Masters", "ACL DRYRUN a sentinel|masters", "ACL DRYRUN a \"\"",
        "CLIENT KILL USER a", "CLIENT KILL USER nope", "AUTH a x y", "AUTH a wrong", "AUTH nope x", "AUTH a p", "HELLO 2 AUTH a wrong",
    ];

    /// <summary>Requests of the user <c>a</c>.</summary>
    public static TheoryData<string> Calls =>
    [
        "PING", "ROLE", "INFO", "INFO x", "FOO", "CLIENT LIST", "CLIENT foo", "CLIENT ID x", "SENTINEL MASTERS", "SENTINEL MASTER", "SUBSCRIBE c1", "SUBSCRIBE d", "SUBSCRIBE c1 d", "SUBSCRIBE e", "SUBSCRIBE c1 e", "PSUBSCRIBE c*", "PSUBSCRIBE c", "PSUBSCRIBE *",
        "PUBLISH d x", "PUBLISH c x", "PUBLISH c", "UNSUBSCRIBE c", "PUNSUBSCRIBE", "ACL WHOAMI", "ACL LIST", "ACL", "COMMAND COUNT", "AUTH a wrong", "AUTH a p", "AUTH default x", "SHUTDOWN", "SENTINEL FLUSHCONFIG", "ROLE x",
    ];

    [Theory, MemberData(nameof(Rules))]
    public async Task Rules_are_read_as_it_reads_them(string rules)
    {
        await using RunningServer server = await RunningServer.StartAsync();
        foreach (string greeting in (string[])["HELLO 2", "HELLO 3"])
        {
            string[] lines = [greeting, $"ACL SETUSER a {rules}", "ACL GETUSER a", "ACL DELUSER a"];
            string theirs = await Conversation.HoldAsync(original.Port, lines);
            string ours = await Conversation.HoldAsync(server.Port, lines);
            Assert.Equal(Comparable(theirs), Comparable(ours));
        }

        // The rules about commands are shown as they were given, since 7.2; what they mean is compared elsewhere.
        static string Comparable(string said) => string.Join('\n', Conversation.WithoutSanitizing(said).Split('\n').Skip(1)
            .Select(line => System.Text.RegularExpressions.Regex.Replace(line, "(commands, BulkString [+-]@all)[^,]*", "$1")));
    }

    [Theory, MemberData(nameof(Questions))]
    public async Task We_answer_an_administrator_as_it_does(string question)
    {
        await using RunningServer server = await RunningServer.StartAsync();
        foreach (string greeting in (string[])["HELLO 2", "HELLO 3"])
        {
            string[] lines = ["ACL SETUSER a reset on >p +ping +client|id +subscribe +psubscribe +publish &c*", "ACL LOG RESET", greeting, question];
            string theirs = await Conversation.HoldAsync(original.Port, lines);
            string ours = await Conversation.HoldAsync(server.Port, lines);
            await Conversation.HoldAsync(original.Port, "ACL DELUSER a");
            Assert.Equal(Last(Conversation.InLaterWords(theirs)), Last(ours));
        }
    }

    [Theory, MemberData(nameof(Calls))]
    public async Task We_let_a_user_do_what_it_lets_it_do(string call)
    {
        await using RunningServer server = await RunningServer.StartAsync();
        string[] setting = ["ACL SETUSER a reset on >p +ping +client|id +subscribe +psubscribe +publish +acl|whoami +sentinel|flushconfig &c* (+subscribe &e) (+punsubscribe)"];
        string[] lines = ["AUTH a p", call];
        await Conversation.HoldAsync(original.Port, setting);
        await Conversation.HoldAsync(server.Port, setting);
        Assert.Equal(Conversation.InLaterWords(await Conversation.HoldAsync(original.Port, lines)), await Conversation.HoldAsync(server.Port, lines));
        Assert.Equal(await LogAsync(original.Port), await LogAsync(server.Port));
        await Conversation.HoldAsync(original.Port, "ACL DELUSER a");
    }

    [Theory]
    [InlineData("ACL SETUSER default off", "PING", "PING a b", "FOO", "CLIENT ID x", "ACL WHOAMI", "HELLO 4", "AUTH x", "AUTH default x", "AUTH a wrong", "AUTH a p", "PING", "ACL WHOAMI")]
    [InlineData("ACL SETUSER default >pp", "PING", "SENTINEL MASTERS", "AUTH x", "AUTH pp", "PING", "ACL WHOAMI", "AUTH a p", "ACL WHOAMI")]
    [InlineData("ACL SETUSER default nopass", "AUTH x", "AUTH default x", "AUTH a x", "AUTH a p", "AUTH default x", "ACL WHOAMI")]
    [InlineData("ACL SETUSER default -ping", "PING", "CLIENT GETNAME")]
    public async Task Strangers_are_met_as_it_meets_them(string setting, params string[] calls)
    {
        await using RunningServer server = await RunningServer.StartAsync();
        foreach (int port in (int[])[original.Port, server.Port])
        {
            await Conversation.HoldAsync(port, "ACL SETUSER a reset on >p +ping +acl|whoami", "ACL LOG RESET");
            await Conversation.HoldAsync(port, "ACL SETUSER admin reset on nopass +@all ~* &*");
            await Conversation.HoldAsync(port, "AUTH admin x", setting);
        }
        string theirs = await Conversation.HoldAsync(original.Port, calls);
        string ours = await Conversation.HoldAsync(server.Port, calls);
        await Conversation.HoldAsync(original.Port, "AUTH admin x", "ACL SETUSER default reset on nopass +@all ~* &*", "ACL DELUSER a admin");
        Assert.Equal(
            Conversation.InLaterWords(theirs).Replace("User a has no permissions to run the 'ping'", "User default has no permissions to run the 'ping'", StringComparison.Ordinal), ours);
    }

    /// <summary>What it understands of our words for a user, and we of its words, is the same as what was meant.</summary>
    [Theory, InlineData(1), InlineData(2), InlineData(3), InlineData(4), InlineData(5), InlineData(6)]
    public async Task Whatever_the_rules_all_agree_on_what_a_user_may_do(int seed)
    {
        await using RunningServer server = await RunningServer.StartAsync();
        string[] calls = [.. await CallsKnownToBothAsync(server)];
        var random = new Random(seed);
        for (int round = 0; round < 6; round++)
        {
            string rules = string.Join(' ', Enumerable.Range(0, random.Next(1, 8)).Select(_ => Rule(random, calls)));
            string set = $"ACL SETUSER a reset {rules}";
            string theirs = await Conversation.HoldAsync(original.Port, set);
            Assert.Equal(theirs, await Conversation.HoldAsync(server.Port, set));
            string[] questions = [.. calls.Select(call => $"ACL DRYRUN a {call}")];
            string meant = Conversation.InLaterWords(await Conversation.HoldAsync(original.Port, questions));
            Assert.Equal($"{rules}\n{meant}", $"{rules}\n{await Conversation.HoldAsync(server.Port, questions)}");

            // each other's words
            string ourWords = await DescriptionAsync(server.Port);
            string theirWords = await DescriptionAsync(original.Port);
            await Conversation.HoldAsync(original.Port, $"ACL SETUSER a reset {ourWords}");
            await Conversation.HoldAsync(server.Port, $"ACL SETUSER a reset {theirWords}");
            Assert.Equal($"{ourWords}\n{meant}", $"{ourWords}\n{Conversation.InLaterWords(await Conversation.HoldAsync(original.Port, questions))}");
            Assert.Equal($"{theirWords}\n{meant}", $"{theirWords}\n{await Conversation.HoldAsync(server.Port, questions)}");
        }
        await Conversation.HoldAsync(original.Port, "ACL DELUSER a");
    }

    private static string Rule(Random random, string[] calls)
    {
        string[] categories = ["pubsub", "admin", "fast", "slow", "dangerous", "connection", "read", "all"];
        string sign = random.Next(3) == 0 ? "-" : "+";
        return random.Next(6) switch
        {
            0 => $"{sign}@{categories[random.Next(categories.Length)]}",
            1 => $"({sign}@{categories[random.Next(categories.Length)]} &c{random.Next(3)})",
            2 => $"&{"cde"[random.Next(3)]}{"*?1"[random.Next(3)]}",
            3 => "resetchannels",
            _ => $"{sign}{string.Join('|', calls[random.Next(calls.Length)].Split(' ').TakeWhile(word => word is not ("x" or "c1")).Take(random.Next(1, 3)))}",
        };
    }

    /// <summary>A call of each command and subcommand that both have.</summary>
    private async Task<IEnumerable<string>> CallsKnownToBothAsync(RunningServer server)
    {
        using RespClient client = await RespClient.ConnectAsync(original.Port);
        HashSet<string> theirs = [.. (await client.AskAsync("COMMAND LIST")).Items.Select(name => name.ToText())];
        return server.Commands.Listed.SelectMany(command => command.Subcommands.Prepend(command)).Where(command => theirs.Contains(command.FullName) && command.Subcommands.IsEmpty)
            .Select(command => (Words: command.FullName.Replace('|', ' '), Spare: Math.Abs(command.Arity) - command.FullName.Split('|').Length))
            .Select(call => call.Words + string.Concat(Enumerable.Repeat(call.Words.Contains("subscribe", StringComparison.Ordinal) || call.Words == "publish" ? " c1" : " x", Math.Max(call.Spare, 0))));
    }

    private static async Task<string> DescriptionAsync(int port)
    {
        using RespClient client = await RespClient.ConnectAsync(port);
        return (await client.AskAsync("ACL LIST")).Items.Select(line => line.ToText()).Single(line => line.StartsWith("user a ", StringComparison.Ordinal))["user a ".Length..];
    }

    /// <summary>The fields of the log that both versions have and that do not depend on time, the newest entry first; and empties it.</summary>
    private static async Task<string> LogAsync(int port)
    {
        using RespClient client = await RespClient.ConnectAsync(port);
        string log = string.Join('\n', (await client.AskAsync("ACL LOG")).Items.Select(entry => string.Join(' ', entry.Items.Take(10).Select(Conversation.Show))));
        await client.AskAsync("ACL LOG RESET");
        return log;
    }

    private static string Last(string said) => said.TrimEnd().Split('\n')[^1];
}
