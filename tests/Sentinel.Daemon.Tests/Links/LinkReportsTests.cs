using Sentinel.Core;
using Sentinel.Daemon.Configuration;
using Sentinel.Daemon.Links;
using Sentinel.Daemon.Logging;
using Sentinel.Daemon.Tests.Configuration;

namespace Sentinel.Daemon.Tests.Links;

/// <summary>What links complain of comes into the log once, however often it happens.</summary>
public class LinkReportsTests
{
    [Fact]
    public void One_that_breaks_the_protocol_at_every_connection_is_in_the_log_once()
    {
        using var folder = new TemporaryFolder();
        using (var log = new RedisLog(LogThreshold.Debug, folder.File("log"), TimeProvider.System))
        {
            var reports = new LinkReports(_ => { }, log);
            for (int attempt = 1; attempt <= 1000; attempt++)
                reports.Misbehaves(Order(attempt), attempt % 2 == 1 ? "protocol error: x" : "protocol error: y");
        }
        string line = Assert.Single(File.ReadLines(folder.File("log")));
        Assert.EndsWith("127.0.0.1:7 misbehaves: protocol error: x", line, StringComparison.Ordinal);
    }

    private static Connect Order(int attempt) =>
        new(new LinkId(1), attempt, LinkChannel.Command, new Address("127.0.0.1", 7), Credentials: null);
}
