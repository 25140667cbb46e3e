namespace Sentinel.Simulation.Tool;

/// <summary>The command line of the simulation.</summary>
internal static class Program
{
    public static int Main(string[] args)
    {
        Console.WriteLine(string.Join(' ', args));
        return 0;
    }
}
