namespace Sentinel.Daemon.Acl;

/// <summary>Keys that a user may use. A Sentinel has none; its users may be shared with data nodes, so they are kept.</summary>
/// <param name="Pattern">A glob.</param>
/// <param name="MayRead">Whether they may be read.</param>
/// <param name="MayWrite">Whether they may be written.</param>
internal sealed record KeyPattern(string Pattern, bool MayRead, bool MayWrite)
{
    /// <summary>As a rule: <c>~pattern</c>, <c>%R~pattern</c> or <c>%W~pattern</c>.</summary>
    public override string ToString() => MayRead && MayWrite ? $"~{Pattern}" : $"%{(MayRead ? 'R' : 'W')}~{Pattern}";
}
