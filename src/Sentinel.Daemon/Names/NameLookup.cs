using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;

namespace Sentinel.Daemon.Names;

/// <summary>What the system's resolver says of a host name. It may take as long as the system lets it: seconds when no server answers.</summary>
/// <param name="Ips">Its addresses in the resolver's order; empty: it could not be resolved.</param>
/// <param name="Error">Why not, in the system's words.</param>
/// <param name="IsPassing">Whether the resolver itself failed; else it knows that there is no such name.</param>
internal sealed record NameLookup(ImmutableArray<string> Ips, string Error, bool IsPassing)
{
    /// <summary>Addresses taken of one name. More than any instance has; what is beyond them is not looked at.</summary>
    private const int IpsMax = 16;

    /// <summary>Clients whose names are looked up at a time; the others wait.</summary>
    private static readonly SemaphoreSlim Turns = new(4);

    /// <summary>Asks the system on behalf of a client, and keeps no thread of the pool waiting for what it says.</summary>
    public static async Task<NameLookup> OfAsync(string host)
    {
        await Turns.WaitAsync();
        try
        {
            return await Task.Factory.StartNew(
                () => Of(host, Dns.GetHostAddresses), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
        finally
        {
            Turns.Release();
        }
    }

    /// <summary>Asks the system, and waits for what it says.</summary>
    /// <param name="host">The name.</param>
    /// <param name="addressesOf">The system's resolver.</param>
    public static NameLookup Of(string host, Func<string, IPAddress[]> addressesOf)
    {
        try
        {
            ImmutableArray<string> ips = [.. addressesOf(host).Select(ip => ip.ToString()).Distinct().Take(IpsMax)];
            return new NameLookup(ips, "it has no address", IsPassing: false);
        }
        catch (SocketException failure)
        {
            // A name that exists and has no address, or does not exist; anything else says nothing about the name.
            return new NameLookup([], failure.Message, failure.SocketErrorCode is not (SocketError.HostNotFound or SocketError.NoData));
        }
        catch (ArgumentException malformed)
        {
            return new NameLookup([], malformed.Message, IsPassing: false);
        }
    }
}
