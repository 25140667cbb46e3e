using System.Buffers;
using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Sentinel.Core;
using Sentinel.Resp;

namespace Sentinel.Daemon.Commands;

/// <summary>The replies to <c>SENTINEL GET-MASTER-ADDR-BY-NAME</c>, ready to be sent: what clients ask most.</summary>
/// <remarks>
/// A reply is kept until the master's address changes. Whether it has is looked at once in each view, so an answer is never
/// older than the view, and nothing is allocated for it. Safe to use from any thread.
/// </remarks>
internal sealed class AddressReplies
{
    private readonly ConcurrentDictionary<byte[], Entry> _entries;
    private readonly ConcurrentDictionary<byte[], Entry>.AlternateLookup<ReadOnlySpan<byte>> _byName;
    private volatile Round? _round;

    public AddressReplies()
    {
        _entries = new ConcurrentDictionary<byte[], Entry>(new NameComparer());
        _byName = _entries.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    /// <summary>The reply for a master, the same in both versions of the protocol.</summary>
    /// <param name="view">What is believed now.</param>
    /// <param name="name">The master's name as it was sent, UTF-8.</param>
    /// <returns>Empty: there is no such master.</returns>
    public ReadOnlySpan<byte> Find(SentinelView view, ReadOnlySpan<byte> name)
    {
        Round? round = _round;
        if (round is null || !ReferenceEquals(round.View, view))
            _round = round = new Round(view);
        if (!_byName.TryGetValue(name, out Entry? known))
            return Renew(view, name);
        if (known.CheckedIn == round.Token)
            return known.Reply;
        if (!view.Masters.TryGetValue(known.Name, out MasterView? master) || !known.IsFor(master.Address))
            return Renew(view, name);
        known.CheckedIn = round.Token;
        return known.Reply;
    }

    /// <summary>Remembers only names that are monitored, so that asking for others fills no memory.</summary>
    private ReadOnlySpan<byte> Renew(SentinelView view, ReadOnlySpan<byte> bytes)
    {
        string name = Encoding.UTF8.GetString(bytes);
        if (!view.Masters.TryGetValue(name, out MasterView? master))
        {
            _byName.TryRemove(bytes, out _);
            return [];
        }
        var entry = new Entry(name, master.Address, Write(master.Address));
        // Other bytes that read as the same name, as what is no UTF-8 can, would be without number.
        if (bytes.SequenceEqual(Encoding.UTF8.GetBytes(name)))
            _byName[bytes] = entry;
        return entry.Reply;
    }

    private static byte[] Write(Address address)
    {
        var output = new ArrayBufferWriter<byte>();
        var reply = new RespWriter(output, RespVersion.Resp2);
        reply.WriteArrayHeader(2);
        reply.WriteBulkString(address.Host);
        reply.WriteBulkString(address.Port);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>The time in which a view is the latest.</summary>
    private sealed record Round(SentinelView View)
    {
        /// <summary>Stands for it in the entries, which would else keep views alive that are long past.</summary>
        public object Token { get; } = new();
    }

    private sealed record Entry(string Name, Address Address, byte[] Reply)
    {
        /// <summary>The round in which it was last found right.</summary>
        public object? CheckedIn { get; set; }

        /// <summary>Letter for letter: two spellings of a host are one address, but not one reply.</summary>
        public bool IsFor(Address address) => Address.Port == address.Port && string.Equals(Address.Host, address.Host, StringComparison.Ordinal);
    }

    private sealed class NameComparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        public int GetHashCode([DisallowNull] byte[] name) => GetHashCode(name.AsSpan());

        public int GetHashCode(ReadOnlySpan<byte> name)
        {
            var hash = new HashCode();
            hash.AddBytes(name);
            return hash.ToHashCode();
        }

        public byte[] Create(ReadOnlySpan<byte> name) => name.ToArray();
    }
}
