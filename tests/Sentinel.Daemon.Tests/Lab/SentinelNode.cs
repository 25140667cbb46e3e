using System.Text.RegularExpressions;
using Sentinel.Resp;

namespace Sentinel.Daemon.Tests.Lab;

/// <summary>Who wrote a sentinel.</summary>
internal enum Make
{
    Ours,
    Redis,
}

/// <summary>A sentinel, ours or the one of Redis.</summary>
internal sealed partial class SentinelNode(Make make, string folder, int port, string configuration) : Server(folder, port, configuration)
{
    /// <summary>Which program the next start runs.</summary>
    public Make Make { get; set; } = make;

    /// <summary>What it asks of its clients; null: nothing.</summary>
    public string? Password { get; init; }

    protected override string Program => Make is Make.Ours ? OurExecutable.FullPath : "redis-sentinel";

    /// <inheritdoc/>
    public override async Task StartAsync()
    {
        await base.StartAsync();
        // It looks at a node every 10 s while all is well, for which tests would only wait.
        if (Make is Make.Redis)
            await AskAsync("SENTINEL", "DEBUG", "INFO-PERIOD", "1000");
    }

    /// <inheritdoc/>
    public override async Task<RespValue> AskAsync(params string[] command)
    {
        if (Password is null)
            return await base.AskAsync(command);
        using RespConnection connection = await RespConnection.ConnectAsync(Port, certificate: Certificate);
        return (await connection.AskTogetherAsync(["AUTH", Password], command))[1];
    }

    /// <summary>The messages it has logged since its log was marked.</summary>
    public IEnumerable<string> Messages => Log.Lines.Select(line => LogLine().Match(line)).Where(match => match.Success).Select(match => match.Groups["message"].Value);

    /// <summary>The payloads of its events of one name since its log was marked.</summary>
    public string[] Events(string name) =>
        [.. Messages.Where(message => message.StartsWith($"{name} ", StringComparison.Ordinal)).Select(message => message[(name.Length + 1)..])];

    /// <summary>Waits for an event since its log was marked.</summary>
    public Task SaysAsync(string name, TimeSpan? within = null) => Eventually.SoAsync($"{this} says {name}", () => Events(name).Length > 0, within);

    /// <summary>Waits for a message since its log was marked.</summary>
    public Task LogsAsync(string part) =>
        Eventually.SoAsync($"{this} logs '{part}'", () => Messages.Any(message => message.Contains(part, StringComparison.Ordinal)));

    /// <summary>Waits until all that it has said so far is in the log, which comes a little after what it answers.</summary>
    public async Task CatchUpAsync()
    {
        // The log is in order, so it is made to say one thing more.
        int said = Events("+set").Length;
        await AskAsync("SENTINEL", "SET", RedisLab.MasterName, "parallel-syncs", "1");
        await Eventually.SoAsync($"the log of {this} has caught up", () => Events("+set").Length > said);
    }

    /// <summary>Where it believes the master to be.</summary>
    public Task<int> MasterPortAsync() => this.MasterPortAsync(RedisLab.MasterName);

    public async Task<Dictionary<string, string>> MasterAsync() => (await AskAsync("SENTINEL", "MASTER", RedisLab.MasterName)).Fields();

    public async Task<Dictionary<string, string>[]> ReplicasAsync() => await ListAsync("REPLICAS");

    public async Task<Dictionary<string, string>[]> PeersAsync() => await ListAsync("SENTINELS");

    public override string ToString() => $"{(Make is Make.Ours ? "sentinel" : "redis-sentinel")} {Port}";

    private async Task<Dictionary<string, string>[]> ListAsync(string subcommand)
    {
        RespValue reply = await AskAsync("SENTINEL", subcommand, RedisLab.MasterName);
        return [.. reply.Items.Select(Replies.Fields)];
    }

    // <pid>:X <date> <time> <level> <message>
    [GeneratedRegex(@"^\d+:X \d\d \w{3} \d{4} [\d:.]+ [.*#-] (?<message>.*)$", RegexOptions.ExplicitCapture)]
    private static partial Regex LogLine();
}
