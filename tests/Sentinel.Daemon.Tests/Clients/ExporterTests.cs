using System.Globalization;
using Sentinel.Daemon.Tests.Lab;
using Xunit.Abstractions;

namespace Sentinel.Daemon.Tests.Clients;

/// <summary>The exporter of Prometheus for Redis, which many dashboards rest on, as it sees a sentinel of ours.</summary>
public sealed class ExporterTests(SharedLab shared, ITestOutputHelper output) : LabTests(output), IClassFixture<SharedLab>
{
    [Fact]
    public async Task It_sees_the_master_its_replicas_and_the_sentinels_before_and_after_a_failover()
    {
        RedisLab lab = await HealthyLabAsync(shared);
        RedisNode former = await lab.MasterAsync();
        int port = Ports.Take();
        await using var exporter = ChildProcess.Start(
            "prometheus-redis-exporter", Path.GetTempPath(), new ProcessLog(),
            "-redis.addr", $"redis://127.0.0.1:{lab.Sentinels[0].Port}", "-web.listen-address", $"127.0.0.1:{port}");
        await Eventually.UndisputedAsync("the exporter sees all well", () => DiffersAsync(port, former.Port, okReplicas: 2));

        await former.KillAsync();
        RedisNode master = await lab.MasterAfterAsync(former);
        await Eventually.UndisputedAsync("the exporter sees the new master", () => DiffersAsync(port, master.Port, okReplicas: 1));
    }

    /// <summary>What of the metrics is not as it should be; null: nothing.</summary>
    private static async Task<string?> DiffersAsync(int port, int masterPort, int okReplicas)
    {
        Dictionary<string, double> metrics = await ScrapeAsync(port);
        string master = $"master_address=\"127.0.0.1:{masterPort}\",master_name=\"{RedisLab.MasterName}\"";
        (string Name, double Value)[] expected =
        [
            ("redis_up", 1),
            ("redis_exporter_last_scrape_error{err=\"\"}", 0),
            ("redis_sentinel_masters", 1),
            ("redis_sentinel_tilt", 0),
            ("redis_sentinel_running_scripts", 0),
            ($"redis_sentinel_master_status{{{master},master_status=\"ok\"}}", 1),
            ($"redis_sentinel_master_slaves{{{master}}}", 2),
            ($"redis_sentinel_master_ok_slaves{{{master}}}", okReplicas),
            ($"redis_sentinel_master_sentinels{{{master}}}", 3),
            ($"redis_sentinel_master_ok_sentinels{{{master}}}", 3),
        ];
        foreach ((string name, double value) in expected)
        {
            if (!metrics.TryGetValue(name, out double actual) || actual != value)
                return $"{name} is not {value} in\n{string.Join('\n', metrics.Where(metric => metric.Key.Contains("sentinel", StringComparison.Ordinal)))}";
        }
        return metrics["redis_connected_clients"] > 0 && metrics["redis_uptime_in_seconds"] >= 0 ? null : "it sees no client";
    }

    private static async Task<Dictionary<string, double>> ScrapeAsync(int port)
    {
        using var http = new HttpClient();
        try
        {
            string text = await http.GetStringAsync(new Uri($"http://127.0.0.1:{port}/metrics"));
            return text.Split('\n').Where(line => line.Length > 0 && line[0] != '#').Select(line => line.LastIndexOf(' ') is var blank
                ? KeyValuePair.Create(line[..blank], double.Parse(line[(blank + 1)..], CultureInfo.InvariantCulture)) : default).ToDictionary();
        }
        catch (HttpRequestException failure)
        {
            throw new IOException($"the exporter does not answer: {failure.Message}", failure);
        }
    }
}
