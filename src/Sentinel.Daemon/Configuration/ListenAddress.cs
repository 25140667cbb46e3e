namespace Sentinel.Daemon.Configuration;

/// <summary>One address of <c>bind</c>.</summary>
/// <param name="Host">An address, a name, or <c>*</c> for all IPv4 and <c>::*</c> for all IPv6 addresses.</param>
/// <param name="IsOptional">Written with a leading <c>-</c>: no error when this machine does not have it.</param>
internal sealed record ListenAddress(string Host, bool IsOptional)
{
    /// <summary>Reads one word of <c>bind</c>.</summary>
    public static ListenAddress Parse(string word) => word.StartsWith('-') ? new(word[1..], true) : new(word, false);
}
