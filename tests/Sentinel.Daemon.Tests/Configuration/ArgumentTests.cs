using Sentinel.Core;
using Sentinel.Daemon.Configuration;

namespace Sentinel.Daemon.Tests.Configuration;

/// <summary>What the command line says about the configuration.</summary>
public sealed class ArgumentTests
{
    public static TheoryData<string[], string> Options => new()
    {
        { ["s.conf"], "" },
        { ["s.conf", "--port", "1"], "port \"1\" " },
        { ["s.conf", "--port 1"], "port 1 " },
        { ["s.conf", "--port", "1", "--bind", "a", "b"], "port \"1\" \nbind \"a\" \"b\" " },
        { ["--sentinel", "--port", "1"], "sentinel \nport \"1\" " },
        { ["s.conf", "--sentinel"], "sentinel " },
        { ["s.conf", "--sentinel", "monitor", "m", "127.0.0.1", "6379", "2"], "sentinel \"monitor\" \"m\" \"127.0.0.1\" \"6379\" \"2\" " },
        { ["s.conf", "--save", "--port", "1"], "save \"\"\nport \"1\" " },
        { ["s.conf", "--save"], "save \"\"" },
        { ["s.conf", "--requirepass", "--secret", "--port", "1"], "requirepass \"--secret\" \nport \"1\" " },
        { ["s.conf", "--port 1", "--bind", "a"], "port 1 \nbind \"a\" " },
        { ["s.conf", "--logfile", ""], "logfile \"\" " },
        { ["s.conf", "--logfile", "a \"b\""], "logfile \"a \\\"b\\\"\" " },
    };

    [Theory, MemberData(nameof(Options))]
    public void Options_become_lines_of_configuration(string[] arguments, string lines) =>
        Assert.Equal(lines, ConfigurationArguments.Parse(arguments, "/here").Options);

    [Theory]
    [InlineData("s.conf", "/here/s.conf")]
    [InlineData("../s.conf", "/s.conf")]
    [InlineData("/etc/s.conf", "/etc/s.conf")]
    public void The_first_word_without_a_dash_is_the_file(string word, string path) =>
        Assert.Equal(path, ConfigurationArguments.Parse([word], "/here").File);

    [Theory]
    [InlineData(false)]
    [InlineData(false, "s.conf", "--port", "1")]
    [InlineData(true, "-")]
    [InlineData(true, "-", "--port", "1")]
    [InlineData(true, "s.conf", "-")]
    [InlineData(true, "s.conf", "--port", "1", "-")]
    [InlineData(false, "s.conf", "--port", "-", "--bind", "a")]
    public void A_lone_dash_at_either_end_means_standard_input(bool reads, params string[] arguments) =>
        Assert.Equal(reads, ConfigurationArguments.Parse(arguments, "/here").ReadsStandardInput);

    [Fact]
    public void Options_override_the_file_and_standard_input_and_statements_add_to_them()
    {
        using var folder = new TemporaryFolder();
        string file = folder.Write("s.conf", "port 1\nmaxclients 5\ntimeout 7\nsentinel monitor a 127.0.0.1 1 1\n");
        var arguments = ConfigurationArguments.Parse([file, "--port", "3", "--sentinel", "monitor", "b", "127.0.0.2", "2", "2", "-"], folder.Path);
        SentinelConfiguration configuration = ConfigurationLoader.Load(arguments, new StringReader("port 2\nmaxclients 6\n"));
        Assert.Equal(3, configuration.Options.Port);
        Assert.Equal(6, configuration.MaxClients);
        Assert.Equal(TimeSpan.FromSeconds(7), configuration.ClientTimeout);
        Assert.Equal(["a", "b"], configuration.Masters.Select(master => master.Options.Name));
        Assert.Equal(new Address("127.0.0.2", 2), configuration.Masters[1].Address);
    }
}
