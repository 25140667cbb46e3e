namespace Sentinel.Daemon.Commands;

/// <summary>Tells the operator that clients are refused because there are too many; at most once a minute, for they come again at once.</summary>
/// <remarks>Peers are clients too: a Sentinel that refuses them looks down to them, and nobody there can say why.</remarks>
internal sealed partial class RefusedClients(ILogger logger, TimeProvider time)
{
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private long? _toldAt;
    private int _untold;

    /// <summary>Tells of one client, or counts it for the next time.</summary>
    /// <param name="from">Where it comes from.</param>
    /// <param name="clientsMax">How many there may be.</param>
    public void Tell(string from, int clientsMax)
    {
        int untold;
        lock (_gate)
        {
            if (_toldAt is { } at && time.GetElapsedTime(at) < Period)
            {
                _untold++;
                return;
            }
            _toldAt = time.GetTimestamp();
            (untold, _untold) = (_untold, 0);
        }
        Refused(logger, from, clientsMax, untold);
    }

    [LoggerMessage(EventId = 3003, Level = LogLevel.Warning, Message = "Client {From} is refused: {ClientsMax} are connected, as many as 'maxclients' allows. Refused since this was last said: {Untold}")]
    private static partial void Refused(ILogger logger, string from, int clientsMax, int untold);
}
