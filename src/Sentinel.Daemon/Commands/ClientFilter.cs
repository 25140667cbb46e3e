using Sentinel.Core;

namespace Sentinel.Daemon.Commands;

/// <summary>Which clients <c>CLIENT KILL</c> means. What is null plays no role.</summary>
internal sealed record ClientFilter
{
    public long? Id { get; init; }

    /// <summary>True: those that have subscribed; false: the others.</summary>
    public bool? IsSubscribed { get; init; }

    public string? Address { get; init; }

    public string? LocalAddress { get; init; }

    public string? User { get; init; }

    /// <summary>The least time they have been connected.</summary>
    public TimeSpan? MaxAge { get; init; }

    /// <summary>The client that is never meant; null: none.</summary>
    public ClientConnection? Except { get; init; }

    /// <summary>Whether no client can be meant: a Sentinel has no masters or replicas among its clients.</summary>
    public bool IsImpossible { get; init; }

    /// <summary>Whether a client is meant.</summary>
    public bool Means(ClientConnection client, Instant now) =>
        !IsImpossible
        && !client.IsClosing    // as good as gone
        && client != Except
        && (Id is null || client.Id == Id)
        && (IsSubscribed is null || client.IsSubscribed == IsSubscribed)
        && (Address is null || client.Address == Address)
        && (LocalAddress is null || client.LocalAddress == LocalAddress)
        && (User is null || client.User == User)
        && (MaxAge is null || now - client.Since >= MaxAge);

    /// <summary>Narrows the filter to a type, as <c>TYPE</c> names it.</summary>
    /// <returns>Null: there is no such type.</returns>
    public ClientFilter? OfType(string type) => type.ToLowerInvariant() switch
    {
        "normal" => this with { IsSubscribed = false },
        "pubsub" => this with { IsSubscribed = true },
        "master" or "replica" or "slave" => this with { IsImpossible = true },
        _ => null,
    };
}
