namespace Sentinel.Daemon.Acl;

/// <summary>Commands by their numbers (<see cref="Commands.CommandSpec.Number"/>). Immutable.</summary>
internal sealed class CommandSet
{
    /// <summary>Room for numbers below this; a Sentinel has about a hundred commands and subcommands.</summary>
    public const int Capacity = 256;

    /// <summary>No command.</summary>
    public static readonly CommandSet None = new(new ulong[Capacity / 64]);

    /// <summary>Every command, also one that is yet to come.</summary>
    public static readonly CommandSet All = new([.. Enumerable.Repeat(ulong.MaxValue, Capacity / 64)]);

    private readonly ulong[] _bits;

    private CommandSet(ulong[] bits) => _bits = bits;

    /// <summary>Whether a command is in it.</summary>
    public bool Contains(int number) => (_bits[number / 64] >> (number % 64) & 1) != 0;

    /// <summary>This set with these commands, or without them.</summary>
    public CommandSet With(IEnumerable<int> numbers, bool isIn)
    {
        ulong[] bits = [.. _bits];
        foreach (int number in numbers)
        {
            ulong bit = 1UL << (number % 64);
            bits[number / 64] = isIn ? bits[number / 64] | bit : bits[number / 64] & ~bit;
        }
        return new CommandSet(bits);
    }
}
