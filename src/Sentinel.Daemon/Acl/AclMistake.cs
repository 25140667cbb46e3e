namespace Sentinel.Daemon.Acl;

/// <summary>What is wrong with a rule.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Message">Redis' words for it.</param>
internal sealed record AclMistake(string Rule, string Message)
{
    public const string Syntax = "Syntax error";
    public const string UnknownName = "Unknown command or category name in ACL";
    public const string FirstArgumentOfSubcommand = "Allowing first-arg of a subcommand is not supported";
    public const string NoSuchPassword = "The password you are trying to remove from the user does not exist";
    public const string NotAHash = "The password hash must be exactly 64 characters and contain only lowercase hexadecimal characters";

    public const string KeysAfterAll =
        "Adding a pattern after the * pattern (or the 'allkeys' flag) is not valid and does not have any effect. Try 'resetkeys' to start with an empty list of patterns";

    public const string ChannelsAfterAll =
        "Adding a pattern after the * pattern (or the 'allchannels' flag) is not valid and does not have any effect. Try 'resetchannels' to start with an empty list of channels";

    /// <summary>Whether it names a command or category that there is not, which another version may have.</summary>
    public bool IsUnknownName => Message == UnknownName;
}
