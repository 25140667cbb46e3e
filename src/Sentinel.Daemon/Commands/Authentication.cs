using System.Security.Cryptography;
using System.Text;

namespace Sentinel.Daemon.Commands;

/// <summary>Who may call more than what strangers may: the one user <c>default</c> and its password.</summary>
internal sealed class Authentication(RespServerOptions options)
{
    /// <summary>The user of connections that name none.</summary>
    public const string DefaultUser = "default";

    /// <summary>Redis' answer to a wrong name or password, which does not say which of the two it was.</summary>
    public const string WrongPass = "WRONGPASS invalid username-password pair or user is disabled.";

    private readonly byte[]? _hash = options.RequirePass is { Length: > 0 } password ? SHA256.HashData(Encoding.UTF8.GetBytes(password)) : null;

    /// <summary>Whether a password is asked for.</summary>
    public bool IsRequired => _hash is not null;

    /// <summary>Whether this is a user of ours with its password. Takes as long for a wrong password as for the right one.</summary>
    /// <remarks>A user without a password takes any, as in Redis: a superfluous AUTH does no harm.</remarks>
    public bool Accepts(ReadOnlySpan<byte> user, ReadOnlySpan<byte> password)
    {
        // Hashes, because the comparison takes equal lengths, and its own time must not tell the length.
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(password, hash);
        bool isRight = _hash is null || CryptographicOperations.FixedTimeEquals(hash, _hash);
        return isRight && user.SequenceEqual("default"u8);
    }
}
