using Sentinel.Core;
using Sentinel.Daemon;
using Sentinel.Daemon.CommandLine;
using Sentinel.Daemon.Commands;
using Sentinel.Daemon.Configuration;
using Sentinel.Daemon.Hosting;
using Sentinel.Daemon.Logging;

// A shell without job control starts what runs beside it with SIGINT ignored; .NET would leave it so, Redis does not.
// Must be done before the console is touched, for then the runtime has its own handler there.
SystemCalls.HeedInterrupt();

// Before there are many threads: each would have a heap of its own.
SystemCalls.ShareNativeHeap();

// Measured: a third less CPU per request. Must be set before the first socket is made.
Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");

if ((CheckCommand.Answer(args, Environment.CurrentDirectory, Console.In, Console.OpenStandardOutput(), TimeProvider.System) ?? Usage.Answer(args, ProgramName.OfThisProcess())) is { } answered)
    return answered;
// Not disposed of at the end: a signal that comes a second time while the process ends would then end it with another code.
var signals = new StopSignals();
Background? background = Background.Take();
try
{
    ConfigurationArguments arguments = ConfigurationArguments.Parse(args, Environment.CurrentDirectory);
    string standardInput = background?.StandardInput ?? (arguments.ReadsStandardInput ? ReadStandardInput() : "");
    SentinelConfiguration configuration = ConfigurationLoader.Load(arguments, new StringReader(standardInput));
    using Supervisor supervisor = Supervisor.Find(configuration.Supervised);
    bool goesToBackground = configuration.Daemonize && supervisor.Kind is Supervision.No;
    if (goesToBackground && background is null)
    {
        signals.Dispose();    // until the other has taken over, Ctrl-C ends this one as it ends any program
        return Background.Start(standardInput);
    }
    Environment.CurrentDirectory = configuration.Directory;
    background?.TakeOver();
    return await SentinelProcess.RunAsync(configuration, supervisor, configuration.PidFile ?? (goesToBackground ? PidFile.DefaultPath : null), signals);
}
catch (ConfigurationException mistake)
{
    SayWhy(mistake);
    return 1;
}

static string ReadStandardInput()
{
    using var content = new MemoryStream();
    using Stream input = Console.OpenStandardInput();
    input.CopyTo(content);
    return FileText.Decode(content.ToArray());
}

static void SayWhy(ConfigurationException mistake)
{
    string report = mistake.Report($"Sentinel {ServerVersion.Own}");
    if (!mistake.IsLogged)
    {
        Console.Error.WriteLine(report);
        return;
    }
    using var log = new RedisLog(LogThreshold.Notice, file: null, TimeProvider.System);
    foreach (string line in report.Split('\n'))
        log.Write(EventLevel.Warning, line);
}
