namespace Sentinel.Daemon.Commands;

/// <summary>What clients have done: the numbers of INFO.</summary>
/// <param name="Commands">Commands called.</param>
/// <param name="Errors">Errors answered.</param>
/// <param name="ReceivedBytes">Bytes they sent.</param>
/// <param name="SentBytes">Bytes sent to them.</param>
internal readonly record struct ClientTotals(long Commands, long Errors, long ReceivedBytes, long SentBytes)
{
    /// <summary>What one client has done so far.</summary>
    public static ClientTotals Of(ClientConnection client) => new(client.Commands, client.Errors, client.ReceivedBytes, client.Output.SentBytes);

    /// <summary>Both together.</summary>
    public static ClientTotals operator +(ClientTotals a, ClientTotals b) =>
        new(a.Commands + b.Commands, a.Errors + b.Errors, a.ReceivedBytes + b.ReceivedBytes, a.SentBytes + b.SentBytes);
}
