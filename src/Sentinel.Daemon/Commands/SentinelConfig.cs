using System.Collections.Immutable;
using Sentinel.Core;
using Sentinel.Daemon.Configuration;
using Sentinel.Daemon.Logging;
using Sentinel.Resp;

namespace Sentinel.Daemon.Commands;

/// <summary>SENTINEL CONFIG: what an operator may see and change of this Sentinel itself while it runs.</summary>
/// <remarks>All pairs of a SET are checked before the first one takes effect, and what it changed is on disk when it is answered.</remarks>
internal sealed class SentinelConfig(SentinelLoop loop, RedisLog log)
{
    private const string OnlyGetAndSet =
        "ERR Only SENTINEL CONFIG GET <param> [<param> <param> ...] / SET <param> <value> [<param> <value> ...] are supported.";

    // In the order in which GET shows them.
    private static readonly Setting[] Settings =
    [
        YesNo("resolve-hostnames", options => options.ResolveHostnames, (options, isSo) => options with { ResolveHostnames = isSo }),
        YesNo("announce-hostnames", options => options.AnnounceHostnames, (options, isSo) => options with { AnnounceHostnames = isSo }),
        // No hello could carry anything else.
        new("announce-ip", (options, _) => options.AnnounceIp ?? "", text => text.Length == 0 || HelloMessage.IsHost(text))
        {
            Apply = (options, text) => options with { AnnounceIp = NullIfEmpty(text) },
        },
        new("announce-port", (options, _) => $"{options.AnnouncePort}", text => TryReadPort(text, out _))
        {
            Apply = (options, text) => options with { AnnouncePort = TryReadPort(text, out int port) ? port : options.AnnouncePort },
        },
        new("sentinel-user", (options, _) => options.SentinelUser ?? "", ControlCharacters.AreAbsent)
        {
            Apply = (options, text) => options with { SentinelUser = NullIfEmpty(text) },
        },
        new("sentinel-pass", (options, _) => options.SentinelPass ?? "", ControlCharacters.AreAbsent)
        {
            Apply = (options, text) => options with { SentinelPass = NullIfEmpty(text) },
        },
        new("loglevel", (_, level) => level.ToString().ToLowerInvariant(), text => TryReadLevel(text, out _)),
    ];

    /// <summary>CONFIG GET and CONFIG SET.</summary>
    public Outcome Call(CommandCall call) =>
        call.Words.Is(2, "GET"u8) ? Get(call)
        : call.Words.Is(2, "SET"u8) ? Set(call)
        : call.Refuse(OnlyGetAndSet);

    /// <summary>Each setting that a pattern matches, once: in the order of the patterns, then in our own.</summary>
    private Outcome Get(CommandCall call)
    {
        string[] patterns = [.. Enumerable.Range(3, call.Words.Count - 3).Select(call.Words.GetText)];
        Setting[] found = [.. patterns.SelectMany(pattern => Settings.Where(setting => Glob.Matches(pattern, setting.Name, ignoreCase: true))).Distinct()];
        SentinelOptions options = loop.View.Options;
        RespWriter reply = call.Reply;
        reply.WriteMapHeader(found.Length);
        foreach (Setting setting in found)
        {
            reply.WriteBulkString(setting.Name);
            reply.WriteBulkString(setting.Show(options, log.Threshold));
        }
        return Outcome.Answered;
    }

    private Outcome Set(CommandCall call)
    {
        RespCommand words = call.Words;
        var values = new Dictionary<Setting, string>();
        for (int at = 3; at < words.Count; at += 2)
        {
            string name = words.GetLatin1(at);
            if (Array.Find(Settings, setting => setting.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) is not { } setting)
                return call.Refuse($"ERR Invalid argument '{name}' to SENTINEL CONFIG SET");
            if (values.ContainsKey(setting))
                return call.Refuse($"ERR Duplicate argument '{name}' to SENTINEL CONFIG SET");
            if (at + 1 == words.Count)
                return call.Refuse($"ERR Missing argument '{name}' value");
            string value = FileText.Decode(words.Span(at + 1));    // a password may be any bytes
            if (!setting.IsValid(value))
                return call.Refuse($"ERR Invalid value '{words.GetLatin1(at + 1)}' to SENTINEL CONFIG SET '{name}'");
            values.Add(setting, value);
        }
        return SetAsync(values);
    }

    private async Task<Answer> SetAsync(Dictionary<Setting, string> values)
    {
        LogThreshold before = log.Threshold;
        foreach ((Setting setting, string value) in values)
        {
            if (setting.Apply is null && TryReadLevel(value, out LogThreshold level))
                log.Threshold = level;    // before the core asks for a save, which takes it along
        }
        Answer answer = await loop.AskAsync(id => new OptionsChangeRequested(id, options =>
            values.Aggregate(options, (changed, pair) => pair.Key.Apply?.Invoke(changed, pair.Value) ?? changed)));
        if (answer == OptionsChangeRequested.NamesAreNeeded)
            log.Threshold = before;
        return answer;
    }

    private static Setting YesNo(string name, Func<SentinelOptions, bool> read, Func<SentinelOptions, bool, SentinelOptions> apply) =>
        new(name, (options, _) => read(options) ? "yes" : "no", text => text.ToLowerInvariant() is "yes" or "no")
        {
            Apply = (options, text) => apply(options, text.Equals("yes", StringComparison.OrdinalIgnoreCase)),
        };

    private static bool TryReadPort(string text, out int port) =>
        int.TryParse(text, out port) && port is >= 0 and <= ushort.MaxValue && $"{port}" == text;

    private static bool TryReadLevel(string text, out LogThreshold level)
    {
        int index = Array.FindIndex(Enum.GetNames<LogThreshold>(), name => name.Equals(text, StringComparison.OrdinalIgnoreCase));
        level = index < 0 ? default : Enum.GetValues<LogThreshold>()[index];
        return index >= 0;
    }

    private static string? NullIfEmpty(string text) => text.Length > 0 ? text : null;

    /// <param name="Name">As an operator writes it, case aside.</param>
    /// <param name="Show">Its value, of the options and of what is logged.</param>
    /// <param name="IsValid">Whether it may have a value.</param>
    private sealed record Setting(string Name, Func<SentinelOptions, LogThreshold, string> Show, Func<string, bool> IsValid)
    {
        /// <summary>Takes a valid value; null: it is no option of the core but the log's.</summary>
        public Func<SentinelOptions, string, SentinelOptions>? Apply { get; init; }
    }
}
