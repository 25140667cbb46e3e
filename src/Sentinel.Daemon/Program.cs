using Sentinel.Daemon;
using Sentinel.Daemon.CommandLine;
using Sentinel.Daemon.Configuration;

// Measured: a third less CPU per request. Must be set before the first socket is made.
Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");

if (Usage.Answer(args) is { } answered)
    return answered;
try
{
    ConfigurationArguments arguments = ConfigurationArguments.Parse(args, Environment.CurrentDirectory);
    SentinelConfiguration configuration = ConfigurationLoader.Load(arguments, Console.In);
    Environment.CurrentDirectory = configuration.Directory;
    return await SentinelProcess.RunAsync(configuration);
}
catch (ConfigurationException mistake)
{
    Console.Error.WriteLine(mistake.Report("Sentinel"));
    return 1;
}
