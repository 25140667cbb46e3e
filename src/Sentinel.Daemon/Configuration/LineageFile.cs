using System.Text.Json;
using System.Text.Json.Serialization;
using Sentinel.Core;
using Sentinel.Daemon.Logging;

namespace Sentinel.Daemon.Configuration;

/// <summary>The file beside the configuration in which is kept what is known of the groups' data. To lose it is harmless.</summary>
internal static class LineageFile
{
    /// <summary>What its name has after that of the configuration file.</summary>
    public const string Suffix = ".lineage";

    /// <summary>A larger one is not ours: thousands of masters are less than that.</summary>
    private const int BytesMax = 16 * 1024 * 1024;

    /// <summary>Characters of a history or a run id.</summary>
    private const int IdLength = 40;

    /// <summary>Where it is.</summary>
    public static string PathOf(string configurationFile) => configurationFile + Suffix;

    /// <summary>Reads it. One that is missing, or cannot be read or understood, is as an empty one; the log says so.</summary>
    public static IReadOnlyList<LineageState> Read(string path, RedisLog log)
    {
        try
        {
            if (!File.Exists(path))
                return [];
            using FileStream file = File.OpenRead(path);
            if (file.Length > BytesMax)
                throw new InvalidDataException($"it is larger than {BytesMax} bytes");
            LineageState[] kept = JsonSerializer.Deserialize(file, LineageJson.Default.LineageStateArray) ?? [];
            return Array.TrueForAll(kept, IsSound) ? kept : throw new InvalidDataException("it has what was never written to it");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or JsonException or InvalidDataException)
        {
            log.Write(EventLevel.Warning, $"{path} cannot be used: {failure.Message} What the groups' data are is learnt anew, which is harmless, and written there again; should that fail, too, remove it, or give it to the user that runs this process.");
            return [];
        }
    }

    /// <summary>Its text.</summary>
    public static string Write(IEnumerable<LineageState> lineages) => JsonSerializer.Serialize([.. lineages], LineageJson.Default.LineageStateArray) + "\n";

    private static bool IsSound(LineageState? kept) =>
        kept is { MasterName.Length: > 0, Histories: { IsDefault: false, Length: <= LineageState.HistoriesMax } histories }
        && histories.All(IsId) && (kept.FormerHistory is null || IsId(kept.FormerHistory)) && (kept.RunId is null || IsId(kept.RunId))
        && (kept.BelievedEmpty is null || IsId(kept.BelievedEmpty));

    private static bool IsId(string? text) => text?.Length == IdLength;
}

/// <summary>How it is written.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(LineageState[]))]
internal sealed partial class LineageJson : JsonSerializerContext;
