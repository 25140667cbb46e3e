namespace Sentinel.Daemon.Tests.Lab;

/// <summary>A redis-server.</summary>
internal sealed class RedisNode(string folder, int port, string configuration) : Server(folder, port, configuration)
{
    protected override string Program => "redis-server";

    /// <summary>Its role now, and for a replica whom it follows: <c>master</c>, <c>slave of 20001</c>, <c>slave of 20001 (connect)</c>.</summary>
    public async Task<string> RoleAsync() => await AskAsync("ROLE") is { Items: [var role, .. var rest] }
        ? role.Text() == "slave" && rest is [_, var master, var link, ..]
            ? $"slave of {master.Text()}{(link.Text() == "connected" ? "" : $" ({link.Text()})")}"
            : role.Text()
        : "unknown";

    public Task FollowAsync(RedisNode master) => AskAsync("REPLICAOF", "127.0.0.1", $"{master.Port}");

    public override string ToString() => $"node {Port}";
}
