using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Sentinel.Compatibility.Wire;

namespace Sentinel.Compatibility.Comparing;

/// <summary>What comes in no order: what the original keeps in a hash table, which differs from run to run. Sorted, so that it can be compared.</summary>
internal static partial class Orders
{
    private static readonly (string Command, Func<WireValue, WireValue> Sort)[] s_all =
    [
        ("SENTINEL MASTERS", SortItems),
        ("SENTINEL REPLICAS", SortItems),
        ("SENTINEL SLAVES", SortItems),
        ("SENTINEL SENTINELS", SortItems),
        ("ROLE", reply => reply.MapItems(items => items.All(item => item.Type == '$') ? Sorted(items) : items)),
        ("ACL CAT", SortItems),
        ("ACL LIST", reply => SortItems(reply.MapTexts(SortRules))),
        ("ACL GETUSER", reply => reply.MapTexts(SortRules)),
        ("COMMAND", SortCommands),
        ("INFO", reply => reply.MapTexts(SortMasters)),
        ("CLIENT LIST", reply => reply.MapTexts(OneFieldALine)),
        ("CLIENT INFO", reply => reply.MapTexts(OneFieldALine)),
    ];

    public static WireValue Apply(string request, WireValue reply) => s_all
        .Where(order => RequestText.Split(request).Any(asked => Masks.Begins(asked, order.Command)))
        .Aggregate(reply, (sorted, order) => order.Sort(sorted));

    private static WireValue SortItems(WireValue reply) => reply.Items is { } items ? reply with { Items = Sorted(items) } : reply;

    private static ImmutableArray<WireValue> Sorted(ImmutableArray<WireValue> items) => items.Sort((a, b) => string.CompareOrdinal($"{a}", $"{b}"));

    /// <summary>Lists of names, of descriptions (ten parts each, the last of them such a list), of names with their documentation.</summary>
    private static WireValue SortCommands(WireValue reply) => SortLists(reply, isRoot: true);

    private static WireValue SortLists(WireValue value, bool isRoot) => value.MapItems(items =>
    {
        if (items is [{ Type: '*' }, ..] && items.All(item => item.Items is { Length: 10 } || item.Type == '_' || item.Text is null && item.Items is null))
            return Sorted(items);
        if (items.Length > 1 && items.All(item => item.Type == '$' && item.Text is not null && CommandName().IsMatch(item.Text)))
            return Sorted(items);
        if (items.Length > 2 && items.Length % 2 == 0 && items.Where((_, i) => i % 2 == 1).All(item => item.Items?.FirstOrDefault()?.Text == "summary"))
            return [.. items.Chunk(2).OrderBy(pair => pair[0].Text, StringComparer.Ordinal).SelectMany(pair => pair)];
        return items;
    });

    /// <summary>The commands that a user may call, which nobody gave in an order.</summary>
    private static string SortRules(string text)
    {
        string[] words = text.Split(' ');
        string[] allowed = [.. words.Where(IsCommand).Order(StringComparer.Ordinal)];
        int next = 0;
        return string.Join(' ', words.Select(word => IsCommand(word) ? allowed[next++] : word));

        static bool IsCommand(string word) => word.StartsWith('+') && !word.StartsWith("+@", StringComparison.Ordinal);
    }

    /// <summary>Numbers the masters of INFO by their names.</summary>
    private static string SortMasters(string text)
    {
        string[] masters = [.. MasterLine().Matches(text).Select(line => line.Groups["rest"].Value).Order(StringComparer.Ordinal)];
        int next = 0;
        return MasterLine().Replace(text, _ => string.Create(CultureInfo.InvariantCulture, $"master{next}:{masters[next++]}"));
    }

    /// <summary>So that a difference shows the field that differs, not the line of all of them.</summary>
    private static string OneFieldALine(string text) => text.Replace(" ", "\n ", StringComparison.Ordinal);

    [GeneratedRegex(@"^[a-z]+(\|[a-z-]+)?$")]
    private static partial Regex CommandName();

    [GeneratedRegex(@"^master\d+:(?<rest>.*)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex MasterLine();
}
