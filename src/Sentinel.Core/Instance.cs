namespace Sentinel.Core;

/// <summary>A master, a replica or another Sentinel, as this Sentinel sees it for one master.</summary>
internal abstract class Instance(MasterMonitor master, InstanceLink link)
{
    public MasterMonitor Master { get; } = master;
    public InstanceLink Link { get; } = link;
    public Address Address => Link.Address;

    /// <summary>Its address as events, nodes and peers are told it.</summary>
    public Address Told => Master.Told(Address);

    public abstract InstanceKind Kind { get; }

    /// <summary>Its name on the wire.</summary>
    public abstract string Name { get; }

    /// <summary>Whether this Sentinel holds it down.</summary>
    public bool IsSubjectivelyDown { get; set; }

    /// <summary>When it was last found down; null: never.</summary>
    public Instant? DownSince { get; set; }

    /// <summary>When it last came back from being held down; null: it never was.</summary>
    public Instant? BackSince { get; set; }

    /// <summary>Whether it was told, in this time of being down, to end a script.</summary>
    public bool IsScriptKillSent { get; set; }

    /// <summary>The hello that waits for its acknowledgement.</summary>
    public RequestSlot Hello;

    /// <summary>When the next hello is due.</summary>
    public Instant NextHelloAt { get; set; }

    /// <summary>What events call it.</summary>
    public abstract string Prefix { get; }

    protected InstanceFlags CommonFlags =>
        (IsSubjectivelyDown ? InstanceFlags.SubjectivelyDown : InstanceFlags.None)
        | (IsScriptKillSent ? InstanceFlags.ScriptKillSent : InstanceFlags.None);
}

/// <summary>One outstanding request of a kind: it is over when it was answered or its connection ended.</summary>
internal struct RequestSlot
{
    private int _attempt;

    /// <summary>When it was sent, if it is outstanding.</summary>
    public Instant SentAt { get; private set; }

    /// <summary>Whether what is answered to it tells of a time that is past.</summary>
    public bool IsForsaken { get; private set; }

    public readonly bool IsPending(InstanceLink link) => _attempt != 0 && link.IsUsable && _attempt == link.Attempt;

    public void Sent(InstanceLink link) => (_attempt, SentAt, IsForsaken) = (link.Attempt, link.Now, false);

    public void Done() => (_attempt, IsForsaken) = (0, false);

    /// <summary>Its answer, if it still comes, is not to be believed.</summary>
    public void Forsake() => IsForsaken = true;
}
