using System.Collections.Immutable;

namespace Sentinel.Core;

/// <summary>What host names in use lead to, as of their last resolution, and when they are to be resolved again.</summary>
/// <remarks>
/// Names move: a container that is started again has its old name and a new IP address. So names are kept as they were given, and
/// asked for again and again; meanwhile, and while the resolver fails, the last answer holds. Nothing waits for a resolution: who
/// needs one that never came says so with <see cref="Awaits"/>, and is told when the answer is there.
/// </remarks>
internal sealed class NameTable(LocalSentinel local)
{
    /// <summary>Bound of the names kept. A name beyond it is not resolved; only a flood of forged hellos comes near.</summary>
    private const int NamesMax = 65_536;

    /// <summary>Names of others, out of hellos, questions and INFO, that are resolved at a time: a flood of them must not hold up the names of instances.</summary>
    private const int AskedInLineMax = 16;

    /// <summary>Names of others that wait for that. One beyond it is taken for one that leads nowhere, for now.</summary>
    private const int LineMax = 1024;

    /// <summary>A name that nobody needed for this long is forgotten when room is made.</summary>
    private static readonly TimeSpan UnusedAfter = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, Entry> _entries = new(StringComparer.OrdinalIgnoreCase);
    private readonly Queue<string> _line = [];
    private int _sweepAt = 64;
    private int _askedInLine;

    /// <summary>What happens when a name leads elsewhere.</summary>
    public Action<string> Moved { get; set; } = _ => { };

    /// <summary>The hosts of all instances.</summary>
    public Func<IEnumerable<string>> InUse { get; set; } = () => [];

    private bool IsAllowed => local.Options.ResolveHostnames;

    /// <summary>The IP address of a host: of a literal itself, of a name the one it last led to; null: not known.</summary>
    public string? IpOf(Address address) => address.IsLiteral ? address.Host : Use(address.Host)?.Current;

    /// <summary>The same place by its IP address; null: not known.</summary>
    public Address? Reachable(Address address) =>
        address.IsLiteral ? address : IpOf(address) is { } ip ? new Address(ip, address.Port) : null;

    /// <summary>Whether both lead to the same instance: by what is written, or by the IP addresses behind it.</summary>
    /// <remarks>Two names of which nothing is known are the same only by their text.</remarks>
    public bool AreSame(Address one, Address other)
    {
        if (one.Port != other.Port)
            return false;
        if (one == other)
            return true;
        if (one.IsLiteral && other.IsLiteral)
            return false;
        string[] ips = IpsOf(one);
        return IpsOf(other).Any(ips.Contains);
    }

    /// <summary>Whether both surely lead to different instances: the ports differ, or the IP addresses behind them.</summary>
    public bool AreDifferent(Address one, Address other) =>
        one.Port != other.Port || (IpOf(one) is not null && IpOf(other) is not null && !AreSame(one, other));

    /// <summary>Whether a name is known to lead to an IP address, be it not the one in use. Then both may be the same instance.</summary>
    public bool MayLeadTo(Address name, Address ip) =>
        name.Port == ip.Port && !name.IsLiteral && IpOf(ip) is { } host && Use(name.Host)?.Ips.Contains(host) is true;

    /// <summary>Whether it is sure where an address leads now: the last resolution did not fail.</summary>
    public bool IsUpToDate(Address address) => address.IsLiteral || Use(address.Host) is { Current: not null, IsFailureSaid: false };

    /// <summary>Whether a name is not resolved yet but will be, or be found to lead nowhere. It is asked for here.</summary>
    /// <param name="address">What needs to be resolved.</param>
    /// <param name="interested">Who decides again when the answer is there; null: nobody.</param>
    public bool Awaits(Address address, IScheduled? interested)
    {
        if (address.IsLiteral || !IsAllowed)
            return false;
        bool isAsked = AskInLine(address.Host);
        if (!isAsked || Use(address.Host) is not { WasAnswered: false } entry)
            return false;
        if (interested is not null)
            entry.Interested.Add(interested);
        return true;
    }

    /// <summary>Whether it is sure that a name leads nowhere: the resolver knows that there is none, or we do not resolve.</summary>
    public bool LeadsNowhere(Address address) =>
        !address.IsLiteral && IpOf(address) is null && (!IsAllowed || _entries.GetValueOrDefault(address.Host) is { WasAnswered: true, IsFailurePassing: false });

    /// <summary>An address as replies show it: with <c>announce-hostnames</c> as it was given, else by IP, which is empty while it is not known.</summary>
    public Address Shown(Address address) =>
        address.IsLiteral || local.Options.AnnounceHostnames ? address : new Address(IpOf(address) ?? "", address.Port);

    /// <summary>An address as events, nodes and peers are told it: the same, but never empty.</summary>
    public Address Told(Address address) =>
        address.IsLiteral || local.Options.AnnounceHostnames ? address : Reachable(address) ?? address;

    /// <summary>An address as the file has it: as it was given, or where names are not allowed any more, by IP.</summary>
    public Address Stored(Address address) => IsAllowed ? address : Reachable(address) ?? address;

    /// <summary>When a name that is in use is to be asked for again.</summary>
    /// <param name="address">Where the name is used.</param>
    /// <param name="isUrgent">Whether the instance cannot be reached.</param>
    public Instant AskAgainAt(Address address, bool isUrgent)
    {
        if (address.IsLiteral || !IsAllowed || Use(address.Host) is not { IsAsked: false } entry)
            return Instant.Never;
        if (entry.AskedAt is not { } askedAt)
            return local.Now;
        return askedAt + (isUrgent || entry.Current is null ? local.Timing.NameRetryPeriod : Period);
    }

    /// <summary>Asks for the name of an instance, unless it is being resolved, or was just now.</summary>
    public void Ask(string host)
    {
        if (IsAllowed && Use(host) is { IsAsked: false } entry && IsDue(entry))
            Ask(host, entry);
    }

    /// <summary>Asks for a name of others when it is its turn.</summary>
    /// <returns>False when too many wait.</returns>
    private bool AskInLine(string host)
    {
        if (Use(host) is not { } entry)
            return false;
        if (entry.IsAsked || entry.IsInLine || !IsDue(entry))
            return true;
        if (_line.Count >= LineMax)
            return false;
        entry.IsInLine = true;
        _line.Enqueue(host);
        ServeLine();
        return true;
    }

    private void ServeLine()
    {
        while (_askedInLine < AskedInLineMax && _line.TryDequeue(out string? host))
        {
            Entry entry = _entries[host];
            entry.IsInLine = false;
            if (entry.IsAsked || !IsDue(entry))
                continue;    // an instance of that name was quicker
            entry.IsAskedInLine = true;
            _askedInLine++;
            Ask(host, entry);
        }
    }

    private void Ask(string host, Entry entry)
    {
        (entry.IsAsked, entry.AskedAt) = (true, local.Now);
        local.Do(new ResolveName(host));
    }

    private bool IsDue(Entry entry) => entry.AskedAt is not { } askedAt || local.Now - askedAt >= local.Timing.NameRetryPeriod;

    /// <summary>Takes in where a name leads.</summary>
    public void Resolved(string host, ImmutableArray<string> ips)
    {
        if (!_entries.ContainsKey(host))
            Use(host);    // the shell may know a name before we ask for it
        if (Answered(host) is not { } entry)
            return;
        (entry.IsFailurePassing, entry.IsFailureSaid) = (false, false);
        string? former = entry.Current, formerOther = entry.Other;
        // They come in any order, of which only the family that the resolver prefers is worth keeping: all Sentinels try them in the same one.
        bool isIPv6First = ips[0].Contains(':');
        entry.Ips = [.. ips.OrderBy(ip => ip.Contains(':') != isIPv6First).ThenBy(ip => ip, StringComparer.Ordinal)];
        // What is in use is kept as long as it is one of them.
        entry.Prefer(former is not null && ips.Contains(former) ? former : entry.Ips[0]);
        if (former is not null && former != entry.Current)
            local.Log(EventLevel.Notice, $"Hostname '{host}' leads to {entry.Current} now, and no longer to {former}");
        local.ForgetSaid(host);
        if (former != entry.Current || formerOther != entry.Other)
            Moved(host);
    }

    /// <summary>Takes in that a name could not be resolved; where it led before still holds.</summary>
    public void NotResolved(string host, string error, bool isPassing)
    {
        if (Answered(host) is not { } entry)
            return;
        entry.IsFailurePassing = isPassing;
        if (entry.IsFailureSaid)
            return;
        entry.IsFailureSaid = true;
        local.Log(EventLevel.Warning, $"Failed to resolve hostname '{host}': {error}");
    }

    /// <summary>A connection to one of the addresses of a name could not be made: the next is as good.</summary>
    public void Refused(Address address, string ip)
    {
        if (address.IsLiteral || Use(address.Host) is not { Ips.Length: > 1 } entry || entry.Current != ip)
            return;
        entry.Prefer(entry.Ips[(entry.Ips.IndexOf(ip) + 1) % entry.Ips.Length]);
        Moved(address.Host);
    }

    /// <summary>Whether a connection to an IP address still leads to the instance of that name.</summary>
    public bool StillLeads(Address address, string ip) => address.IsLiteral || Use(address.Host)?.Ips.Contains(ip) is true;

    /// <summary>Why an instance that is known by name only cannot be reached.</summary>
    public string WhyUnreachable => IsAllowed ? "its name cannot be resolved" : "names are not resolved here ('sentinel resolve-hostnames' is no)";

    /// <summary>With many names the resolver is asked no more than a hundred times a second.</summary>
    private TimeSpan Period => TimeSpan.FromTicks(Math.Max(local.Timing.NamePeriod.Ticks, _entries.Count * TimeSpan.FromMilliseconds(10).Ticks));

    /// <summary>What an instance of that name may be called by: an address of each family, of which others may use the other one.</summary>
    /// <remarks>Not all addresses: a name of several machines would make one instance of them.</remarks>
    private string[] IpsOf(Address address) => address.IsLiteral ? [address.Host]
        : Use(address.Host) is not { Current: { } current } entry ? []
        : entry.Other is { } other ? [current, other]
        : [current];

    private Entry? Answered(string host)
    {
        if (!_entries.TryGetValue(host, out Entry? entry))
            return null;
        (entry.IsAsked, entry.WasAnswered) = (false, true);
        if (entry.IsAskedInLine)
        {
            entry.IsAskedInLine = false;
            _askedInLine--;
            ServeLine();
        }
        foreach (IScheduled interested in entry.Interested)
            local.Touch(interested);
        entry.Interested.Clear();
        return entry;
    }

    private Entry? Use(string host)
    {
        if (host.Length == 0)
            return null;
        if (!_entries.TryGetValue(host, out Entry? entry))
        {
            if (!IsAllowed)
                return null;
            MakeRoom();
            if (_entries.Count >= NamesMax)
                return null;
            entry = new Entry();
            _entries.Add(host, entry);
        }
        entry.UsedAt = local.Now;
        return entry;
    }

    private void MakeRoom()
    {
        if (_entries.Count < _sweepAt)
            return;
        // After a pause of our own the names of instances seem unused too.
        HashSet<string> inUse = new(InUse(), StringComparer.OrdinalIgnoreCase);
        foreach ((string host, Entry entry) in _entries)
        {
            if (!entry.IsAsked && !entry.IsInLine && !inUse.Contains(host) && local.Now - entry.UsedAt > UnusedAfter)
                _entries.Remove(host);
        }
        _sweepAt = Math.Max(64, 2 * _entries.Count);
    }

    private sealed class Entry
    {
        public ImmutableArray<string> Ips { get; set; } = [];

        /// <summary>Which of them is connected to and shown.</summary>
        public string? Current { get; private set; }

        /// <summary>Which of them is the same place in the other family, IPv4 or IPv6; null: none.</summary>
        public string? Other { get; private set; }

        public Instant? AskedAt { get; set; }

        /// <summary>Whether its resolution is under way.</summary>
        public bool IsAsked { get; set; }

        /// <summary>Whether it is one of those under way that waited in the line.</summary>
        public bool IsAskedInLine { get; set; }

        /// <summary>Whether it waits in the line.</summary>
        public bool IsInLine { get; set; }

        /// <summary>Whether a resolution ever came to an end.</summary>
        public bool WasAnswered { get; set; }

        /// <summary>Whether the last failure says nothing about the name, only about the resolver.</summary>
        public bool IsFailurePassing { get; set; }

        public bool IsFailureSaid { get; set; }
        public Instant UsedAt { get; set; }
        public HashSet<IScheduled> Interested { get; } = [];

        public void Prefer(string ip)
        {
            bool isIPv6 = ip.Contains(':');
            Current = ip;
            if (Other is null || !Ips.Contains(Other) || Other.Contains(':') == isIPv6)
                Other = Ips.FirstOrDefault(other => other.Contains(':') != isIPv6);
        }
    }
}
