using System.Text;
using Sentinel.Core;
using Sentinel.Resp;

namespace Sentinel.Daemon.Commands;

/// <summary>One request of one client, on its way through a handler.</summary>
/// <remarks>The words live until the handler returns; what it needs later, it copies before.</remarks>
/// <param name="client">Who asks.</param>
/// <param name="words">The command and its arguments.</param>
internal readonly struct CommandCall(ClientConnection client, RespCommand words)
{
    /// <summary>Redis' answer to what should have been a number.</summary>
    public const string NotAnInteger = "ERR value is not an integer or out of range";

    /// <summary>Redis' answer to words in a wrong place.</summary>
    public const string SyntaxError = "ERR syntax error";

    /// <summary>Who asks.</summary>
    public ClientConnection Client => client;

    /// <summary>The command and its arguments.</summary>
    public RespCommand Words => words;

    /// <summary>Where the reply is written, in the version that the client speaks at this moment.</summary>
    public RespWriter Reply => client.Reply;

    /// <summary>Answers <c>+OK</c>.</summary>
    public Outcome Ok()
    {
        Reply.WriteSimpleString("OK"u8);
        return Outcome.Answered;
    }

    /// <summary>Answers with an error.</summary>
    /// <param name="error">Code word and text. A character is a byte, so that what the client sent can be quoted.</param>
    public Outcome Refuse(string error)
    {
        client.CountError();
        Reply.WriteError(Encoding.Latin1.GetBytes(error));
        return Outcome.Answered;
    }

    /// <summary>Answers with what the core decided.</summary>
    public void Complete(Answer answer)
    {
        switch (answer)
        {
            case Answer.Ok:
                _ = Ok();
                break;
            case Answer.Refused refused:
                _ = Refuse(refused.Error);
                break;
            case Answer.Count count:
                Reply.WriteInteger(count.Number);
                break;
            case Answer.Words words:
                Reply.WriteArrayHeader(words.Items.Length);
                foreach (string word in words.Items)
                    Reply.WriteBulkString(word);
                break;
            case Answer.Fields fields:
                Reply.WriteMapHeader(fields.Items.Length);
                foreach ((string name, string value) in fields.Items)
                {
                    Reply.WriteBulkString(name);
                    Reply.WriteBulkString(value);
                }
                break;
            case Answer.Down down:
                Reply.WriteArrayHeader(3);
                Reply.WriteInteger(down.IsDown ? 1 : 0);
                Reply.WriteBulkString(down.Leader is { } leader ? leader.Text : "*");
                Reply.WriteInteger((long)down.LeaderEpoch.Number);
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }
}
