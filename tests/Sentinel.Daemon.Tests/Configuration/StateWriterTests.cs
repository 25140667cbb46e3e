using System.Collections.Concurrent;
using Sentinel.Core;
using Sentinel.Daemon.Configuration;

namespace Sentinel.Daemon.Tests.Configuration;

/// <summary>One save at a time, the newest of those asked for; none is forgotten.</summary>
public sealed class StateWriterTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly TemporaryFolder _folder = new();
    private readonly BlockingCollection<(SaveNumber Number, string? Error)> _completed = [];
    private readonly string _path;

    public StateWriterTests() => _path = _folder.File("s.conf");

    public void Dispose()
    {
        _completed.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_save_is_on_disk_when_its_completion_is_told()
    {
        await using StateWriter writer = Writer();
        writer.Request(new(1), _ => "one");
        Assert.Equal((new SaveNumber(1), null), Next());
        Assert.Equal("one", await File.ReadAllTextAsync(_path));
    }

    [Fact]
    public async Task All_that_is_asked_for_during_a_save_is_covered_by_the_next_one()
    {
        using var isWriting = new ManualResetEventSlim();
        using var mayWrite = new ManualResetEventSlim();
        int made = 0;
        await using StateWriter writer = Writer();
        writer.Request(new(1), _ =>
        {
            isWriting.Set();
            Assert.True(mayWrite.Wait(Patience));
            return "1";
        });
        Assert.True(isWriting.Wait(Patience));
        for (int i = 2; i <= 100; i++)
        {
            string text = $"{i}";
            writer.Request(new(i), _ =>
            {
                made++;
                return text;
            });
        }
        Assert.Empty(_completed);
        mayWrite.Set();
        Assert.Equal((new SaveNumber(1), null), Next());
        Assert.Equal((new SaveNumber(100), null), Next());
        await writer.StopAsync(CancellationToken.None);
        Assert.Empty(_completed);
        Assert.Equal(1, made);
        Assert.Equal("100", await File.ReadAllTextAsync(_path));
    }

    [Fact]
    public async Task A_failed_save_is_told_with_its_error_and_the_next_one_is_tried()
    {
        _folder.Dispose();
        await using StateWriter writer = Writer();
        writer.Request(new(1), _ => "one");
        Assert.Equal((new SaveNumber(1), "No such file or directory"), Next());
        Directory.CreateDirectory(_folder.Path);
        writer.Request(new(2), _ => "two");
        Assert.Equal((new SaveNumber(2), null), Next());
        Assert.Equal("two", await File.ReadAllTextAsync(_path));
    }

    [Fact]
    public async Task A_snapshot_that_cannot_be_made_is_an_error_of_that_save_only()
    {
        await using StateWriter writer = Writer();
        writer.Request(new(1), _ => throw new InvalidDataException("a bug"));
        (SaveNumber number, string? error) = Next();
        Assert.Equal(new SaveNumber(1), number);
        Assert.Contains("a bug", error, StringComparison.Ordinal);
        writer.Request(new(2), _ => "two");
        Assert.Equal((new SaveNumber(2), null), Next());
    }

    [Fact]
    public async Task Stopping_makes_the_save_that_waits()
    {
        using var isWriting = new ManualResetEventSlim();
        using var mayWrite = new ManualResetEventSlim();
        StateWriter writer = Writer();
        writer.Request(new(1), _ =>
        {
            isWriting.Set();
            Assert.True(mayWrite.Wait(Patience));
            return "one";
        });
        Assert.True(isWriting.Wait(Patience));
        writer.Request(new(2), _ => "two");
        Task stopped = writer.StopAsync(CancellationToken.None);
        Assert.False(stopped.IsCompleted);
        Assert.Throws<InvalidOperationException>(() => writer.Request(new(3), _ => "three"));
        mayWrite.Set();
        await stopped.WaitAsync(Patience);
        Assert.Equal([new(1), new(2)], _completed.Select(completed => completed.Number));
        Assert.Equal("two", await File.ReadAllTextAsync(_path));
    }

    [Fact]
    public async Task Stopping_can_be_given_up_when_the_disk_does_not_answer()
    {
        using var mayWrite = new ManualResetEventSlim();
        StateWriter writer = Writer();
        writer.Request(new(1), _ =>
        {
            Assert.True(mayWrite.Wait(Patience));
            return "one";
        });
        using var impatient = new CancellationTokenSource();
        Task stopped = writer.StopAsync(impatient.Token);
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stopped);
        mayWrite.Set();
        await writer.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task Stopping_twice_or_without_any_save_does_no_harm()
    {
        StateWriter writer = Writer();
        await writer.StopAsync(CancellationToken.None);
        await writer.DisposeAsync();
        Assert.Empty(_completed);
        Assert.False(File.Exists(_path));
    }

    [Fact]
    public async Task Saves_asked_for_from_many_threads_complete_in_order_and_the_last_one_is_on_disk()
    {
        StateWriter writer = Writer();
        var gate = new Lock();
        long number = 0;
        Task[] tasks = [.. Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (int i = 0; i < 250; i++)
            {
                lock (gate)
                {
                    string text = $"{++number}";
                    writer.Request(new(number), _ => text);
                }
            }
        }))];
        await Task.WhenAll(tasks);
        await writer.StopAsync(CancellationToken.None);
        List<long> completed = [.. _completed.Select(completed => completed.Number.Number)];
        Assert.Equal(completed.Order(), completed);
        Assert.Equal(1000, completed[^1]);
        Assert.All(_completed, completed => Assert.Null(completed.Error));
        Assert.Equal("1000", await File.ReadAllTextAsync(_path));
    }

    private StateWriter Writer() => new(new StateFile(_path), (number, error) => _completed.Add((number, error)));

    private (SaveNumber Number, string? Error) Next()
    {
        Assert.True(_completed.TryTake(out var completed, Patience));
        return completed;
    }
}
