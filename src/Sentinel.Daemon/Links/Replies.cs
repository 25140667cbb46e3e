using System.Collections.Immutable;
using Sentinel.Core;
using Sentinel.Resp;

namespace Sentinel.Daemon.Links;

/// <summary>Frees replies of the protocol they came in.</summary>
internal static class Replies
{
    /// <summary>What the core is told of a reply.</summary>
    public static Reply FromWire(RespValue value) => value.Kind switch
    {
        RespKind.Null => new Reply.Null(),
        RespKind.Integer when value.TryGetInteger(out long number) => new Reply.Integer(number),
        RespKind.Error or RespKind.BulkError => new Reply.Error(TextOf(value)),
        RespKind.Array or RespKind.Set or RespKind.Map or RespKind.Push => new Reply.List([.. value.Items.Select(FromWire)]),
        _ => new Reply.Text(TextOf(value)),
    };

    private static string TextOf(RespValue value) => value.TryGetText(out string? text) ? text : "";
}
