using System.Buffers;
using System.Collections.Concurrent;
using System.Text;
using Sentinel.Core;
using Sentinel.Resp;

namespace Sentinel.Daemon.Commands;

/// <summary>The replies to <c>SENTINEL GET-MASTER-ADDR-BY-NAME</c>, ready to be sent: what clients ask most.</summary>
/// <remarks>
/// A reply is kept until the master's address changes. One look into the view decides that, so an answer is never older
/// than the view, and nothing is allocated for it. Safe to use from any thread.
/// </remarks>
internal sealed class AddressReplies
{
    /// <summary>Longest name that is looked up without being copied to the heap.</summary>
    private const int NameLengthMax = 128;

    private readonly ConcurrentDictionary<string, Entry> _entries;
    private readonly ConcurrentDictionary<string, Entry>.AlternateLookup<ReadOnlySpan<char>> _byText;

    public AddressReplies()
    {
        _entries = new ConcurrentDictionary<string, Entry>(StringComparer.Ordinal);
        _byText = _entries.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>The reply for a master, the same in both versions of the protocol.</summary>
    /// <param name="view">What is believed now.</param>
    /// <param name="name">The master's name as it was sent, UTF-8.</param>
    /// <returns>Empty: there is no such master.</returns>
    public ReadOnlySpan<byte> Find(SentinelView view, ReadOnlySpan<byte> name)
    {
        Span<char> buffer = stackalloc char[NameLengthMax];
        ReadOnlySpan<char> text = name.Length <= NameLengthMax ? buffer[..Encoding.UTF8.GetChars(name, buffer)] : Encoding.UTF8.GetString(name);
        if (_byText.TryGetValue(text, out Entry? known) && view.Masters.TryGetValue(known.Name, out MasterView? master) && known.IsFor(master.Address))
            return known.Reply;
        return Renew(view, text.ToString());
    }

    /// <summary>Remembers only names that are monitored, so that asking for others fills no memory.</summary>
    private ReadOnlySpan<byte> Renew(SentinelView view, string name)
    {
        if (!view.Masters.TryGetValue(name, out MasterView? master))
        {
            _entries.TryRemove(name, out _);
            return [];
        }
        Entry entry = new(name, master.Address, Write(master.Address));
        _entries[name] = entry;
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

    private sealed record Entry(string Name, Address Address, byte[] Reply)
    {
        /// <summary>Letter for letter: two spellings of a host are one address, but not one reply.</summary>
        public bool IsFor(Address address) => Address.Port == address.Port && string.Equals(Address.Host, address.Host, StringComparison.Ordinal);
    }
}
