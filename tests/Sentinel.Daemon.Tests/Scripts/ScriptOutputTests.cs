using System.Text;
using Sentinel.Daemon.Scripts;

namespace Sentinel.Daemon.Tests.Scripts;

/// <summary>What of a script's output comes into the log.</summary>
public class ScriptOutputTests
{
    private readonly List<string> _log = [];
    private readonly ScriptOutput _output;

    public ScriptOutputTests() => _output = new ScriptOutput("s[1]", _log.Add);

    [Fact]
    public void Lines_are_logged_whole_however_they_come_in_and_the_last_one_without_its_end()
    {
        byte[] text = Encoding.UTF8.GetBytes("one\r\n\ntwö\nlast");
        foreach (byte one in text)
            _output.Take([one]);
        _output.End();
        Assert.Equal(["s[1]: one", "s[1]: ", "s[1]: twö", "s[1]: last"], _log);
    }

    [Fact]
    public void A_line_is_cut_at_its_bound()
    {
        _output.Take(Encoding.ASCII.GetBytes(new string('a', ScriptOutput.LineMax) + "\n" + new string('b', 1_000_000) + "\nc\n"));
        Assert.Equal([$"s[1]: {new string('a', ScriptOutput.LineMax)}", $"s[1]: {new string('b', ScriptOutput.LineMax)}...", "s[1]: c"], _log);
    }

    [Fact]
    public void After_its_last_line_only_one_word_more_is_said()
    {
        for (int i = 0; i < 10_000; i++)
            _output.Take("again\n"u8);
        _output.Take("and"u8);
        _output.End();
        Assert.Equal(ScriptOutput.LinesMax + 1, _log.Count);
        Assert.Equal("s[1]: (no more of this run is logged)", _log[^1]);
    }

    [Fact]
    public void Nothing_that_a_terminal_would_obey_comes_into_the_log()
    {
        _output.Take("\x1b[2Jx\x07\x9b\xff\r\n"u8);
        Assert.Single(_log);
        Assert.DoesNotContain(_log[0], char.IsControl);
    }
}
