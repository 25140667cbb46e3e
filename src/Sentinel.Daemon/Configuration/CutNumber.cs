using System.Globalization;

namespace Sentinel.Daemon.Configuration;

/// <summary>Numbers of <c>sentinel</c> lines that are more than a number, such as <c>1s</c>: C, and so Redis, reads what they begin with.</summary>
internal static class CutNumber
{
    private const NumberStyles Whole = NumberStyles.AllowLeadingWhite | NumberStyles.AllowLeadingSign;

    /// <summary>Those of a line.</summary>
    /// <param name="line">The line, which can be read.</param>
    /// <param name="kind">Its kind.</param>
    public static IEnumerable<ConfigurationDoubt> In(ConfigurationLine line, StatementKind kind)
    {
        foreach ((WordKind word, string text) in kind.Words.Zip(line.Words.Skip(2)))
        {
            if (word is not (WordKind.Number or WordKind.Epoch))
                continue;
            string read = word is WordKind.Number ? CNumber.ToInt(text).ToString(CultureInfo.InvariantCulture) : CNumber.ToUInt64(text).ToString(CultureInfo.InvariantCulture);
            bool isWhole = decimal.TryParse(text, Whole, CultureInfo.InvariantCulture, out decimal number);
            if (isWhole && number.ToString(CultureInfo.InvariantCulture) == read)
                continue;
            string unit = kind.Form.EndsWith("<milliseconds>", StringComparison.Ordinal) ? " ms" : kind.Form.EndsWith("<seconds>", StringComparison.Ordinal) ? " s" : "";
            yield return new ConfigurationDoubt(
                line, $"'{text}' is {(isWhole ? "out of range" : "no whole number")}; read as {read}{unit}", $"write '{kind.Usage}' with digits alone{(unit.Length > 0 ? ", without a unit" : "")}");
        }
    }
}
