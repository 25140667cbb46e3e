using System.Collections.Immutable;
using Sentinel.Daemon.Acl;

namespace Sentinel.Daemon.Tests.Acl;

/// <summary>ACL: rules and the words that a user is described with.</summary>
public sealed class AclRulesTests
{
    private const string X = "#2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881";    // of the password x

    [Theory]
    [InlineData("", "off sanitize-payload resetchannels -@all")]
    [InlineData("on >x ~a &b +ping", $"on sanitize-payload {X} ~a resetchannels &b -@all +ping")]
    [InlineData("nopass skip-sanitize-payload allkeys allchannels allcommands", "off nopass skip-sanitize-payload ~* &* +@all")]
    [InlineData("+ping -ping", "off sanitize-payload resetchannels -@all -ping")]
    [InlineData("+ping +client|id +PING", "off sanitize-payload resetchannels -@all +client|id +ping")]
    [InlineData("+client|id +client|kill -client", "off sanitize-payload resetchannels -@all -client")]
    [InlineData("+@fast +@slow -@fast", "off sanitize-payload resetchannels -@all +@slow -@fast")]
    [InlineData("+ping -client +@all", "off sanitize-payload resetchannels +@all")]
    [InlineData("+@all -client +client|id", "off sanitize-payload resetchannels +@all -client +client|id")]
    [InlineData("+ping|x +ping|Y +ping|x", "off sanitize-payload resetchannels -@all +ping|y +ping|x")]
    [InlineData("+ping (+client ~k) (&c)", "off sanitize-payload resetchannels -@all +ping (~k resetchannels -@all +client) (resetchannels &c -@all)")]
    [InlineData("%R~a %W~b %R~b %W~*", "off sanitize-payload %R~a ~b %W~* resetchannels -@all")]
    public void A_user_is_described_in_the_words_of_Redis(string rules, string description)
    {
        Assert.True(AclRules.TryJoin(rules.Split(' ', StringSplitOptions.RemoveEmptyEntries), out ImmutableArray<string> joined, out _));
        Assert.Equal($"user a {description}", AclTestRules.User([.. joined]).Description);
    }

    [Fact]
    public void The_description_of_any_user_makes_the_same_user()
    {
        string[] words =
        [
            "on", "off", "nopass", "resetpass", ">x", ">y", "<x", "sanitize-payload", "skip-sanitize-payload", "clearselectors", "reset", "~*", "~a", "%R~a", "%W~a", "%R~*", "resetkeys", "&*", "&c", "&d*", "resetchannels",
            "+@all", "-@all", "+ping", "-ping", "+client", "-client", "+client|id", "-client|kill", "+@fast", "-@slow", "+@dangerous", "-@pubsub", "+subscribe", "+ping|x", "+ping|y", "(+ping", "(-@all", "&e)", "-client|id)", "(~x +@all)", "",
        ];
        var random = new Random(11);
        int taken = 0;
        for (int i = 0; i < 20_000; i++)
        {
            string[] rules = [.. Enumerable.Range(0, random.Next(12)).Select(_ => words[random.Next(words.Length)])];
            if (!AclRules.TryJoin(rules, out ImmutableArray<string> joined, out _) || AclTestRules.Rules.Apply(AclTestRules.Rules.NewUser("a"), joined, out _) is not { } user)
                continue;
            taken++;
            // both ways in which it is read back: word by word from a file, and rule by rule
            string[] read = user.Description.Split(' ')[2..];
            Assert.True(AclRules.TryJoin(read, out ImmutableArray<string> again, out _));
            AclUser copy = AclTestRules.Rules.Apply(new AclUser("a"), again, out AclMistake? mistake)!;
            Assert.True(mistake is null, $"{string.Join(' ', rules)}: {mistake}");
            Assert.Equal(user.Description, copy.Description);
            Assert.Equal(user.Description, AclTestRules.User([.. user.Rules]).Description);
            Assert.Equal(May(user), May(copy));
        }
        Assert.True(taken > 1000, $"only {taken} were users");

        static string May(AclUser user) => string.Join(' ', user.Selectors.Prepend(user.Root).Select(selector =>
            $"{selector.AllowsEverything}{selector.AllowsUnknownCommands}{string.Concat(Enumerable.Range(0, 10).Select(number => selector.Commands.Contains(number) ? '1' : '0'))}"
            + string.Join(',', selector.FirstArguments.OrderBy(pair => pair.Key).Select(pair => $"{pair.Key}:{string.Join('|', pair.Value.Order(StringComparer.Ordinal))}"))));
    }

    [Fact]
    public void A_bad_rule_changes_nothing()
    {
        AclUser before = AclTestRules.User("on", ">x", "+ping");
        Assert.Null(AclTestRules.Rules.Apply(before, ["off", "-@all", "+nope"], out AclMistake? mistake));
        Assert.Equal(("+nope", AclMistake.UnknownName), (mistake!.Rule, mistake.Message));
        Assert.Equal($"user a on sanitize-payload {X} resetchannels -@all +ping", before.Description);
    }

    [Fact]
    public void A_user_begins_with_all_channels_where_that_is_the_default()
    {
        var rules = new AclRules(new SelectorRules([AclTestRules.Ping]), hasAllChannels: true);
        Assert.Equal("user a off sanitize-payload &* -@all", rules.NewUser("a").Description);
        AclUser? user = rules.Apply(rules.NewUser("a"), ["resetchannels", "on", "reset", "(+ping)"], out _);
        Assert.Equal("user a off sanitize-payload &* -@all (&* -@all +ping)", user!.Description);
    }

    [Fact]
    public void Only_a_user_that_is_on_accepts_its_passwords_and_no_others()
    {
        AclUser user = AclTestRules.User("on", ">x", ">y");
        Assert.True(user.Accepts("x"u8));
        Assert.True(user.Accepts("y"u8));
        Assert.False(user.Accepts("z"u8));
        Assert.False(user.Accepts(""u8));
        Assert.False(user.Accepts("xy"u8));
        Assert.False(AclTestRules.User(">x").Accepts("x"u8));
        Assert.False(AclTestRules.User("on").Accepts(""u8));
        Assert.True(AclTestRules.User("on", "nopass").Accepts("anything"u8));
        Assert.False(AclTestRules.User("on", "nopass", "off").Accepts("anything"u8));
        Assert.False(AclTestRules.User("on", "nopass", ">x").Accepts("anything"u8));
    }

    [Fact]
    public void Nothing_needs_to_be_looked_at_only_where_all_is_allowed()
    {
        Assert.True(AclUser.Default(null).AllowsEverything);
        Assert.True(AclTestRules.User("+@all", "&*").AllowsEverything);
        Assert.True(AclTestRules.User("+@all", "&*", "-ping", "+ping").AllowsEverything);
        Assert.False(AclTestRules.User("+@all").AllowsEverything);
        Assert.False(AclTestRules.User("+@all", "&*", "-client|id").AllowsEverything);
        Assert.False(AclTestRules.User("&*", "+ping", "+client", "+subscribe").AllowsEverything);
        Assert.False(AclTestRules.User("(+@all &*)").AllowsEverything);
    }

    [Fact]
    public void A_pattern_is_allowed_only_as_it_is_written_in_a_rule()
    {
        AclUser user = AclTestRules.User("&+s*", "(&-odown)");
        Assert.True(user.AllowsSubscriptions(["+sdown", "-odown"], ["+s*"]));
        Assert.False(user.AllowsSubscriptions([], ["+sd*"]));
        Assert.False(user.AllowsSubscriptions(["-sdown"], []));
        Assert.True(AclTestRules.User("&*").AllowsSubscriptions(["x"], ["y*"]));
    }
}
