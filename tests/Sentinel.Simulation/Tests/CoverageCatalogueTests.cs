using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Sentinel.Core;
using Sentinel.Simulation.Faults;
using Sentinel.Simulation.Kernel;
using Sentinel.Simulation.Tool;

namespace Sentinel.Simulation.Tests;

/// <summary>The catalogue says all that the core can say, and knows it when it is said.</summary>
public partial class CoverageCatalogueTests
{
    public static TheoryData<string> Sampled => [.. CoverageCatalogue.Entries.Where(entry => entry.Sample is not null).Select(entry => entry.Name)];

    [Theory]
    [MemberData(nameof(Sampled))]
    public void An_entry_recognises_its_sample_and_no_other_branch_does(string name)
    {
        CoverageEntry entry = Assert.Single(CoverageCatalogue.Entries, entry => entry.Group == "branches" && entry.Name == name);
        string key = Assert.Single(Keys(entry), key => !key.StartsWith("event ", StringComparison.Ordinal));
        Assert.Equal([entry], CoverageCatalogue.Entries.Where(other => other.Recognises(key)));
        // A name with a digit in it counts as a word that varies, and takes what is joined to it along.
        string numbered = string.Join(' ', key.Split(' ').Select(word => word.Contains("mymaster", StringComparison.Ordinal) ? "#" : word));
        Assert.Equal([entry], CoverageCatalogue.Entries.Where(other => other.Recognises(numbered)));
    }

    [Fact]
    public void Names_are_unique_within_their_group() =>
        Assert.Empty(CoverageCatalogue.Entries.GroupBy(entry => (entry.Group, entry.Name)).Where(same => same.Count() > 1).Select(same => same.Key));

    [Fact]
    public void Every_event_of_the_core_is_in_the_catalogue_or_left_out_with_a_reason()
    {
        // A state of a failover has its event under "events" too.
        string[] known = [.. CoverageCatalogue.Entries.Where(entry => entry.Group == "events").Select(entry => entry.Name), .. CoverageCatalogue.LeftOut.Keys.Where(text => text[0] is '+' or '-')];
        string[] told = [.. CoreSources().SelectMany(source => EventName().Matches(source)).Select(match => match.Groups["name"].Value).Distinct()];
        Assert.Contains("+switch-master", told);
        Assert.Empty(told.Except(known));
        Assert.Empty(known.Except(told));
    }

    [Fact]
    public void Every_line_and_reason_of_the_core_is_in_the_catalogue_or_left_out_with_a_reason()
    {
        string[] known = [.. CoverageCatalogue.Entries.SelectMany(Keys).Concat(CoverageCatalogue.LeftOut.Keys)];
        string[] said = [.. CoreSources().SelectMany(source => Saying().Matches(source)).Select(match => LongestPiece(match.Groups["text"].Value)).Distinct()];
        Assert.Contains(" takes no more requests", said);
        Assert.Equal([], said.Where(text => !known.Any(key => Contains(key, text))));
    }

    [Fact]
    public void Every_reason_that_the_core_gives_is_in_the_catalogue_or_left_out_with_a_reason()
    {
        string[] known = [.. CoverageCatalogue.Entries.SelectMany(Keys).Concat(CoverageCatalogue.LeftOut.Keys)];
        string[] given = [.. CoreSources().SelectMany(ReasonsIn).Distinct()];
        Assert.Contains("it is down", given);
        Assert.Contains("its priority is #", given);
        Assert.Contains("it restarted without its data: it has ", given);
        Assert.Contains("by order", given);
        Assert.Equal([], given.Where(text => !known.Any(key => Contains(key, text))));
    }

    [Fact]
    public void What_only_Rediss_kind_came_across_stays_a_hole()
    {
        var coverage = new Coverage();
        coverage.Count(new SentinelEvent("+tilt", EventLevel.Warning, ""), isOfLegacy: true);
        Assert.DoesNotContain(CoverageCatalogue.Entries, entry => coverage.Counts.Keys.Any(entry.Recognises));
    }

    [Fact]
    public void Every_fault_there_is_is_in_the_catalogue()
    {
        IEnumerable<string> faults = typeof(Fault).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Fault)) && !type.IsAbstract).Select(type => type.Name);
        Assert.Equal([], faults.Where(fault => !CoverageCatalogue.Entries.Any(entry => entry.Group == "faults" && entry.Name.StartsWith(fault, StringComparison.Ordinal))));
    }

    [Fact]
    public void What_was_never_reached_is_a_hole()
    {
        var coverage = new Coverage();
        foreach (CoverageEntry entry in CoverageCatalogue.Entries.Where(entry => entry.Name is not ("+tilt" or "-tilt")))
            coverage.Count(entry.Form);
        var text = new StringWriter();
        CoverageReport.Write(text, coverage);
        Assert.EndsWith($"Holes: 2 of {CoverageCatalogue.Entries.Length} were never reached\n  events: +tilt\n  events: -tilt\n", text.ToString(), StringComparison.Ordinal);
    }

    private static IEnumerable<string> Keys(CoverageEntry entry)
    {
        var coverage = new Coverage();
        entry.Sample?.Invoke(coverage);
        return coverage.Counts.Keys;
    }

    /// <summary>Whether a piece of text is in a key; a comma or a colon may have gone with the address before it.</summary>
    private static bool Contains(string key, string piece) => key.Contains(piece.Trim(' ', ',', ':'), StringComparison.Ordinal);

    /// <summary>Of an interpolated string, the longest part between two holes.</summary>
    private static string LongestPiece(string text) => text.Split('{', '}').Where((_, i) => i % 2 == 0).MaxBy(piece => piece.Length)!;

    /// <summary>The sentences in a source that come to be the reason of an event: all that a member gives which finds one out, and all that is handed to one which takes one.</summary>
    private static IEnumerable<string> ReasonsIn(string source)
    {
        IEnumerable<SyntaxNode> givers = CSharpSyntaxTree.ParseText(source).GetRoot().DescendantNodes().Where(node => node switch
        {
            MethodDeclarationSyntax { Identifier.Text: var name } => name is "Sentence" or "WhyNotRestored" || (name == "Objection" && node.Parent is RecordDeclarationSyntax { Identifier.Text: "ReplicaSelection" }),
            PropertyDeclarationSyntax { Identifier.Text: "Silence" } => true,
            InvocationExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.Text: "Abort" or "GiveWay" or "TryNext" or "Begin" or "End" or "Leave" or "Tell" or "Drop" or "Believe" } } => true,
            ImplicitObjectCreationExpressionSyntax => node.Ancestors().OfType<MemberDeclarationSyntax>().First() is MethodDeclarationSyntax { ReturnType: var type } && type.ToString().TrimEnd('?') == "Wrong",
            ObjectCreationExpressionSyntax { Type: IdentifierNameSyntax { Identifier.Text: "Wrong" } } => true,
            AssignmentExpressionSyntax { Left: IdentifierNameSyntax { Identifier.Text: "Reason" or "reason" } } => true,
            VariableDeclaratorSyntax { Identifier.Text: "reason" } => true,
            _ => false,
        });
        foreach (SyntaxNode said in givers.SelectMany(giver => giver.DescendantNodes()))
        {
            string text = said switch
            {
                InterpolatedStringExpressionSyntax pieces => pieces.Contents.OfType<InterpolatedStringTextSyntax>().Select(piece => piece.TextToken.ValueText).MaxBy(piece => piece.Length) ?? "",
                LiteralExpressionSyntax literal when literal.IsKind(SyntaxKind.StringLiteralExpression) => literal.Token.ValueText,
                _ => "",
            };
            // Not names of events, and not what only joins.
            if (text.Contains(' ', StringComparison.Ordinal) && text.Count(char.IsAsciiLetter) > 4)
                yield return Number().Replace(text, "#");
        }
    }

    private static IEnumerable<string> CoreSources()
    {
        Assembly self = typeof(CoverageCatalogueTests).Assembly;
        foreach (string name in self.GetManifestResourceNames().Where(name => name.StartsWith("Sentinel.Core/", StringComparison.Ordinal)))
        {
            using var reader = new StreamReader(self.GetManifestResourceStream(name)!);
            yield return reader.ReadToEnd();
        }
    }

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Number();

    /// <summary>A literal that can only be the name of an event.</summary>
    [GeneratedRegex("""
        "(?<name>[+-][a-z]+(-[a-z]+)*)"
        """, RegexOptions.ExplicitCapture)]
    private static partial Regex EventName();

    /// <summary>A text handed to whoever writes log lines or ends attempts.</summary>
    [GeneratedRegex("""
        \b((GiveWay|TryNext)\(|(\w*local\.Log|LogOnce|Abort|Refuse)\([^;]*?,\s*)\$?"(?<text>[^"+\-,][^"]{3,})
        """, RegexOptions.ExplicitCapture)]
    private static partial Regex Saying();
}
