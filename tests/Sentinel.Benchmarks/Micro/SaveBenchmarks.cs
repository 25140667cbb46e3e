using BenchmarkDotNet.Attributes;
using Sentinel.Core;
using Sentinel.Daemon.Configuration;

namespace Sentinel.Benchmarks.Micro;

/// <summary>The state of a thousand masters is brought to disk, in its parts.</summary>
public class SaveBenchmarks
{
    private const int Masters = 1000;

    private readonly SentinelCore _core = new(WatchedGroups.StateOf(Masters), new SentinelOptions(), new Random(1), Instant.At(TimeSpan.FromHours(1)));
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sentinel-save-");
    private SentinelConfiguration _configuration = null!;
    private SentinelState _state = null!;
    private SentinelState _nextState = null!;
    private StateFile _file = null!;
    private readonly ConfigurationRewriter _rewriter = new();
    private string _text = "";
    private string _nextText = "";
    private string _written = "";
    private bool _isNext;

    [GlobalSetup]
    public void Write()
    {
        string path = Path.Combine(_folder.FullName, "sentinel.conf");
        _configuration = new SentinelConfiguration { File = path, Directory = _folder.FullName };
        _state = _core.State;
        MasterState changed = _state.Masters[Masters / 2];
        _nextState = _state with
        {
            CurrentEpoch = new Epoch(1),
            Masters = _state.Masters.SetItem(Masters / 2, changed with { Address = changed.Replicas[0], Replicas = [changed.Address, changed.Replicas[1]], ConfigEpoch = new Epoch(1) }),
        };
        _text = new ConfigurationRewriter().Rewrite("port 26379\n", _configuration, _state);
        _nextText = new ConfigurationRewriter().Rewrite(_text, _configuration, _nextState);
        _written = _rewriter.Rewrite(_text, _configuration, _state);
        File.WriteAllText(path, _text);
        _file = new StateFile(path);
    }

    [GlobalCleanup]
    public void Remove() => _folder.Delete(recursive: true);

    [Benchmark(Description = "take the state of 1000 masters")]
    public int State() => _core.State.Masters.Length;

    [Benchmark(Description = "write it into the configuration text, the first time")]
    public int WholeText() => new ConfigurationRewriter().Rewrite(_text, _configuration, _nextState).Length;

    [Benchmark(Description = "write it into that text again, one master changed")]
    public int ChangedText()
    {
        _isNext = !_isNext;
        _written = _rewriter.Rewrite(_written, _configuration, _isNext ? _nextState : _state);
        return _written.Length;
    }

    [Benchmark(Description = "write, fsync and rename the file")]
    public void Save()
    {
        // Every time another text, for the same one is not written again.
        _isNext = !_isNext;
        if (_file.Save(_ => _isNext ? _nextText : _text) is SaveResult.Failed failed)
            throw new IOException(failed.Error);
    }
}
