using Sentinel.Daemon.Configuration;
using Sentinel.Daemon.Logging;

namespace Sentinel.Daemon.Tests.Configuration;

/// <summary>The file of what is known of the groups' data is worth nothing more than being read when it can be.</summary>
public class LineageFileTests
{
    [Theory]
    [InlineData("")]
    [InlineData("[{\"masterName\": \"mym")]
    [InlineData("{}")]
    [InlineData("[null]")]
    [InlineData("[{\"masterName\": \"mymaster\", \"histories\": [\"too short\"]}]")]
    [InlineData("\0\0\0\0")]
    public void One_that_is_damaged_is_as_an_empty_one_and_the_log_names_it_and_the_cure(string text)
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("sentinel.conf.lineage", text);
        using (var log = new RedisLog(LogThreshold.Debug, folder.File("log"), TimeProvider.System))
            Assert.Empty(LineageFile.Read(path, log));
        string line = Assert.Single(File.ReadLines(folder.File("log")));
        Assert.Contains($"{path} cannot be used: ", line, StringComparison.Ordinal);
        Assert.EndsWith("remove it, or give it to the user that runs this process.", line, StringComparison.Ordinal);
    }

    [Fact]
    public void One_that_is_missing_is_nothing_to_speak_of()
    {
        using var folder = new TemporaryFolder();
        using (var log = new RedisLog(LogThreshold.Debug, folder.File("log"), TimeProvider.System))
            Assert.Empty(LineageFile.Read(folder.File("none"), log));
        Assert.Equal(0, new FileInfo(folder.File("log")) is { Exists: true } written ? written.Length : 0);
    }
}
