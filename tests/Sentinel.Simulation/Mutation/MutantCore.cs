using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;
using Sentinel.Core;

namespace Sentinel.Simulation.Mutation;

/// <summary>Compiles the core from its sources, which this assembly carries, with the changes of a mutant.</summary>
/// <remarks>
/// The sources are changed, and not the core at run time: so nothing of the tests is in the core, and what runs unbroken is
/// exactly what is shipped. Compiled as for release: the core's guards that stay there (<see cref="InvariantViolationException"/>)
/// are the only ones a mutant meets.
/// </remarks>
internal static class MutantCore
{
    private const string ResourcePrefix = "Sentinel.Core/";

    /// <summary>What <c>ImplicitUsings</c> of the project adds.</summary>
    private const string ImplicitUsings =
        """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    private static readonly CSharpParseOptions Parsing = new(LanguageVersion.Latest, DocumentationMode.None);
    private static readonly SortedDictionary<string, string> Sources = ReadSources();
    /// <remarks>Nullability was checked when the core was built.</remarks>
    private static readonly Lazy<CSharpCompilation> Unbroken = new(() => CSharpCompilation.Create(
        typeof(SentinelCore).Assembly.GetName().Name,
        [.. Sources.Select(source => Parse(source.Key, source.Value)), Parse("Attributes", ImplicitUsings + Attributes())],
        FrameworkReferences(),
        new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release, nullableContextOptions: NullableContextOptions.Annotations)));

    /// <summary>The compiled core.</summary>
    /// <param name="mutant">What to break; null: nothing.</param>
    /// <exception cref="MutantMisfitException">The mutant does not fit the core of today.</exception>
    public static byte[] Compile(Mutant? mutant)
    {
        CSharpCompilation compilation = mutant is null ? Unbroken.Value : Break(Unbroken.Value, mutant);
        using var assembly = new MemoryStream();
        EmitResult result = compilation.Emit(assembly);
        if (!result.Success)
        {
            throw new MutantMisfitException(
                $"The core does not compile with the mutant '{mutant}': adapt its replacement.\n"
                + string.Join('\n', result.Diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)));
        }
        return assembly.ToArray();
    }

    private static CSharpCompilation Break(CSharpCompilation core, Mutant mutant)
    {
        var changed = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (Edit edit in mutant.Edits)
        {
            string[] files = [.. Sources.Keys.Where(file => Sources[file].Contains(edit.Find, StringComparison.Ordinal))];
            int count = files.Sum(file => Sources[file].Split(edit.Find).Length - 1);
            if (count != 1)
            {
                string cure = count == 0 ? "The rule is kept by other words now: find them, and take their text." : $"It is in {string.Join(", ", files)}: take a longer text, that is there once.";
                throw new MutantMisfitException($"The mutant '{mutant}' changes a text that is in the core {count} times instead of once. {cure}\n{edit.Find}");
            }
            changed[files[0]] = changed.GetValueOrDefault(files[0], Sources[files[0]]).Replace(edit.Find, edit.Replacement, StringComparison.Ordinal);
        }
        foreach ((string file, string source) in changed)
            core = core.ReplaceSyntaxTree(core.SyntaxTrees.First(tree => tree.FilePath == file), Parse(file, source));
        return core;
    }

    private static SyntaxTree Parse(string file, string source) => CSharpSyntaxTree.ParseText(source, Parsing, file);

    private static SortedDictionary<string, string> ReadSources()
    {
        Assembly self = typeof(MutantCore).Assembly;
        var sources = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (string name in self.GetManifestResourceNames().Where(name => name.StartsWith(ResourcePrefix, StringComparison.Ordinal)))
        {
            using var reader = new StreamReader(self.GetManifestResourceStream(name)!, Encoding.UTF8);
            sources.Add(name[ResourcePrefix.Length..], reader.ReadToEnd().ReplaceLineEndings("\n"));
        }
        return sources;
    }

    /// <summary>The attributes that its project file gives the core, and that matter: who sees its internals, and its version.</summary>
    private static string Attributes()
    {
        Assembly core = typeof(SentinelCore).Assembly;
        var text = new StringBuilder();
        foreach (InternalsVisibleToAttribute friend in core.GetCustomAttributes<InternalsVisibleToAttribute>())
            text.Append($"\n[assembly: System.Runtime.CompilerServices.InternalsVisibleTo(\"{friend.AssemblyName}\")]");
        return text.Append($"\n[assembly: System.Reflection.AssemblyVersion(\"{core.GetName().Version}\")]").ToString();
    }

    private static IEnumerable<MetadataReference> FrameworkReferences()
    {
        string framework = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        return ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Where(path => Path.GetDirectoryName(path) == framework)
            .Select(path => MetadataReference.CreateFromFile(path));
    }
}
