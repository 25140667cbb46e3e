using System.Globalization;

namespace Sentinel.Benchmarks.Servers;

/// <summary>What a process uses, as Linux tells it.</summary>
/// <param name="Cpu">Processor time since its start.</param>
/// <param name="MemoryBytes">What of it is resident.</param>
/// <param name="Handles">Open files and sockets.</param>
/// <param name="Threads">How many.</param>
internal sealed record ProcessUsage(TimeSpan Cpu, long MemoryBytes, int Handles, int Threads)
{
    /// <summary>Ticks of <c>/proc</c> in a second: the same on every Linux there is.</summary>
    private const double TicksPerSecond = 100;

    /// <returns>Null: there is no such process any more.</returns>
    public static ProcessUsage? Of(int process)
    {
        try
        {
            // After the name, which may hold anything, the fields are counted from the third on.
            string[] fields = File.ReadAllText($"/proc/{process}/stat").Split(") ")[^1].Split(' ');
            double ticks = double.Parse(fields[11], CultureInfo.InvariantCulture) + double.Parse(fields[12], CultureInfo.InvariantCulture);
            Dictionary<string, string> status = File.ReadAllLines($"/proc/{process}/status")
                .Select(line => line.Split(':', 2)).ToDictionary(pair => pair[0], pair => pair[1].Trim());
            // One that has ended and was not yet waited for has no memory.
            if (!status.TryGetValue("VmRSS", out string? resident))
                return null;
            return new ProcessUsage(
                TimeSpan.FromSeconds(ticks / TicksPerSecond),
                long.Parse(resident.Split(' ')[0], CultureInfo.InvariantCulture) * 1024,
                Directory.GetFileSystemEntries($"/proc/{process}/fd").Length,
                int.Parse(status["Threads"], CultureInfo.InvariantCulture));
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
