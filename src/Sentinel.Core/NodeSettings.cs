using System.Globalization;

namespace Sentinel.Core;

/// <summary>What a node's configuration says of its part as a replica or as a master. A null was not told.</summary>
/// <param name="HasMasterAuth">Whether it has a password for its master (<c>masterauth</c>). The password itself is not kept.</param>
/// <param name="MasterUser">As whom it logs in at its master (<c>masteruser</c>); empty: as the default user.</param>
/// <param name="UsesTls">Whether it connects to its master with TLS (<c>tls-replication</c>).</param>
/// <param name="MinReplicas">How many replicas it must have, as a master, to take writes (<c>min-replicas-to-write</c>).</param>
internal sealed record NodeSettings(bool? HasMasterAuth, string? MasterUser, bool? UsesTls, int? MinReplicas)
{
    /// <summary>Characters of a user that is shown.</summary>
    private const int UserMax = 64;

    /// <summary>Reads the replies to <see cref="Request.AskSettings"/>.</summary>
    /// <returns>Null when nothing was told.</returns>
    public static NodeSettings? Parse(Reply reply)
    {
        if (reply is not Reply.List { Items: { Length: Request.AskSettings.Count } items } || items.All(item => item is not Reply.List))
            return null;
        return new NodeSettings(
            ValueOf(items[0]) is { } password ? password.Length > 0 : null,
            ValueOf(items[1]) is { } user && IsShown(user) ? user : null,
            ValueOf(items[2]) is { } tls ? tls == "yes" : null,
            int.TryParse(ValueOf(items[3]), NumberStyles.None, CultureInfo.InvariantCulture, out int count) ? count : null);
    }

    private static string? ValueOf(Reply reply) => reply is Reply.List { Items: [_, Reply.Text { Value: var value }] } ? value : null;

    private static bool IsShown(string user) => user.Length <= UserMax && !user.AsSpan().ContainsAnyExceptInRange('!', '~');
}
