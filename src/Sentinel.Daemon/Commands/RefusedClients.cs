using Sentinel.Daemon.Logging;

namespace Sentinel.Daemon.Commands;

/// <summary>Tells the operator that clients are refused because there are too many; at most once a minute, for they come again at once.</summary>
/// <remarks>Peers are clients too: a Sentinel that refuses them looks down to them, and nobody there can say why.</remarks>
internal sealed partial class RefusedClients(ILogger logger, TimeProvider time)
{
    private readonly SharedLineThrottle _lines = new(TimeSpan.FromMinutes(1), time);

    /// <summary>Tells of one client, or counts it for the next time.</summary>
    /// <param name="from">Where it comes from.</param>
    /// <param name="clientsMax">How many there may be.</param>
    public void Tell(string from, int clientsMax)
    {
        if (_lines.Lets(out long untold))
            Refused(logger, from, clientsMax, untold);
    }

    [LoggerMessage(EventId = 3003, Level = LogLevel.Warning, Message = "Client {From} is refused: {ClientsMax} are connected, as many as 'maxclients' allows. Refused since this was last said: {Untold}")]
    private static partial void Refused(ILogger logger, string from, int clientsMax, long untold);
}
