using System.Collections.Frozen;
using System.Collections.Immutable;
using Sentinel.Daemon.Configuration;

namespace Sentinel.Daemon.CommandLine;

/// <summary>How a configuration goes back to redis-sentinel 7.0: without what that one does not know.</summary>
/// <param name="First">The first line that it would not start on.</param>
/// <param name="Command">What to run: GNU sed, which takes away no more than it must.</param>
internal sealed record WayBack(ConfigurationLine First, string Command)
{
    private const string Blank = "[[:blank:]]";

    /// <summary>Directives of later versions of Redis and of Valkey that are taken here. Found by asking a redis-sentinel 7.0.15 for each.</summary>
    private static readonly FrozenSet<string> Directives = """
        aof-rewrite-cpulist availability-zone bgsave-cpulist bio-cpulist client-default-resp cluster-announce-client-ipv4
        cluster-announce-client-ipv6 cluster-announce-human-nodename cluster-blacklist-ttl cluster-ping-interval
        cluster-slot-stats-enabled debug-context dual-channel-replication-enabled enable-debug-assert events-per-io-thread
        extended-redis-compatibility hide-user-data-from-log locale-collate log-format log-timestamp-format
        max-new-connections-per-cycle max-new-tls-connections-per-cycle prefetch-batch-max-size primaryauth primaryuser
        req-res-logfile server-cpulist set-max-listpack-entries set-max-listpack-value unixsocketgroup
        """.Split([' ', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries).ToFrozenSet();

    /// <summary>Commands that rules of users may name here. Found like the directives.</summary>
    private static readonly FrozenSet<string> Commands = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "client|setinfo", "sentinel|acknowledge", "sentinel|adopt", "sentinel|explain", "sentinel|forget", "sentinel|get-primary-addr-by-name",
        "sentinel|is-primary-down-by-addr", "sentinel|pause", "sentinel|primaries", "sentinel|primary", "sentinel|resume");

    /// <summary>What there is to take away.</summary>
    /// <returns>Null: nothing.</returns>
    public static WayBack? Of(Examination examined)
    {
        ImmutableArray<(ConfigurationLine Line, string Name, Kind Kind)> unknown =
            [.. examined.Lines.SelectMany(line => UnknownOf(line).Select(name => (line, name.Name, name.Kind)))];
        if (unknown.IsEmpty)
            return null;
        // An option is in the file after the first save.
        IEnumerable<string> files = unknown.Select(one => one.Line.Origin == ConfigurationOrigin.Include ? one.Line.File : examined.Configuration.File).Distinct();
        IEnumerable<string> scripts = unknown.GroupBy(one => one.Kind).OrderBy(group => group.Key)
            .Select(group => Script(group.Key, string.Join('|', group.Select(one => one.Name).Distinct().Select(name => name.Replace("|", "\\|", StringComparison.Ordinal)))));
        return new WayBack(unknown[0].Line, $"sed -i -E {string.Concat(scripts.Select(script => $"-e '{script}' "))}{string.Join(' ', files.Select(Quoted))}");
    }

    private static IEnumerable<(string Name, Kind Kind)> UnknownOf(ConfigurationLine line)
    {
        if (StatementKind.Of(line.Words) is { } statement)
            return statement.IsOurOwn ? [(statement.Name, Kind.Statement)] : IsNameOfValkey(statement, line) ? [(statement.Alias!, Kind.ValkeyName)] : [];
        if (Directives.Contains(line.Name))
            return [(line.Name, Kind.Directive)];
        if (line is { Name: "loglevel", Arguments: [var level] } && level.Equals("nothing", StringComparison.OrdinalIgnoreCase))
            return [("nothing", Kind.LogLevel)];
        return line.Name == "user" ? line.Arguments.Skip(1).Select(NameIn).Where(Commands.Contains).Select(name => (name, Kind.Rule)) : [];
    }

    /// <summary>The command that a word of a user's rules is about, in lower case; anything else when it is about none.</summary>
    private static string NameIn(string word) => word.Trim('(', ')') is ['+' or '-', .. var name] ? name.ToLowerInvariant() : "";

    private static bool IsNameOfValkey(StatementKind statement, ConfigurationLine line) =>
        statement == StatementKind.RebootDownAfter && line.Words[1].Equals(statement.Alias, StringComparison.OrdinalIgnoreCase);

    private static string Script(Kind kind, string names) => kind switch
    {
        Kind.Statement => $"/^{Blank}*sentinel{Blank}+({names}){Blank}/Id",
        Kind.Directive => $"/^{Blank}*({names}){Blank}/Id",
        Kind.LogLevel => $"/^{Blank}*loglevel{Blank}+\"?{names}/Id",
        Kind.ValkeyName => $"s/^({Blank}*sentinel{Blank}+){names}{Blank}/\\1{StatementKind.RebootDownAfter.Name} /I",
        Kind.Rule => $"/^{Blank}*user{Blank}/I {{s/{Blank}+[+-]({names})\\b//Ig; s/\\([+-]({names})\\b{Blank}*/(/Ig}}",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>A path as a shell takes it.</summary>
    private static string Quoted(string path) => path.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '/' or '-') ? path : $"'{path.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    /// <summary>What is unknown, and so how it goes.</summary>
    private enum Kind
    {
        /// <summary>A <c>sentinel</c> line: as a whole.</summary>
        Statement,

        /// <summary>The line of a directive: as a whole.</summary>
        Directive,

        /// <summary>A level that there is not: its line; the default is the nearest to it.</summary>
        LogLevel,

        /// <summary>Valkey's name of a statement: Redis' takes its place.</summary>
        ValkeyName,

        /// <summary>A rule of a user: it alone.</summary>
        Rule,
    }
}
