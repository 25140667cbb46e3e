using System.Reflection;
using System.Runtime.Loader;
using Sentinel.Core;

namespace Sentinel.Simulation.Mutation;

/// <summary>A second copy of this simulation, bound to another core than ours.</summary>
/// <remarks>Only types of the framework mean the same inside and outside: nothing else may be handed over.</remarks>
internal sealed class MutantContext(byte[] core) : AssemblyLoadContext("mutant", isCollectible: true)
{
    private static readonly Assembly Outside = typeof(MutantContext).Assembly;

    /// <summary>A static method of the copy.</summary>
    public TDelegate Method<TDelegate>(Type type, string name)
        where TDelegate : Delegate =>
        LoadFromAssemblyName(Outside.GetName()).GetType(type.FullName!, throwOnError: true)!
            .GetMethod(name, BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)!
            .CreateDelegate<TDelegate>();

    protected override Assembly? Load(AssemblyName assemblyName)
    {
        if (assemblyName.Name == Outside.GetName().Name)
            return LoadFromAssemblyPath(Outside.Location);
        if (assemblyName.Name != typeof(SentinelCore).Assembly.GetName().Name)
            return null;    // the one that is loaded already
        using var image = new MemoryStream(core);
        return LoadFromStream(image);
    }
}
