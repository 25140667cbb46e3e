using System.Collections.Immutable;
using Sentinel.Resp;

namespace Sentinel.Daemon.Commands;

/// <summary>CLIENT TRACKING, TRACKINGINFO, CACHING and GETREDIR.</summary>
internal sealed class ClientTracking
{
    /// <summary>Prefixes that one client may give. Ours: Redis has no bound.</summary>
    private const int PrefixesMax = 1000;

    private readonly ClientRegistry _clients;

    public ClientTracking(ClientRegistry clients)
    {
        _clients = clients;
        Specs =
        [
            ClientCommand.Sub("caching", 3, Caching) with
            {
                Since = "6.0.0",
                Summary = "Instruct the server about tracking or not keys in the next request",
                Help = ["CACHING (YES|NO)", "    Enable/disable tracking of the keys for next command in OPTIN/OPTOUT modes."],
            },
            ClientCommand.Sub("getredir", 2, GetRedirection) with
            {
                Since = "6.0.0",
                Summary = "Get tracking notifications redirection client ID if any",
                Help = ["GETREDIR", "    Return the client ID we are redirecting to when tracking is enabled."],
            },
            ClientCommand.Sub("tracking", -3, Track) with
            {
                Since = "6.0.0",
                Summary = "Enable or disable server assisted client side caching support",
                Help =
                [
                    "TRACKING (ON|OFF) [REDIRECT <id>] [BCAST] [PREFIX <prefix> [...]]",
                    "         [OPTIN] [OPTOUT] [NOLOOP]",
                    "    Control server assisted client side caching.",
                ],
            },
            ClientCommand.Sub("trackinginfo", 2, Info) with
            {
                Since = "6.2.0",
                Summary = "Return information about server assisted client side caching for the current connection",
                Help = ["TRACKINGINFO", "    Report tracking status for the current connection."],
            },
        ];
    }

    /// <summary>The subcommands of this class.</summary>
    public CommandSpec[] Specs { get; }

    private Outcome Track(CommandCall call)
    {
        if (!TryRead(call, out Tracking asked, out string? error))
            return call.Refuse(error!);
        if (call.Words.Is(2, "OFF"u8))
        {
            call.Client.Tracking = null;
            return call.Ok();
        }
        if (!call.Words.Is(2, "ON"u8))
            return call.Refuse(CommandCall.SyntaxError);
        if (Objection(call.Client.Tracking, asked) is { } objection)
            return call.Refuse(objection);
        // Prefixes add to those of earlier calls; no prefix at all stands for every key.
        ImmutableArray<string> prefixes = call.Client.Tracking is { } before ? [.. before.Prefixes, .. asked.Prefixes] : asked.Prefixes;
        if (asked.IsBroadcast && prefixes.IsEmpty)
            prefixes = [""];
        if (prefixes.Length > PrefixesMax)
            return call.Refuse($"ERR too many prefixes, at most {PrefixesMax}");
        call.Client.Tracking = asked with { Prefixes = prefixes };
        return call.Ok();
    }

    private bool TryRead(CommandCall call, out Tracking asked, out string? error)
    {
        RespCommand words = call.Words;
        asked = new Tracking();
        error = null;
        for (int i = 3; i < words.Count; i++)
        {
            bool hasMore = i + 1 < words.Count;
            if (words.Is(i, "REDIRECT"u8) && hasMore)
            {
                if (asked.Redirect != 0)
                    error = "ERR A client can only redirect to a single other client";
                else if (!words.TryGetInteger(++i, out long id))
                    error = CommandCall.NotAnInteger;
                else if (_clients.Find(id) is null)
                    error = "ERR The client ID you want redirect to does not exist";
                else
                    asked = asked with { Redirect = id };
            }
            else if (words.Is(i, "PREFIX"u8) && hasMore)
                asked = asked with { Prefixes = asked.Prefixes.Add(words.GetLatin1(++i)) };
            else if (words.Is(i, "BCAST"u8))
                asked = asked with { IsBroadcast = true };
            else if (words.Is(i, "OPTIN"u8))
                asked = asked with { IsOptIn = true };
            else if (words.Is(i, "OPTOUT"u8))
                asked = asked with { IsOptOut = true };
            else if (words.Is(i, "NOLOOP"u8))
                asked = asked with { IsNoLoop = true };
            else
                error = CommandCall.SyntaxError;
            if (error is not null)
                return false;
        }
        return true;
    }

    /// <summary>Why what is asked cannot be, also after what was asked before; null: it can be.</summary>
    private static string? Objection(Tracking? before, Tracking asked)
    {
        if (!asked.IsBroadcast && asked.Prefixes.Length > 0)
            return "ERR PREFIX option requires BCAST mode to be enabled";
        if (before is not null && before.IsBroadcast != asked.IsBroadcast)
            return "ERR You can't switch BCAST mode on/off before disabling tracking for this client, and then re-enabling it with a different mode.";
        if (asked.IsBroadcast && (asked.IsOptIn || asked.IsOptOut))
            return "ERR OPTIN and OPTOUT are not compatible with BCAST";
        if (asked is { IsOptIn: true, IsOptOut: true })
            return "ERR You can't specify both OPTIN mode and OPTOUT mode";
        if (before is not null && (before.IsOptIn && asked.IsOptOut || before.IsOptOut && asked.IsOptIn))
            return "ERR You can't switch OPTIN/OPTOUT mode before disabling tracking for this client, and then re-enabling it with a different mode.";
        return OverlappingPrefixes(before?.Prefixes ?? [], asked.Prefixes);
    }

    private static string? OverlappingPrefixes(ImmutableArray<string> before, ImmutableArray<string> asked)
    {
        for (int i = 0; i < asked.Length; i++)
        {
            if (before.FirstOrDefault(old => Overlap(old, asked[i])) is { } old)
                return $"ERR Prefix '{asked[i]}' overlaps with an existing prefix '{old}'. Prefixes for a single client must not overlap.";
            if (asked[(i + 1)..].FirstOrDefault(other => Overlap(asked[i], other)) is { } other)
                return $"ERR Prefix '{asked[i]}' overlaps with another provided prefix '{other}'. Prefixes for a single client must not overlap.";
        }
        return null;
    }

    private static bool Overlap(string a, string b) => a.StartsWith(b, StringComparison.Ordinal) || b.StartsWith(a, StringComparison.Ordinal);

    private static Outcome Caching(CommandCall call)
    {
        if (call.Client.Tracking is not { } tracking || !(tracking.IsOptIn || tracking.IsOptOut))
            return call.Refuse("ERR CLIENT CACHING can be called only when the client is in tracking mode with OPTIN or OPTOUT mode enabled");
        bool isYes = call.Words.Is(2, "YES"u8);
        if (!isYes && !call.Words.Is(2, "NO"u8))
            return call.Refuse(CommandCall.SyntaxError);
        if (isYes && !tracking.IsOptIn)
            return call.Refuse("ERR CLIENT CACHING YES is only valid when tracking is enabled in OPTIN mode.");
        if (!isYes && !tracking.IsOptOut)
            return call.Refuse("ERR CLIENT CACHING NO is only valid when tracking is enabled in OPTOUT mode.");
        call.Client.Tracking = tracking with { IsCaching = true };
        return call.Ok();
    }

    private static Outcome GetRedirection(CommandCall call)
    {
        call.Reply.WriteInteger(call.Client.Tracking?.Redirect ?? -1);
        return Outcome.Answered;
    }

    private static Outcome Info(CommandCall call)
    {
        Tracking? tracking = call.Client.Tracking;
        string[] flags = tracking is null ? ["off"] : [.. tracking.Flags()];
        RespWriter reply = call.Reply;
        reply.WriteMapHeader(3);
        reply.WriteBulkString("flags"u8);
        reply.WriteSetHeader(flags.Length);
        foreach (string flag in flags)
            reply.WriteBulkString(flag);
        reply.WriteBulkString("redirect"u8);
        reply.WriteInteger(tracking?.Redirect ?? -1);
        reply.WriteBulkString("prefixes"u8);
        reply.WriteArrayHeader(tracking?.Prefixes.Length ?? 0);
        foreach (string prefix in tracking?.Prefixes ?? [])
            reply.WriteBulkString(System.Text.Encoding.Latin1.GetBytes(prefix));
        return Outcome.Answered;
    }
}
