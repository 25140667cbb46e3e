namespace Sentinel.Simulation.Nodes;

/// <summary>What a node has: a branch up to an offset, and all that the branch builds on.</summary>
internal readonly record struct Dataset(Branch Branch, long Offset)
{
    /// <summary>How many writes it holds.</summary>
    public int Writes => Branch.WritesUpTo(Offset);

    /// <summary>Whether it holds what was written in a branch up to an offset.</summary>
    public bool Contains(Branch branch, long offset) => offset <= ExtentIn(branch);

    /// <summary>Up to which offset of a branch it reaches; −1: not at all.</summary>
    public long ExtentIn(Branch branch)
    {
        for (Dataset? part = this; part is { } at; part = at.Branch.Origin)
        {
            if (at.Branch == branch)
                return at.Offset;
        }
        return -1;
    }

    /// <summary>The branch that all of it builds on, and that builds on nothing.</summary>
    public Branch Root
    {
        get
        {
            Branch root = Branch;
            while (root.Origin is { Branch: var earlier })
                root = earlier;
            return root;
        }
    }

    /// <summary>All values, the oldest first.</summary>
    public List<int> Values()
    {
        List<int> values = Branch.Origin is { } origin ? origin.Values() : [];
        values.AddRange(Branch.ValuesUpTo(Offset));
        return values;
    }

    public override string ToString() => $"{Branch}:{Offset}";
}
