namespace Sentinel.Core;

/// <summary>Reads what a node replied to <see cref="Request.Reconfigure"/>.</summary>
internal static class TransactionReply
{
    /// <summary>Why the node's role was not changed.</summary>
    /// <returns>Null when it was; a failed CONFIG REWRITE in a transaction that was executed is no reason (see <see cref="Complaint"/>).</returns>
    public static string? Refusal(Request.Reconfigure request, Reply reply)
    {
        if (reply is not Reply.List { Items: var items } || items.Length != request.Commands.Length)
            return "its replies make no sense";
        return items[Request.Reconfigure.ExecIndex] switch
        {
            // EXECABORT says only that a command was refused; the refusal itself says which and why.
            Reply.Error exec => items.Take(Request.Reconfigure.ExecIndex).OfType<Reply.Error>().FirstOrDefault()?.Message ?? exec.Message,
            Reply.List { Items: [Reply.Error change, ..] } => change.Message,
            Reply.List => null,
            _ => "the transaction was not executed",
        };
    }

    /// <summary>What went wrong beside the change of role; null: nothing.</summary>
    public static string? Complaint(Reply reply) =>
        reply is Reply.List { Items: var items } && items.Length > Request.Reconfigure.ExecIndex
        && items[Request.Reconfigure.ExecIndex] is Reply.List { Items: [not Reply.Error, Reply.Error rewrite, ..] }
            ? rewrite.Message
            : null;

    /// <summary>The INFO that came with the replies; null: none.</summary>
    public static string? Info(Reply reply) =>
        reply is Reply.List { Items: var items } && items.Length > Request.Reconfigure.InfoIndex
        && items[Request.Reconfigure.InfoIndex] is Reply.Text info
            ? info.Value
            : null;
}
