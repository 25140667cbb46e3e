using Sentinel.Core;

namespace Sentinel.Daemon.Tests;

/// <summary>The facts that wait to be decided.</summary>
public class InputQueueTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    [Fact]
    public void All_that_waits_is_taken_at_once_in_the_order_in_which_it_came()
    {
        var queue = new InputQueue(10);
        Input[] inputs = [.. Enumerable.Range(0, 5).Select(Fact)];
        queue.Add(inputs[0]);
        queue.AddAll(inputs[1..4]);
        Assert.True(queue.TryAdd(inputs[4]));
        Assert.Equal(inputs, queue.Take(0));
        Assert.Empty(queue.Take(0));
    }

    [Fact]
    public async Task Who_waits_for_a_fact_is_woken_by_it()
    {
        var queue = new InputQueue(10);
        Task<int> taken = Task.Run(() => queue.Take((int)s_patience.TotalMilliseconds).Count);
        queue.Add(Fact(1));
        Assert.Equal(1, await taken.WaitAsync(s_patience));
    }

    [Fact]
    public void Beyond_its_bound_a_fact_that_may_be_lost_is()
    {
        var queue = new InputQueue(2);
        Assert.True(queue.TryAdd(Fact(1)));
        Assert.True(queue.TryAdd(Fact(2)));
        Assert.False(queue.TryAdd(Fact(3)));
        Assert.Equal([Fact(1), Fact(2)], queue.Take(0));
        Assert.True(queue.TryAdd(Fact(4)));
    }

    [Fact]
    public async Task Beyond_its_bound_who_hands_in_waits_and_nothing_is_lost_or_overtaken()
    {
        const int Count = 1000;
        var queue = new InputQueue(3);
        Task writing = Task.Run(() => queue.AddAll([.. Enumerable.Range(0, Count).Select(Fact)]));
        List<Input> taken = [];
        while (taken.Count < Count)
        {
            IReadOnlyList<Input> some = queue.Take((int)s_patience.TotalMilliseconds);
            Assert.InRange(some.Count, 1, 3);
            taken.AddRange(some);
        }
        await writing.WaitAsync(s_patience);
        Assert.Equal(Enumerable.Range(0, Count).Select(Fact), taken);
    }

    [Fact]
    public async Task Once_it_is_closed_nobody_waits_and_what_was_handed_in_may_still_be_taken()
    {
        var queue = new InputQueue(1);
        queue.Add(Fact(1));
        Task waiting = Task.Run(() => queue.Add(Fact(2)));
        queue.Close();
        await waiting.WaitAsync(s_patience);
        Assert.False(queue.TryAdd(Fact(3)));
        Assert.False(queue.IsCompleted);
        Assert.NotEmpty(queue.Take(int.MaxValue));
        Assert.Empty(queue.Take(int.MaxValue));
        Assert.True(queue.IsCompleted);
    }

    private static HelloReceived Fact(int number) => new($"{number}");
}
