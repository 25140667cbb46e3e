namespace Sentinel.Resp;

/// <summary>The version of the protocol a connection speaks. The number is the one <c>HELLO</c> carries.</summary>
public enum RespVersion
{
    /// <summary>What every connection starts with, and old clients stay with.</summary>
    Resp2 = 2,

    /// <summary>Chosen by <c>HELLO 3</c>: maps, sets, pushes, booleans, doubles and one kind of null.</summary>
    Resp3 = 3,
}
