using System.Runtime.Versioning;
using Sentinel.Core;
using Sentinel.Daemon.Configuration;

namespace Sentinel.Daemon.Tests.Configuration;

/// <summary>A save is stopped at each of the calls that it makes to the system, one after the other.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class CrashTests : IDisposable
{
    private const string Error = "Input/output error";

    /// <summary>Reading the file, creating the new one, writing it, its owner and mode, fsync, renaming, fsync of the folder.</summary>
    private const int CallsMin = 8;

    private static readonly string[] Texts = [Text(0), Text(1), Text(2)];

    private readonly TemporaryFolder _folder = new();

    private string FilePath => _folder.File("sentinel.conf");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void When_the_process_dies_at_any_call_the_file_is_the_old_one_or_the_new_one()
    {
        int last = ForEachCall(error: null, (disk, _) => Assert.Contains(Loaded(), new[] { 0, 1 }));
        Assert.True(last > CallsMin);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(0, true)]
    [InlineData(0.5, false)]
    [InlineData(0.5, true)]
    [InlineData(1, false)]
    [InlineData(1, true)]
    public void When_the_power_fails_at_any_call_the_file_is_the_old_one_or_the_new_one(double keptOfUnsynced, bool keepsNames) =>
        ForEachCall(error: null, (disk, result) =>
        {
            disk.LosePower(keptOfUnsynced, keepsNames);
            Assert.Contains(Loaded(), result is null ? new[] { 0, 1 } : [1]);    // what was said to be saved is
        });

    [Fact]
    public void An_error_at_any_call_fails_the_save_and_leaves_a_whole_file_and_nothing_else()
    {
        int failures = 0;
        ForEachCall(Error, (disk, result) =>
        {
            bool isForgiven = result is SaveResult.Saved;    // an owner that cannot be kept is no reason not to save
            failures += isForgiven ? 0 : 1;
            Assert.True(isForgiven || result == new SaveResult.Failed(Error));
            Assert.Contains(Loaded(), isForgiven ? new[] { 1 } : [0, 1]);
            Assert.Equal(["sentinel.conf"], _folder.Names());
        });
        Assert.True(failures >= CallsMin - 2);
    }

    [Fact]
    public void After_an_error_the_next_save_brings_everything_to_disk_anew() =>
        ForEachCall(Error, (disk, _) =>
        {
            Assert.Equal(SaveResult.Saved.Instance, Assert.IsType<StateFile>(_file).Save(_ => Texts[2]));
            disk.LosePower(keptOfUnsynced: 0, keepsNames: false);
            Assert.Equal(2, Loaded());
        });

    /// <summary>Method: a long series of saves and faults of every kind from one seed; after each loss of power the state is read anew.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void No_epoch_that_was_said_to_be_saved_is_ever_forgotten(int seed)
    {
        var random = new Random(seed);
        File.WriteAllText(FilePath, Text(0));
        int epoch = 0;
        int crashes = 0;
        for (int saved = 0; epoch < 300;)
        {
            var disk = new FaultyDisk();
            var file = new StateFile(FilePath, disk);
            bool isAlive = true;
            while (isAlive && epoch < 300)
            {
                disk.Rearm(random.Next(25), random.Next(2) == 0 ? Error : null);
                try
                {
                    string text = Text(++epoch);
                    if (file.Save(_ => text) is SaveResult.Saved)
                        saved = epoch;
                }
                catch (FaultyDisk.Death)
                {
                    isAlive = false;
                }
            }
            if (random.Next(3) > 0)
                disk.LosePower(random.NextDouble(), random.Next(2) == 0);
            Assert.InRange(Loaded(), saved, epoch);
            saved = Loaded();    // what is read at a start counts from then on; the first save of a start writes it again
            crashes++;
        }
        Assert.InRange(crashes, 10, 300);
    }

    private StateFile? _file;

    /// <summary>Stops a save at its first call, another one at its second, and so on, until one gets through.</summary>
    /// <param name="error">What the call says; null: the process dies there.</param>
    /// <param name="check">Given the disk, and the outcome: null when there was none, for the process died.</param>
    /// <returns>The call that did not stop any more.</returns>
    private int ForEachCall(string? error, Action<FaultyDisk, SaveResult?> check)
    {
        for (int call = 1; ; call++)
        {
            File.WriteAllText(FilePath, Texts[0]);
            var disk = new FaultyDisk();
            _file = new StateFile(FilePath, disk);
            File.SetLastWriteTimeUtc(FilePath, DateTime.UnixEpoch);    // somebody touched it, so that it is read again too
            disk.Rearm(call, error);
            SaveResult? result = null;
            try
            {
                result = _file.Save(_ => Texts[1]);
            }
            catch (FaultyDisk.Death)
            {
                // The process is gone.
            }
            bool hasStopped = disk.HasStopped;
            disk.Rearm(0, null);
            check(disk, result);
            if (!hasStopped)
                return call;
        }
    }

    /// <summary>What a fresh start makes of the folder: the epoch that it reads; it must be able to, and to clean up.</summary>
    private int Loaded()
    {
        string text = File.ReadAllText(FilePath);
        int epoch = (int)ConfigurationLoader.Parse(text, "", FilePath, _folder.Path).CurrentEpoch.Number;
        Assert.Equal(Text(epoch), text);
        Assert.IsType<SaveResult.Saved>(new StateFile(FilePath).Save(old => old));
        Assert.Equal(["sentinel.conf"], _folder.Names());
        return epoch;
    }

    /// <summary>A file that holds the state of an epoch.</summary>
    private static string Text(int epoch)
    {
        var random = new Random(epoch);
        SentinelState state = Samples.State(random, Samples.PlainName);
        SentinelConfiguration configuration = ReadingTests.Read("");
        MasterState[] masters = [.. state.Masters.Select(master => master with { ConfigEpoch = default, LeaderEpoch = default })];
        return new ConfigurationRewriter().Rewrite("# mine\n", configuration, new SentinelState(state.Id, new Epoch((ulong)epoch), [.. masters]));
    }
}
