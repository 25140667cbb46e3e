using System.Collections.Immutable;
using Sentinel.Core;
using Sentinel.Resp;

namespace Sentinel.Daemon.Commands;

/// <summary>COMMAND: tells clients and proxies what is served, out of the table that serves it.</summary>
internal sealed class CommandCommand
{
    private readonly CommandTable _table;
    private readonly CommandSpec _spec;

    private CommandCommand(CommandTable table)
    {
        _table = table;
        _spec = Describe(new CommandSpec("command", -1, All), "2.8.13", "Get array of command details") with
        {
            Tips = ["nondeterministic_output_order"],
            Subcommands =
            [
                Describe(new CommandSpec("command|count", 2, Count), "2.8.13", "Get total number of commands") with { Help = ["COUNT", "    Return the total number of commands in this server."] },
                Describe(new CommandSpec("command|list", -2, List), "7.0.0", "Get an array of command names") with
                {
                    Tips = ["nondeterministic_output_order"],
                    Help = ["LIST", "    Return a list of all commands in this server."],
                },
                Describe(new CommandSpec("command|info", -2, Info), "2.8.13", "Get array of specific command details, or all when no argument is given.") with
                {
                    Tips = ["nondeterministic_output_order"],
                    Help = ["INFO [<command-name> ...]", "    Return details about multiple commands.", "    If no command names are given, documentation details for all", "    commands are returned."],
                },
                Describe(new CommandSpec("command|docs", -2, Docs), "7.0.0", "Get array of specific command documentation") with
                {
                    Tips = ["nondeterministic_output_order"],
                    Help = ["DOCS [<command-name> ...]", "    Return documentation details about multiple commands.", "    If no command names are given, documentation details for all", "    commands are returned."],
                },
                Describe(new CommandSpec("command|getkeys", -4, NoKeys), "2.8.13", "Extract keys given a full command") with { Help = ["GETKEYS <full-command>", "    Return the keys from a full command."] },
                Describe(new CommandSpec("command|getkeysandflags", -4, NoKeys), "7.0.0", "Extract keys and access flags given a full command") with
                {
                    Help = ["GETKEYSANDFLAGS <full-command>", "    Return the keys and the access flags from a full command."],
                },
                Describe(new CommandSpec("command|help", 2, Help), "5.0.0", "Show helpful text about the different subcommands"),
            ],
        };
    }

    /// <summary>The command, for a table that is about to be made.</summary>
    public static CommandSpec Spec(CommandTable table) => new CommandCommand(table)._spec;

    private static CommandSpec Describe(CommandSpec spec, string since, string summary) => spec with
    {
        Flags = CommandFlags.Loading | CommandFlags.Stale,
        ExtraCategories = CommandCategories.Connection,
        Since = since,
        Summary = summary,
    };

    private Outcome All(CommandCall call)
    {
        WriteArray(call.Reply, _table.Callable, WriteDetails);
        return Outcome.Answered;
    }

    private Outcome Count(CommandCall call)
    {
        call.Reply.WriteInteger(_table.Callable.Length);
        return Outcome.Answered;
    }

    private Outcome Info(CommandCall call)
    {
        if (call.Words.Count == 2)
            return All(call);
        RespWriter reply = call.Reply;
        reply.WriteArrayHeader(call.Words.Count - 2);
        for (int i = 2; i < call.Words.Count; i++)
        {
            if (_table.FindListed(call.Words.GetLatin1(i)) is { } spec)
                WriteDetails(reply, spec);
            else
                reply.WriteNull();
        }
        return Outcome.Answered;
    }

    private Outcome Docs(CommandCall call)
    {
        ImmutableArray<CommandSpec> specs = call.Words.Count == 2
            ? _table.Callable
            : [.. Enumerable.Range(2, call.Words.Count - 2).Select(call.Words.GetLatin1).Select(_table.FindListed).OfType<CommandSpec>()];
        WriteDocs(call.Reply, specs);
        return Outcome.Answered;
    }

    private Outcome List(CommandCall call)
    {
        RespCommand words = call.Words;
        IEnumerable<CommandSpec> listed = _table.Callable.SelectMany(command => command.Subcommands.Prepend(command));
        if (words.Count == 5 && words.Is(2, "FILTERBY"u8))
        {
            string wanted = words.GetLatin1(4);
            if (words.Is(3, "PATTERN"u8))
                listed = listed.Where(command => Glob.Matches(wanted, command.FullName, ignoreCase: true));
            else if (words.Is(3, "ACLCAT"u8))
                listed = listed.Where(command => command.CategoryNames.Any(category => category.AsSpan(1).Equals(wanted, StringComparison.OrdinalIgnoreCase)));
            else if (words.Is(3, "MODULE"u8))
                listed = [];
            else
                return call.Refuse(CommandCall.SyntaxError);
        }
        else if (words.Count > 2)
        {
            return call.Refuse(CommandCall.SyntaxError);
        }
        WriteArray(call.Reply, [.. listed], static (reply, command) => reply.WriteBulkString(command.FullName));
        return Outcome.Answered;
    }

    private Outcome NoKeys(CommandCall call)
    {
        string name = call.Words.GetLatin1(2);
        bool isKnown = _table.FindListed(name) is { } spec
            && (spec.Subcommands.IsEmpty || _table.FindListed($"{name}|{call.Words.GetLatin1(3)}") is not null);
        return call.Refuse(isKnown ? "ERR The command has no key arguments" : "ERR Invalid command specified");
    }

    private Outcome Help(CommandCall call) =>
        HelpText.Write(call, _spec, "(no subcommand)", "    Return details about all commands.");

    private static void WriteDetails(RespWriter reply, CommandSpec spec)
    {
        reply.WriteArrayHeader(10);
        reply.WriteBulkString(spec.FullName);
        reply.WriteInteger(spec.Arity);
        WriteSet(reply, [.. spec.FlagNames], static (reply, flag) => reply.WriteSimpleString(flag));
        reply.WriteInteger(0);    // first key, last key, step: a Sentinel has no keys
        reply.WriteInteger(0);
        reply.WriteInteger(0);
        WriteSet(reply, [.. spec.CategoryNames], static (reply, category) => reply.WriteSimpleString(category));
        WriteSet(reply, spec.Tips, static (reply, tip) => reply.WriteBulkString(tip));
        reply.WriteSetHeader(0);
        if (spec.Subcommands.IsEmpty)
            reply.WriteSetHeader(0);
        else
            WriteArray(reply, spec.Subcommands, WriteDetails);
    }

    private static void WriteDocs(RespWriter reply, ImmutableArray<CommandSpec> specs)
    {
        reply.WriteMapHeader(specs.Length);
        foreach (CommandSpec spec in specs)
        {
            reply.WriteBulkString(spec.FullName);
            reply.WriteMapHeader(3 + CommandDocs.CountOf(spec.FullName) + (spec.Subcommands.IsEmpty ? 0 : 1));
            reply.WriteBulkString("summary"u8);
            reply.WriteBulkString(spec.Summary);
            reply.WriteBulkString("since"u8);
            reply.WriteBulkString(spec.Since);
            reply.WriteBulkString("group"u8);
            reply.WriteBulkString(spec.Group);
            CommandDocs.WriteFields(reply, spec.FullName);
            if (spec.Subcommands.IsEmpty)
                continue;
            reply.WriteBulkString("subcommands"u8);
            WriteDocs(reply, spec.Subcommands);
        }
    }

    private static void WriteArray<T>(RespWriter reply, ImmutableArray<T> items, Action<RespWriter, T> write)
    {
        reply.WriteArrayHeader(items.Length);
        foreach (T item in items)
            write(reply, item);
    }

    private static void WriteSet<T>(RespWriter reply, ImmutableArray<T> items, Action<RespWriter, T> write)
    {
        reply.WriteSetHeader(items.Length);
        foreach (T item in items)
            write(reply, item);
    }
}
