using Sentinel.Daemon.Commands;

namespace Sentinel.Daemon.Acl;

/// <summary>Lets clients in, and takes note of those that it does not.</summary>
internal sealed class Authentication(AccessControl users, AclLog log, SentinelLoop loop)
{
    /// <summary>Redis' answer to a wrong name or password, which does not say which of the two it was.</summary>
    public const string WrongPass = "WRONGPASS invalid username-password pair or user is disabled.";

    /// <summary>Whether the user <c>default</c> has passwords, so that one alone means something.</summary>
    public bool HasPassword => !users.Default.User.IsNoPass;

    /// <summary>Whether a client may call more than what strangers may.</summary>
    public bool HasDone(ClientConnection client) => users.HasAuthenticated(client);

    /// <summary>Makes a client the user it says it is, if it knows the password.</summary>
    /// <param name="call">The request that brought them.</param>
    /// <param name="name">The name of the user.</param>
    /// <param name="password">Which word of the request is the password.</param>
    /// <returns>False: no such user, not its password, or the user is off.</returns>
    public bool TryLetIn(CommandCall call, string name, int password)
    {
        bool isLetIn = users.TryAuthenticate(call.Client, name, call.Words.Span(password));
        if (!isLetIn)
            log.Add(DenialReason.Auth, call.Words.GetLatin1(0), name, ClientLine.Of(call.Client, loop.Now).TrimEnd());
        return isLetIn;
    }
}
