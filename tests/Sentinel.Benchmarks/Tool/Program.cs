using System.Runtime.InteropServices;
using Sentinel.Benchmarks.Macro;
using Sentinel.Benchmarks.Micro;
using Sentinel.Benchmarks.Soak;

namespace Sentinel.Benchmarks.Tool;

/// <summary>The command line.</summary>
internal static class Program
{
    private const int Done = 0, NotDone = 1, WrongUsage = 2, Stopped = 130;

    public static async Task<int> Main(string[] args)
    {
        if (args.Length == 0 || args.Contains("--help") || args.Contains("-h"))
        {
            Console.WriteLine(Help.Text);
            return args.Length == 0 ? WrongUsage : Done;
        }
        using var stopping = new CancellationTokenSource();
        using PosixSignalRegistration interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using PosixSignalRegistration terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using PosixSignalRegistration hungUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Stop);
        try
        {
            return await RunAsync(args[0], args[1..], stopping.Token) ? Done : NotDone;
        }
        catch (UsageException wrong)
        {
            Console.Error.WriteLine(wrong.Message);
            return WrongUsage;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            Console.Error.WriteLine("Stopped.");
            return Stopped;
        }

        void Stop(PosixSignalContext signal)
        {
            // All that was started is ended first.
            signal.Cancel = true;
            stopping.Cancel();
        }
    }

    private static async Task<bool> RunAsync(string what, string[] words, CancellationToken stopping) => what switch
    {
        "micro" => MicroRun.Run(MicroOptions.Parse(words)),
        "macro" => await MacroRun.RunAsync(MacroOptions.Parse(words), stopping),
        "soak" => await SoakRun.RunAsync(SoakOptions.Parse(words), stopping),
        _ => throw new UsageException($"{what}: there is micro, macro and soak; see --help"),
    };
}
