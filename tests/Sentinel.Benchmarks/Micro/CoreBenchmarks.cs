using BenchmarkDotNet.Attributes;
using Sentinel.Core;

namespace Sentinel.Benchmarks.Micro;

/// <summary>What the deciding loop does most: it takes in one fact.</summary>
public class CoreBenchmarks
{
    private WatchedGroups _groups = null!;
    private Input _pong = null!;
    private Input _info = null!;
    private Input _hello = null!;

    [Params(1, 1000)]
    public int Masters { get; set; }

    [GlobalSetup]
    public void Watch()
    {
        _groups = new WatchedGroups(Masters);
        _pong = new Answered(_groups.MasterLink, _groups.MasterAttempt, Request.Ping.Instance, new Reply.Text("PONG"));
        _info = new Answered(_groups.MasterLink, _groups.MasterAttempt, Request.Info.Instance, new Reply.Text(_groups.MasterInfo));
        _hello = new HelloReceived(_groups.Hello);
        // What belongs to no connection of now would be passed over, quickly.
        _groups.Wait(TimeSpan.FromMilliseconds(1));
        _groups.Step(_info);
        if (_groups.MasterInfoAt != _groups.Now)
            throw new InvalidOperationException("the core did not take in what is to be measured");
    }

    [Benchmark(Description = "decide on a PONG")]
    public int Pong() => _groups.Step(_pong);

    [Benchmark(Description = "decide on a hello")]
    public int Hello() => _groups.Step(_hello);

    [Benchmark(Description = "decide on an INFO")]
    public int Info() => _groups.Step(_info);
}
