using System.Collections.Immutable;
using Sentinel.Core;
using Sentinel.Daemon.Acl;

namespace Sentinel.Daemon.Configuration;

/// <summary>Brings the state into the text of the configuration file, and changes nothing else in it.</summary>
/// <remarks>
/// What Redis does, in a gentler way: every line that says what it should stays as it is, byte for byte. A line whose
/// value changed is replaced where it stands; a line about something that is no more is removed; what is new goes to
/// the end, in the order in which Redis writes it. Lines are matched by what they are about (a master, a replica of
/// it), so that a difference between two versions of the file shows what changed and nothing else. Comments, unknown
/// lines, our own directives and all generic ones are the user's.
/// <para>
/// A generic directive given on the command line, or on standard input, takes the place of the last such line of the
/// file and so lasts, as in Redis. Directives that add up over lines (<c>include</c>, <c>save</c>, webhooks)
/// are not written: the next start with the same command line would say them twice. A user is written when it is no
/// longer what the command line makes it.
/// </para>
/// Rewriting the result again gives the result. Source: redis config.c, rewriteConfig; redis sentinel.c,
/// rewriteConfigSentinelOption.
/// <para>
/// It remembers the lines that it wrote last. As long as the file is still that text, only the lines of masters that changed are
/// looked at: with a thousand masters a vote costs what it costs with one. Used by one thread at a time.
/// </para>
/// </remarks>
internal sealed class ConfigurationRewriter
{
    private readonly List<string> _appended = [];
    private List<RewritableLine> _lines = [];
    private string? _written;
    private SentinelConfiguration? _configuration;
    private SavedUsers? _users;
    private ImmutableArray<MasterState> _masters = [];

    /// <summary>The file as it should be.</summary>
    /// <param name="old">The text of the file now; empty when there is none.</param>
    /// <param name="configuration">What this Sentinel is to be; its masters and epochs are not looked at.</param>
    /// <param name="state">What is to survive a restart.</param>
    /// <param name="users">The users there are; null: lines about users stay as they are.</param>
    /// <returns>The same object when nothing changed.</returns>
    public string Rewrite(string old, SentinelConfiguration configuration, SentinelState state, SavedUsers? users = null)
    {
        bool isOurs = ReferenceEquals(old, _written) && ReferenceEquals(configuration, _configuration) && Equals(users, _users);
        _written = null;    // should this fail, the lines are in between
        if (!isOurs || !TryGoOn(configuration, state))
            Begin(old, configuration, state, users);
        (_configuration, _users, _masters) = (configuration, users, state.Masters);
        string text = Text(old.Contains("\r\n", StringComparison.Ordinal) ? "\r\n" : "\n");
        return _written = text == old ? old : text;
    }

    /// <summary>Reads all lines, and makes each say what it should.</summary>
    private void Begin(string old, SentinelConfiguration configuration, SentinelState state, SavedUsers? users)
    {
        // should the state ever hold something twice, the file must not: neither we nor Redis would start on it again
        List<Statement> statements = [.. StatementWriter.Statements(configuration, state, state.Masters).DistinctBy(statement => statement.Key)];
        _lines = RewritableLine.Split(old, statements.ToDictionary(statement => statement.Text));
        foreach (CommandLineOverride made in configuration.Overrides)
            Apply(made);
        Apply(statements, _lines);
        if (users is not null)
            Apply(users);
    }

    /// <summary>Goes on from the lines that were written last, which said what they should of all that did not change.</summary>
    /// <returns>False: other masters are monitored than then.</returns>
    private bool TryGoOn(SentinelConfiguration configuration, SentinelState state)
    {
        if (!state.Masters.Select(master => master.Options.Name).SequenceEqual(_masters.Select(master => master.Options.Name)))
            return false;
        List<MasterState> changed = [.. state.Masters.Where((master, i) => !ReferenceEquals(master, _masters[i]))];
        HashSet<string> names = [.. changed.Select(master => master.Options.Name)];
        List<RewritableLine> lines = _lines.FindAll(line => line.Statement is { } statement && (statement.MasterName is not { } master || names.Contains(master)));
        foreach (RewritableLine line in lines)
            line.IsWanted = false;
        Apply([.. StatementWriter.Statements(configuration, state, changed).DistinctBy(statement => statement.Key)], lines);
        return true;
    }

    private void Apply(CommandLineOverride made)
    {
        int last = _lines.FindLastIndex(line => line.Words.Length > 0 && GenericDirectives.OverrideKey(line.Words) == made.Key);
        // what is included behind it may set the same, and the last one counts
        bool isLastWord = last >= 0 && !_lines.Skip(last).Any(line => line.Words is ["include", _]);
        string text = string.Join(' ', made.Words.Select(ConfigurationLexer.Write));
        if (!isLastWord)
            _appended.Add(text);
        else if (!_lines[last].Words.AsSpan()[1..].SequenceEqual(made.Words.AsSpan()[1..]))
            _lines[last].ReplaceBy(text);
    }

    /// <param name="statements">What is to be said of this Sentinel and of some masters.</param>
    /// <param name="among">All lines about these, and others that are no statements.</param>
    private void Apply(List<Statement> statements, List<RewritableLine> among)
    {
        ILookup<string, RewritableLine> byKey = among.Where(line => line.Statement is not null).ToLookup(line => line.Statement!.Key);
        List<Statement> homeless = [];
        foreach (Statement statement in statements)
        {
            List<RewritableLine> lines = [.. byKey[statement.Key]];
            if (lines.Count > 0)
                Settle(statement, lines);
            else if (!statement.IsDefault)
                homeless.Add(statement);
        }

        // a replica or peer that is new takes the line of one that is gone, as master and replica do after a failover
        Dictionary<string, Queue<RewritableLine>> vacant = among
            .Where(line => !line.IsKept && line.Statement!.Kind.IsUnique)
            .GroupBy(line => line.Statement!.Family)
            .ToDictionary(group => group.Key, group => new Queue<RewritableLine>(group));
        foreach (Statement statement in homeless)
        {
            if (vacant.TryGetValue(statement.Family, out Queue<RewritableLine>? lines) && lines.TryDequeue(out RewritableLine? line))
                Put(statement, line);
            else
                _appended.Add(statement.Text);
        }
    }

    /// <summary>Makes the lines about users say what they should. After the statements, for these have places of their own.</summary>
    private void Apply(SavedUsers users)
    {
        ILookup<string?, RewritableLine> byName = _lines.ToLookup(line => SavedUsers.NameIn(line.Words));
        foreach (RewritableLine line in byName.Where(lines => lines.Key is not null).SelectMany(lines => lines))
            line.IsRemoved = true;
        foreach (AclUser user in users.All)
        {
            if (byName[user.Name].FirstOrDefault() is not { } line)
            {
                if (!users.IsImplied(user))
                    _appended.Add(SavedUsers.Line(user));
                continue;
            }
            line.IsRemoved = false;
            if (!users.IsSaidBy(user, line.Words))
                line.ReplaceBy(SavedUsers.Line(user));
        }
    }

    /// <summary>Makes the lines about one thing say what they should.</summary>
    private static void Settle(Statement statement, List<RewritableLine> lines)
    {
        // where a second line is an error only one stays; otherwise the last one counts, and those before it do no harm
        RewritableLine settled = statement.Kind.IsUnique ? lines[0] : lines[^1];
        foreach (RewritableLine line in lines)
            line.IsWanted = line == settled || !statement.Kind.IsUnique;
        if (settled.Statement != statement && (!statement.Says(settled.Statement!) || NameOn(settled) != settled.Name))
            Put(statement, settled);
    }

    private static void Put(Statement statement, RewritableLine line)
    {
        line.IsWanted = true;
        line.ReplaceBy(statement.Write(NameOn(line)));
    }

    /// <summary>A line keeps the name it was written with, except <c>known-slave</c>.</summary>
    /// <remarks>
    /// Redis 7.0 leaves such a line where it is and writes <c>known-replica</c> besides, and at the next start refuses
    /// to have both; so it is better not to leave it one. For the other name there is, <c>primary-reboot-…</c>, only
    /// the user knows which servers are to read the file.
    /// </remarks>
    private static string NameOn(RewritableLine line) =>
        line.Name.Equals("known-slave", StringComparison.OrdinalIgnoreCase) ? StatementKind.KnownReplica.Name : line.Name;

    /// <summary>Drops the lines that are no more, adds the new ones, and puts all together.</summary>
    private string Text(string newline)
    {
        bool isAfterBlank = true;
        bool isAfterGap = false;
        _lines.RemoveAll(line =>
        {
            // of the blank lines around a removed line one is enough, or they would add up over time
            bool isDropped = !line.IsKept || (isAfterGap && isAfterBlank && line.IsBlank);
            isAfterGap = !line.IsKept;
            if (!isDropped)
                isAfterBlank = line.IsBlank;
            return isDropped;
        });
        if (_appended.Count > 0)
        {
            if (_lines is [.., var last])
                last.End(newline);
            if (!_lines.Exists(line => line.IsSignature))
            {
                if (!isAfterBlank)
                    _lines.Add(new RewritableLine(newline));
                _lines.Add(new RewritableLine(RewritableLine.Signature + newline));
            }
            _lines.AddRange(_appended.Select(line => new RewritableLine(line + newline) { IsWanted = true }));
            _appended.Clear();
        }
        return string.Concat(_lines.Select(line => line.Text));
    }
}
