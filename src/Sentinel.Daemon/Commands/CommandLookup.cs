using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;

namespace Sentinel.Daemon.Commands;

/// <summary>Commands by name, in upper or lower case, found by the bytes that a client sent: without a copy, a text or an allocation.</summary>
/// <remarks>
/// A name is compared eight bytes at a time, after its ASCII letters were made small in the same step. As in Redis, other
/// bytes are themselves alone. Immutable, and safe to use from any thread.
/// </remarks>
internal sealed class CommandLookup
{
    /// <summary>Longest name that is looked up; a longer one is that of no command.</summary>
    public const int NameLengthMax = WordsMax * sizeof(ulong);

    private const int WordsMax = 8;

    // Open addressing: a power of two, at most half full, so that a search soon meets an empty slot.
    private readonly Slot[] _slots;

    /// <param name="commands">Names, a character being a byte, and what they call.</param>
    public CommandLookup(IEnumerable<KeyValuePair<string, CommandSpec>> commands)
    {
        KeyValuePair<string, CommandSpec>[] all = [.. commands.Where(command => command.Key.Length <= NameLengthMax)];
        _slots = new Slot[BitOperations.RoundUpToPowerOf2((uint)Math.Max(4, 2 * all.Length))];
        Span<ulong> words = stackalloc ulong[WordsMax];
        foreach ((string name, CommandSpec command) in all)
        {
            byte[] bytes = Encoding.Latin1.GetBytes(name);
            ReadOnlySpan<ulong> folded = Fold(bytes, words);
            uint at = Hash(folded, bytes.Length);
            while (_slots[at & Mask].Command is not null)
                at++;
            _slots[at & Mask] = new Slot(bytes.Length, folded.ToArray(), command);
        }
    }

    private uint Mask => (uint)_slots.Length - 1;

    /// <summary>The command of this name; null: there is none.</summary>
    public CommandSpec? Find(ReadOnlySpan<byte> name)
    {
        if (name.Length > NameLengthMax)
            return null;
        Span<ulong> words = stackalloc ulong[WordsMax];
        ReadOnlySpan<ulong> folded = Fold(name, words);
        for (uint at = Hash(folded, name.Length); ; at++)
        {
            ref readonly Slot slot = ref _slots[at & Mask];
            if (slot.Command is null || (slot.Length == name.Length && folded.SequenceEqual(slot.Words)))
                return slot.Command;
        }
    }

    /// <summary>The command of this name; null: there is none.</summary>
    /// <param name="name">A character is a byte.</param>
    public CommandSpec? Find(string name) => Find(Encoding.Latin1.GetBytes(name));

    /// <summary>Writes a name in lower case as words, the last one filled up with zeros.</summary>
    private static ReadOnlySpan<ulong> Fold(ReadOnlySpan<byte> name, Span<ulong> words)
    {
        int count = 0;
        for (; name.Length >= sizeof(ulong); name = name[sizeof(ulong)..])
            words[count++] = Lower(MemoryMarshal.Read<ulong>(name));
        if (!name.IsEmpty)
        {
            ulong rest = 0;
            name.CopyTo(MemoryMarshal.AsBytes(new Span<ulong>(ref rest)));
            words[count++] = Lower(rest);
        }
        return words[..count];
    }

    /// <summary>Eight bytes with their ASCII capitals made small.</summary>
    private static ulong Lower(ulong bytes)
    {
        const ulong Ones = 0x0101_0101_0101_0101;
        ulong low = bytes & (0x7F * Ones);               // so that no sum runs into the next byte
        ulong fromA = low + ((0x80 - 'A') * Ones);       // the top bit: not below 'A'
        ulong beyondZ = low + ((0x7F - 'Z') * Ones);     // the top bit: above 'Z'
        ulong capitals = fromA & ~beyondZ & ~bytes & (0x80 * Ones);
        return bytes | (capitals >> 2);                  // 0x20, which makes a letter small
    }

    private static uint Hash(ReadOnlySpan<ulong> words, int length)
    {
        ulong hash = (ulong)length;
        foreach (ulong word in words)
            hash = (BitOperations.RotateLeft(hash, 5) ^ word) * 0x9E37_79B9_7F4A_7C15;
        return (uint)(hash >> 32);
    }

    private readonly record struct Slot(int Length, ulong[] Words, CommandSpec? Command);
}
