using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Sentinel.Core;
using Sentinel.Daemon.Configuration;

namespace Sentinel.Daemon.Tests.Configuration;

/// <summary>The example at the root of the repository says what is true.</summary>
public sealed class ExampleFileTests
{
    internal static readonly string Example = File.ReadAllText(Path.Combine(Path.GetDirectoryName(Here())!, "../../../sentinel.conf.example"));

    /// <summary>The same with all examples in it uncommented, and programs that exist.</summary>
    internal static readonly string Uncommented = Regex.Replace(
        Regex.Replace(Example, "^#(?=[a-z])", "", RegexOptions.Multiline), "/var/redis/[a-z]+\\.sh", "/bin/true");

    [Fact]
    public void It_loads_as_it_is_and_changes_no_default()
    {
        SentinelConfiguration configuration = ReadingTests.Read(Example);
        Assert.Equal(["mymaster"], configuration.Masters.Select(master => master.Options.Name));
        SentinelConfiguration bare = ReadingTests.Read("sentinel monitor mymaster 127.0.0.1 6379 2\n");
        Assert.Equal(Said(bare), Said(configuration));

        static string Said(SentinelConfiguration configuration) => Samples.Said(configuration) + Samples.Said(configuration.State(SentinelId.Draw(new Random(1))))
            + configuration.TcpBacklog + configuration.TcpKeepAlive + configuration.ClientTimeout + configuration.MaxClients + configuration.Log.Threshold
            + configuration.Log.File + configuration.Daemonize + configuration.Supervised + configuration.ProtectedMode + configuration.Directory;
    }

    [Fact]
    public void It_loads_with_every_example_in_it() =>
        Assert.Equal("oncall", Assert.Single(ReadingTests.Read(Uncommented).Webhooks).Id);

    [Fact]
    public void It_names_every_directive_that_means_something()
    {
        IEnumerable<string> statements = typeof(StatementKind).GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(field => field.GetValue(null)).OfType<StatementKind>().Select(kind => kind.Usage);
        string[] generic =
        [
            "port ", "bind ", "protected-mode ", "requirepass ", "unixsocket ", "unixsocketperm ", "tcp-backlog ", "tcp-keepalive ", "timeout ",
            "maxclients ", "loglevel ", "logfile ", "dir ", "daemonize ", "pidfile ", "supervised ", "include ",
        ];
        Assert.DoesNotContain(statements.Concat(generic), name => !Regex.IsMatch(Example, "^#? *" + Regex.Escape(name), RegexOptions.Multiline));
    }

    internal static string Here([CallerFilePath] string path = "") => path;
}
