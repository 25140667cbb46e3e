namespace Sentinel.Benchmarks.Tool;

/// <summary>What the help says.</summary>
internal static class Help
{
    public const string Text =
        """
        How fast it is, beside redis-sentinel, and whether it stays well under faults.

          dotnet run -c Release --project tests/Sentinel.Benchmarks -- WHAT [HOW]

        micro     pieces of the code by themselves: time and memory of one operation
          --only NAME,NAME       of resp, core, election, save, fanout (default: all)
          --quick                three short iterations each: a look, no measurement

        macro     real servers, sentinels of both makes by turns in one run: a Markdown table and a chart
          --case NAME,NAME       of kill, stop, manual, crash, planned, queries, start, masters, mass, partition (default: all)
          --rounds N             how often each is measured with each make (default 5)
          --masters N            masters of the cases masters and mass (default 100)
          --down-after MS        down-after-milliseconds of kill, stop, manual and start (default 1000)
          --against PATH         what to compare with (default /usr/bin/redis-sentinel)

        soak      real servers under faults drawn from a seed: needless failovers, lost writes, memory, handles, warnings
          --minutes N            how long faults strike (may be 0.5)
          --seed N               which faults (default: a new one, which is shown)
          --groups N             groups of a master and two replicas (default 3)
          --down-after MS        down-after-milliseconds (default 1000)

        macro and soak:
          --sentinel PATH        ours (default: src/Sentinel.Daemon, published to a temporary folder as it is shipped)

        all:
          --output FOLDER        where the results go (default: sentinel-benchmarks in the folder for temporary files)
          --help                 this

        They need redis-server, macro redis-benchmark and redis-sentinel too, the case partition root and iproute2. TEST_PORTS=A-B are the ports
        that they may use on 127.0.0.1 (default 10000-20000). Ctrl-C and SIGTERM end all that was started.
        Exit code: 0 all was measured, and the soak is good; 1 something was not, or is not; 2 this command line makes no sense; 130 stopped.
        """;
}
