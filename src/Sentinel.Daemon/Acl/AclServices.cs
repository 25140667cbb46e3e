using Sentinel.Daemon.Commands;

namespace Sentinel.Daemon.Acl;

/// <summary>What the RESP server needs to know who may do what.</summary>
internal static class AclServices
{
    /// <summary>Adds the users, at first only the user <c>default</c>, and the command ACL.</summary>
    public static IServiceCollection AddAccessControl(this IServiceCollection services) => services
        .AddSingleton<AccessControl>()
        .AddSingleton<AclLog>()
        .AddSingleton<Authentication>()
        .AddSingleton<AclGrammar>()
        .AddSingleton(provider => new Lazy<AclGrammar>(provider.GetRequiredService<AclGrammar>))
        .AddSingleton<UserChanges>()
        .AddSingleton<AclCommand>();
}
