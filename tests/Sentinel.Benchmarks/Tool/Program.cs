using Sentinel.Benchmarks.Micro;

namespace Sentinel.Benchmarks.Tool;

/// <summary>The command line.</summary>
internal static class Program
{
    private const int Done = 0, NotDone = 1, WrongUsage = 2;

    public static int Main(string[] args)
    {
        if (args.Length == 0 || args.Contains("--help") || args.Contains("-h"))
        {
            Console.WriteLine(Help.Text);
            return args.Length == 0 ? WrongUsage : Done;
        }
        try
        {
            return args[0] switch
            {
                "micro" => MicroRun.Run(MicroOptions.Parse(args[1..])) ? Done : NotDone,
                _ => throw new UsageException($"{args[0]}: there is micro, macro and soak; see --help"),
            };
        }
        catch (UsageException wrong)
        {
            Console.Error.WriteLine(wrong.Message);
            return WrongUsage;
        }
    }
}
