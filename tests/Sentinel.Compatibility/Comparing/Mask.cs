using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Sentinel.Compatibility.Wire;

namespace Sentinel.Compatibility.Comparing;

/// <summary>A field whose value cannot be the same on two servers, and the form that it must have on both.</summary>
/// <param name="Command">The first words of the requests that show it.</param>
/// <param name="Fields">Its name, or several, with a blank between them. Empty: the whole reply.</param>
/// <param name="Form">What all values look like, from their first character to their last.</param>
/// <param name="Shown">What is compared instead; that of a value of another form is the value.</param>
internal sealed record Mask(string Command, string Fields, Regex Form, string Shown)
{
    public WireValue Apply(WireValue reply)
    {
        if (Fields.Length == 0)
            return reply with { Text = reply.Text is { } text ? Masked(text) : null };
        return Fields.Split(' ').Aggregate(reply, (masked, field) =>
        {
            var inText = new Regex($@"(?<=^|^txt:|\s){Regex.Escape(field)}[:=](?<value>[^\r\n ]*)", RegexOptions.Multiline);
            return masked.MapTexts(text => inText.Replace(text, found => found.Value[..^found.Groups["value"].Length] + Masked(found.Groups["value"].Value)))
                .MapItems(items => MaskedPairs(items, field));
        });
    }

    private ImmutableArray<WireValue> MaskedPairs(ImmutableArray<WireValue> items, string field)
    {
        for (int i = 0; i + 1 < items.Length; i += 2)
        {
            if (items[i].Text == field && items[i + 1].Text is { } value)
                items = items.SetItem(i + 1, items[i + 1] with { Text = Masked(value) });
        }
        return items;
    }

    private string Masked(string value) => Form.Match(value) is { Success: true } match && match.Length == value.Length ? Shown : value;
}
