using Xunit.Abstractions;

namespace Sentinel.Daemon.Tests.Lab;

/// <summary>Labs run one after the other: a lab is up to seven processes, and what it does depends on time.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class LabCollection
{
    public const string Name = "Lab";
}

/// <summary>Tests that use a lab. Whatever fails, what its servers said last is shown with it.</summary>
[Collection(LabCollection.Name)]
public abstract class LabTests(ITestOutputHelper output) : IAsyncLifetime
{
    private readonly List<RedisLab> _shown = [];
    private readonly List<RedisLab> _own = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (RedisLab lab in _shown)
            output.WriteLine(lab.Transcript());
        foreach (RedisLab lab in _own)
            await lab.DisposeAsync();
    }

    /// <summary>A lab of the test's own, of which nothing runs yet.</summary>
    private protected RedisLab NewLab(LabOptions options)
    {
        var lab = new RedisLab(options);
        _shown.Add(lab);
        _own.Add(lab);
        return lab;
    }

    /// <summary>A lab of the test's own, in which all is well.</summary>
    private protected async Task<RedisLab> HealthyLabAsync(LabOptions options)
    {
        RedisLab lab = NewLab(options);
        await lab.HealAsync();
        return lab;
    }

    /// <summary>The lab of the class, in which all is well again.</summary>
    private protected async Task<RedisLab> HealthyLabAsync(SharedLab shared)
    {
        _shown.Add(shared.Lab);
        await shared.Lab.HealAsync();
        return shared.Lab;
    }
}

/// <summary>One lab for the tests of a class that leave it as healthy as they find it.</summary>
public sealed class SharedLab : IAsyncLifetime
{
    internal RedisLab Lab { get; } = new(new LabOptions());

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await Lab.DisposeAsync();
}
