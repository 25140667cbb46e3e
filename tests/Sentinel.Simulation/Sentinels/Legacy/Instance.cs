using Sentinel.Core;

namespace Sentinel.Simulation.Sentinels.Legacy;

/// <summary>A master, a replica, or another Sentinel as it watches one master.</summary>
internal abstract class Instance(LegacySentinel sentinel, Link link, Address address)
{
    public Link Link { get; } = link;
    public Address Address { get; set; } = address;

    /// <summary>The master it belongs to; of a master, itself.</summary>
    public abstract Master Owner { get; }

    public abstract InstanceKind Kind { get; }

    /// <summary>What events call it.</summary>
    public abstract string Prefix { get; }

    /// <summary>Subjectively down.</summary>
    public bool IsDown { get; set; }

    /// <summary>When it was last found down; not cleared when it is back.</summary>
    public Instant DownSince { get; set; } = Periods.LongAgo;

    /// <summary>Whether it was told, in this time of being down, to end a script.</summary>
    public bool IsScriptKillSent { get; set; }

    /// <summary>When a hello to it was last acknowledged.</summary>
    public Instant HelloTakenAt { get; set; } = sentinel.Now;

    /// <summary>Whether it was forgotten: answers to what it asked concern nobody.</summary>
    public bool IsGone { get; private set; }

    public TimeSpan DownAfter => Owner.Options.DownAfter;

    /// <summary>How it is forgotten.</summary>
    public void Forget()
    {
        IsGone = true;
        if (--Link.Users == 0)
            Link.Close();
    }

    /// <summary>Sends what is due. Only the clock decides, not whether the last one was answered: what is refused is sent again every tick.</summary>
    public void SendPeriodic()
    {
        if (!Link.IsComplete || Link.IsFull)
            return;
        Instant now = sentinel.Now;
        if (this is DataNode node && (node.InfoAt is not { } infoAt || now - infoAt > node.InfoPeriod))
            Link.Ask(Request.Info.Instance, this);
        Link.PingIfDue(this);
        if (now - HelloTakenAt > Periods.Publish)
            Link.Ask(new Request.PublishHello(Hello()), this);
    }

    private HelloMessage Hello() =>
        new(sentinel.Address, sentinel.Id, sentinel.CurrentEpoch, Owner.Options.Name, Owner.CurrentAddress, Owner.ConfigEpoch);
}
