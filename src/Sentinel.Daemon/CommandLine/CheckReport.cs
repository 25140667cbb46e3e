using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Sentinel.Daemon.Configuration;

namespace Sentinel.Daemon.CommandLine;

/// <summary>How findings are told: to people line by line, to machines as JSON. Secrets are in neither.</summary>
internal static class CheckReport
{
    /// <summary>Risks or notes of one code that people are told one by one; the others are only counted, for a file of many masters has hundreds.</summary>
    private const int AlikeMax = 5;

    /// <summary>Writes <c>file:line: problem: what</c>, the line, and the cure, for each, or the number of those alike; and at the end what it comes to.</summary>
    public static void WriteText(TextWriter output, string file, IReadOnlyList<Finding> findings)
    {
        var told = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (Finding finding in findings)
        {
            int alike = told[finding.Code] = told.GetValueOrDefault(finding.Code) + 1;
            if (alike > AlikeMax && finding.Gravity != Gravity.Problem)    // a problem has to be cured, each
            {
                if (alike == AlikeMax + 1)
                    output.WriteLine($"{Place(file, null)}: {Name(finding.Gravity)}: {findings.Count(other => other.Code == finding.Code) - AlikeMax} more of the same; --json shows all [{finding.Code}]");
                continue;
            }
            output.WriteLine($"{Place(file, finding.Line)}: {Name(finding.Gravity)}: {Printable(finding.What)} [{finding.Code}]");
            if (finding.Line is { } line)
                output.WriteLine($"    {Printable(Secrets.Hide(line))}");
            output.WriteLine($"    cure: {Printable(finding.Cure)}");
        }
        int problems = Count(Gravity.Problem);
        output.WriteLine($"{Place(file, null)}: {Some(problems, "problem")}, {Some(Count(Gravity.Risk), "risk")}, {Some(Count(Gravity.Note), "note")}; a Sentinel {(problems > 0 ? "would not start" : "starts")} on it");

        int Count(Gravity gravity) => findings.Count(finding => finding.Gravity == gravity);
    }

    /// <summary>Writes one object: <c>file</c>, <c>starts</c>, and <c>findings</c> with severity, code, file, line, text, problem and cure.</summary>
    public static void WriteJson(Stream output, string file, IReadOnlyList<Finding> findings)
    {
        using var json = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        json.WriteStartObject();
        json.WriteString("file", Printable(file));
        json.WriteBoolean("starts", findings.All(finding => finding.Gravity != Gravity.Problem));
        json.WriteStartArray("findings");
        foreach (Finding finding in findings)
        {
            json.WriteStartObject();
            json.WriteString("severity", Name(finding.Gravity));
            json.WriteString("code", finding.Code);
            if (finding.Line is { } line)
            {
                json.WriteString("file", Printable(line.Origin == ConfigurationOrigin.CommandLine ? line.Place : line.File));
                json.WriteNumber("line", line.Number);
                json.WriteString("text", Printable(Secrets.Hide(line)));
            }
            json.WriteString("problem", Printable(finding.What));
            json.WriteString("cure", Printable(finding.Cure));
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        output.WriteByte((byte)'\n');
    }

    private static string Place(string file, ConfigurationLine? line) =>
        Printable(line is not null ? line.Place : file.Length == 0 ? "command line" : file);

    /// <summary>Without control characters, which would tamper with a terminal, and lone surrogates, which are bytes that are no text.</summary>
    private static string Printable(string text) => string.Concat(text.EnumerateRunes().Select(rune => Rune.IsControl(rune) ? "?" : rune.ToString()));

    private static string Name(Gravity gravity) => gravity.ToString().ToLowerInvariant();

    private static string Some(int count, string noun) => count == 0 ? $"no {noun}s" : count == 1 ? $"1 {noun}" : $"{count} {noun}s";
}
