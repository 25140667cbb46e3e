using System.Text.Json;
using Sentinel.Resp;

namespace Sentinel.Daemon.Commands;

/// <summary>What <c>COMMAND DOCS</c> says beyond a command's own description: complexity, history, arguments. redis-cli makes its hints of it.</summary>
/// <remarks>Kept as data in <c>CommandDocs.json</c>, in the shape and the order of the reply; read when somebody asks first.</remarks>
internal static class CommandDocs
{
    /// <summary>What the protocol holds to be sets.</summary>
    private static readonly string[] Sets = ["history", "flags", "doc_flags"];

    private static readonly Lazy<Dictionary<string, JsonElement>> All = new(Read);

    /// <summary>Writes the fields that follow after the group.</summary>
    /// <param name="reply">In the middle of the map of a command.</param>
    /// <param name="fullName">Which.</param>
    public static void WriteFields(RespWriter reply, string fullName)
    {
        if (All.Value.TryGetValue(fullName, out JsonElement docs))
            WriteProperties(reply, docs);
    }

    /// <summary>How many fields there are.</summary>
    public static int CountOf(string fullName) => All.Value.TryGetValue(fullName, out JsonElement docs) ? docs.GetPropertyCount() : 0;

    private static Dictionary<string, JsonElement> Read()
    {
        using Stream stream = typeof(CommandDocs).Assembly.GetManifestResourceStream("CommandDocs.json")!;
        using JsonDocument document = JsonDocument.Parse(stream);
        return document.RootElement.EnumerateObject().ToDictionary(command => command.Name, command => command.Value.Clone());
    }

    private static void WriteProperties(RespWriter reply, JsonElement map)
    {
        foreach (JsonProperty property in map.EnumerateObject())
        {
            reply.WriteBulkString(property.Name);
            bool isSet = Sets.Contains(property.Name);
            if (property.Value.ValueKind is not JsonValueKind.Array)
                reply.WriteBulkString(property.Value.GetString());
            else
                WriteItems(reply, property.Value, isSet, isWord: isSet && property.Name != "history");
        }
    }

    private static void WriteItems(RespWriter reply, JsonElement items, bool isSet, bool isWord)
    {
        if (isSet)
            reply.WriteSetHeader(items.GetArrayLength());
        else
            reply.WriteArrayHeader(items.GetArrayLength());
        foreach (JsonElement item in items.EnumerateArray())
        {
            if (item.ValueKind is JsonValueKind.Object)
            {
                reply.WriteMapHeader(item.GetPropertyCount());
                WriteProperties(reply, item);
            }
            else if (item.ValueKind is JsonValueKind.Array)
                WriteItems(reply, item, isSet: false, isWord: false);
            else if (isWord)
                reply.WriteSimpleString(item.GetString());
            else
                reply.WriteBulkString(item.GetString());
        }
    }
}
