using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Sentinel.Daemon.Acl;
using Sentinel.Daemon.Notifications;
using Sentinel.Daemon.Transport;

namespace Sentinel.Daemon.Commands;

/// <summary>What <c>Program.cs</c> needs to serve RESP.</summary>
internal static class RespServer
{
    /// <summary>
    /// Adds everything that <see cref="RespConnectionHandler"/> needs except the <see cref="SentinelLoop"/>, whose
    /// listeners include the <see cref="EventHub"/> added here.
    /// </summary>
    public static IServiceCollection AddRespServer(this IServiceCollection services, RespServerOptions options)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddOptions<SocketTransportOptions>().Configure<RespServerOptions>(Listeners.SetInherited);
        if (OperatingSystem.IsLinux())
            services.AddSingleton<IConnectionListenerFactory, EpollTransport>();    // the last one is asked first
        return services
            .AddSingleton(options)
            .AddAccessControl()
            .AddSingleton<ClientRegistry>()
            .AddSingleton<EventHub>()
            .AddSingleton<IEventListener>(provider => provider.GetRequiredService<EventHub>())
            .AddHostedService(provider => provider.GetRequiredService<EventHub>())
            .AddHostedService<IdleClients>()
            .AddSingleton<InfoText>()
            .AddSingleton<ConnectionCommands>()
            .AddSingleton<ClientCommand>()
            .AddSingleton<PubSubCommands>()
            .AddSingleton<ServerCommands>()
            .AddSingleton<SentinelQueries>()
            .AddSingleton<SentinelOrders>()
            .AddSingleton<SentinelConfig>()
            .AddSingleton<SentinelDebug>()
            .AddSingleton<SentinelCommand>()
            .AddSingleton(provider => new CommandTable(
            [
                .. provider.GetRequiredService<ConnectionCommands>().Specs,
                provider.GetRequiredService<ClientCommand>().Spec,
                .. provider.GetRequiredService<ServerCommands>().Specs,
                .. provider.GetRequiredService<PubSubCommands>().Specs,
                provider.GetRequiredService<SentinelCommand>().Spec,
                provider.GetRequiredService<AclCommand>().Spec,
            ],
            options.CommandNames,
            provider.GetRequiredService<AccessControl>(),
            provider.GetRequiredService<AclLog>(),
            provider.GetRequiredService<SentinelLoop>()))
            .AddSingleton<RespConnectionHandler>();
    }
}
