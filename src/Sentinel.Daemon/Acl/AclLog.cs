using System.Collections.Immutable;
using Sentinel.Daemon.Commands;

namespace Sentinel.Daemon.Acl;

/// <summary>Who was refused what, lately. Safe to use from any thread.</summary>
/// <remarks>
/// A refusal like one of the last few, less than a minute old, counts there, so that a client that keeps trying does not
/// push everything else out. Source: redis-sentinel 7.0.15 asked, and Redis' documentation of ACL LOG.
/// </remarks>
/// <param name="options">How many entries are kept.</param>
/// <param name="time">The clock.</param>
internal sealed class AclLog(RespServerOptions options, TimeProvider time)
{
    /// <summary>How many of the newest entries a refusal is compared with. As in Redis.</summary>
    private const int ComparedMax = 10;

    /// <summary>Characters that are kept of what a client sent. Ours: Redis keeps all.</summary>
    private const int TextLengthMax = 1024;

    /// <summary>How long after its last refusal an entry takes another. As in Redis.</summary>
    private static readonly TimeSpan GroupingMax = TimeSpan.FromSeconds(60);

    private readonly Lock _gate = new();
    private readonly LinkedList<AclLogEntry> _entries = [];    // the newest first
    private readonly long[] _denied = new long[Enum.GetValues<DenialReason>().Length];
    private long _lastId;

    /// <summary>The time on which entries are stamped.</summary>
    public DateTimeOffset Now => time.GetUtcNow();

    /// <summary>How often somebody was refused for this reason.</summary>
    public long Denied(DenialReason reason) => Volatile.Read(ref _denied[(int)reason]);

    /// <summary>Takes note of a refusal.</summary>
    public void Add(DenialReason reason, string @object, string userName, string clientInfo)
    {
        Interlocked.Increment(ref _denied[(int)reason]);
        (@object, userName) = (Clip(@object), Clip(userName));
        DateTimeOffset now = Now;
        lock (_gate)
        {
            AclLogEntry? like = _entries.Take(ComparedMax)
                .FirstOrDefault(e => e.Reason == reason && e.Object == @object && e.UserName == userName && now - e.UpdatedAt <= GroupingMax);
            if (like is not null)
                _entries.Remove(like);
            AclLogEntry entry = like is null
                ? new AclLogEntry(_lastId++, reason, @object, userName, now) { ClientInfo = clientInfo }
                : like with { Count = like.Count + 1, UpdatedAt = now, ClientInfo = clientInfo };
            _entries.AddFirst(entry);
            while (_entries.Count > options.AclLogMax)
                _entries.RemoveLast();
        }
    }

    /// <summary>The newest entries, the newest first.</summary>
    public ImmutableArray<AclLogEntry> Newest(long count)
    {
        lock (_gate)
            return [.. _entries.Take((int)Math.Clamp(count, 0, _entries.Count))];
    }

    /// <summary>Forgets all entries.</summary>
    public void Clear()
    {
        lock (_gate)
            _entries.Clear();
    }

    private static string Clip(string text) => text.Length <= TextLengthMax ? text : text[..TextLengthMax];
}
