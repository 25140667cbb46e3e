using System.Globalization;
using System.Security;
using System.Text;

namespace Sentinel.Benchmarks.Macro;

/// <summary>The figures as bars, theirs above ours: a panel for each unit, with a scale of its own, logarithmic where values are far apart.</summary>
/// <param name="other">The name of the sentinel that is compared with.</param>
/// <param name="results">What was measured; things that are counted are in the table only.</param>
internal sealed class Chart(string other, IReadOnlyList<CaseResult> results)
{
    private const int Width = 920, LabelWidth = 390, BarsWidth = 420, BarHeight = 11, RowHeight = 34, TitleHeight = 44, Margin = 16, LegendHeight = 34;

    /// <summary>From which ratio of the largest to the smallest value on a linear scale would hide the small ones.</summary>
    private const double LinearMax = 20;

    private readonly StringBuilder _svg = new();
    private int _y;

    /// <summary>The picture, in colours that can be read on white and on black.</summary>
    public string Svg()
    {
        _svg.Clear();
        _y = Margin;
        Legend();
        foreach (Unit unit in Enum.GetValues<Unit>().Where(unit => unit is not Unit.Count))
        {
            (string Case, Row Row)[] rows = [.. results.SelectMany(result => result.Rows.Where(row => row.Unit == unit && row.Ours.Count > 0).Select(row => (result.Name, row)))];
            if (rows.Length > 0)
                Panel(unit, rows);
        }
        return string.Create(CultureInfo.InvariantCulture, $$"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {{Width}} {{_y + Margin}}" width="{{Width}}" font-family="system-ui, sans-serif" font-size="12" role="img">
            <title>{{SecurityElement.Escape(other)}} and Sentinel, side by side</title>
            <style>
              text { fill: #24292f } .title { font-weight: 600; font-size: 14px } .soft { fill: #57606a } .theirs { fill: #8c959f } .ours { fill: #0969da } .axis { stroke: #d0d7de }
              @media (prefers-color-scheme: dark) {
                text { fill: #e6edf3 } .soft { fill: #9198a1 } .theirs { fill: #6e7681 } .ours { fill: #4493f8 } .axis { stroke: #3d444d }
              }
            </style>
            {{_svg}}</svg>

            """);
    }

    private void Legend()
    {
        Bar("theirs", Margin, _y, BarHeight);
        Text(Margin + BarHeight + 6, _y + BarHeight, other);
        Bar("ours", Margin + 150, _y, BarHeight);
        Text(Margin + 150 + BarHeight + 6, _y + BarHeight, "here");
        Text(Margin + 230, _y + BarHeight, "median of the rounds", "soft");
        _y += LegendHeight;
    }

    private void Panel(Unit unit, (string Case, Row Row)[] rows)
    {
        double[] values = [.. rows.SelectMany(row => new[] { row.Row.Ours, row.Row.Theirs }.Where(side => side.Count > 0).Select(row.Row.Middle)).Where(value => value > 0)];
        if (values.Length == 0)
            return;
        bool isLogarithmic = values.Max() / values.Min() > LinearMax;
        // A decade that nobody reaches is where the logarithmic bars begin, so that the smallest has one, too.
        double start = isLogarithmic ? Math.Pow(10, Math.Floor(Math.Log10(values.Min())) - (IsPowerOfTen(values.Min()) ? 1 : 0)) : 0;
        double Length(double value) => value <= start ? 0
            : isLogarithmic ? Math.Log(value / start) / Math.Log(values.Max() / start) * BarsWidth
            : value / values.Max() * BarsWidth;

        Text(Margin, _y + 18, Figure.Title(unit) + (isLogarithmic ? ", logarithmic" : ""), "title");
        _y += TitleHeight - 10;
        int top = _y;
        foreach ((string name, Row row) in rows)
        {
            Text(Margin, _y + BarHeight + 4, $"{name}: {row.Label.Replace("`", "", StringComparison.Ordinal)}", "soft", LabelWidth - Margin - 8);
            Side("theirs", row, row.Theirs, Length);
            Side("ours", row, row.Ours, Length);
            _y += RowHeight - 2 * BarHeight;
        }
        _svg.Append(CultureInfo.InvariantCulture, $"<line class=\"axis\" x1=\"{LabelWidth}\" x2=\"{LabelWidth}\" y1=\"{top}\" y2=\"{_y - 8}\"/>\n");
        _y += 10;
    }

    private void Side(string kind, Row row, IReadOnlyList<double> values, Func<double, double> length)
    {
        if (values.Count > 0)
        {
            double value = row.Middle(values);
            Bar(kind, LabelWidth, _y, length(value));
            Text(LabelWidth + (int)length(value) + 6, _y + BarHeight - 1, $"{Figure.Of(value, row.Unit)}{Figure.Suffix(row.Unit)}", size: BarHeight);
        }
        _y += BarHeight;
    }

    private static bool IsPowerOfTen(double value) => Math.Log10(value) % 1 == 0;

    private void Bar(string kind, int x, int y, double length) =>
        _svg.Append(CultureInfo.InvariantCulture, $"<rect class=\"{kind}\" x=\"{x}\" y=\"{y}\" width=\"{length:0.#}\" height=\"{BarHeight - 1}\" rx=\"1\"/>\n");

    /// <param name="room">Pixels there are; a text that would be longer is pressed together. 0: as many as it takes.</param>
    private void Text(int x, int y, string text, string kind = "", int room = 0, int size = 12)
    {
        const double LetterWidth = 7;    // of a wide sans-serif of 12 pixels
        string fit = room > 0 && text.Length * LetterWidth > room ? $" textLength=\"{room}\" lengthAdjust=\"spacingAndGlyphs\"" : "";
        _svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{x}\" y=\"{y}\" class=\"{kind}\" font-size=\"{size}\"{fit}>{SecurityElement.Escape(text)}</text>\n");
    }
}
