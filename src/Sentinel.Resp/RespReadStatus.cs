namespace Sentinel.Resp;

/// <summary>How an attempt to read one message ended.</summary>
public enum RespReadStatus
{
    /// <summary>Every byte given was taken in, and the message is not whole yet.</summary>
    NeedMore,

    /// <summary>One message is whole; bytes after it were left alone.</summary>
    Complete,

    /// <summary>
    /// What arrived is not the protocol. The reader says why in <c>ProtocolError</c> and says the same ever after:
    /// where the next message would start is unknown, so the connection has to be closed.
    /// </summary>
    ProtocolError,
}
