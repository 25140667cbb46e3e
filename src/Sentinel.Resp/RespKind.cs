namespace Sentinel.Resp;

/// <summary>What a <see cref="RespValue"/> is. Each member names the byte its frame starts with.</summary>
public enum RespKind
{
    /// <summary>No value: <c>_</c>, and the nulls of RESP2, <c>$-1</c> and <c>*-1</c>. Also the default value.</summary>
    Null,

    /// <summary><c>+</c>: a short text, such as <c>OK</c>.</summary>
    SimpleString,

    /// <summary><c>-</c>: an error, such as <c>ERR syntax error</c>.</summary>
    Error,

    /// <summary><c>:</c>: a signed 64 bit integer.</summary>
    Integer,

    /// <summary><c>$</c>: any bytes.</summary>
    BulkString,

    /// <summary><c>*</c>: an ordered list of values.</summary>
    Array,

    /// <summary><c>#</c>: true or false.</summary>
    Boolean,

    /// <summary><c>,</c>: a floating point number.</summary>
    Double,

    /// <summary><c>(</c>: an integer of any size, kept as its decimal text.</summary>
    BigNumber,

    /// <summary><c>!</c>: an error that may hold any bytes.</summary>
    BulkError,

    /// <summary><c>=</c>: a text that says in three letters how it is written, such as <c>txt</c>.</summary>
    Verbatim,

    /// <summary><c>%</c>: pairs; its items are key, value, key, value, in the order sent.</summary>
    Map,

    /// <summary><c>~</c>: a set, in the order sent.</summary>
    Set,

    /// <summary><c>&gt;</c>: sent without having been asked for, such as a message of a subscription.</summary>
    Push,
}
