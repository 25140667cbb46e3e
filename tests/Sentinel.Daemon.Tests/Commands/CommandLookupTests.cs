using System.Text;
using Sentinel.Daemon.Commands;

namespace Sentinel.Daemon.Tests.Commands;

/// <summary>Names as clients write them: any case, any bytes, any length.</summary>
public sealed class CommandLookupTests
{
    private static readonly CommandSpec Command = new("it", 1, null);

    [Theory]
    [InlineData("ping", "PiNg")]
    [InlineData("get-master-addr-by-name", "GET-MASTER-ADDR-BY-NAME")]
    [InlineData("@[`{az", "@[`{AZ")]                     // beside the letters
    [InlineData("\u00e9t\u00e9", "\u00e9T\u00e9")]
    [InlineData("12345678", "12345678")]
    public void A_name_is_found_in_any_case(string name, string asked) => Assert.Same(Command, Of(name).Find(asked));

    [Theory]
    [InlineData("ping", "pin")]
    [InlineData("ping", "pingg")]
    [InlineData("ping", "ping\0")]                       // shorter words are filled up with zeros
    [InlineData("ping\0", "ping")]
    [InlineData("@[`{az", "`{@[az")]                     // what differs in the bit of the case, and is no letter
    [InlineData("\u00e9t\u00e9", "\u00c9t\u00e9")]       // only ASCII has cases
    [InlineData("ping", "")]
    public void Another_name_is_not_found(string name, string asked) => Assert.Null(Of(name).Find(asked));

    [Fact]
    public void Every_byte_but_a_letter_is_itself_alone()
    {
        for (int i = 0; i <= byte.MaxValue; i++)
        {
            CommandLookup lookup = Of(((char)i).ToString().ToLowerInvariant() is [var lower and < (char)128] ? lower.ToString() : ((char)i).ToString());
            for (int j = 0; j <= byte.MaxValue; j++)
                Assert.Equal(i == j || (char.IsAsciiLetter((char)i) && (i ^ j) == 0x20), lookup.Find([(byte)j]) is not null);
        }
    }

    [Fact]
    public void Names_are_found_up_to_the_longest_and_a_longer_one_is_none()
    {
        string longest = new('n', CommandLookup.NameLengthMax);
        Assert.Same(Command, Of(longest).Find(longest));
        Assert.Null(Of(longest + "n").Find(longest + "n"));
        Assert.Null(Of(longest).Find(Encoding.ASCII.GetBytes(new string('n', 10_000))));
    }

    [Fact]
    public void All_of_many_names_are_found_and_no_other()
    {
        string[] names = [.. Enumerable.Range(0, 500).Select(i => $"name-{i * 2}")];
        var commands = names.ToDictionary(name => name, name => new CommandSpec(name, 1, null));
        var lookup = new CommandLookup(commands);
        foreach (string name in names)
            Assert.Same(commands[name], lookup.Find(name.ToUpperInvariant()));
        for (int i = 1; i < 1000; i += 2)
            Assert.Null(lookup.Find($"name-{i}"));
    }

    private static CommandLookup Of(string name) => new([KeyValuePair.Create(name, Command)]);
}
