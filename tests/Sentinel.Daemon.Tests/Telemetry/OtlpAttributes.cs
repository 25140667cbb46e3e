namespace Sentinel.Daemon.Tests.Telemetry;

/// <summary>Reads attributes from <c>common.proto</c>: pairs of a key and a value of one of several types.</summary>
internal static class OtlpAttributes
{
    /// <param name="message">What has attributes.</param>
    /// <param name="number">The number of the field that holds them.</param>
    public static Dictionary<string, object> Read(ProtoMessage? message, int number) =>
        message?.Messages(number).ToDictionary(pair => pair.Text(1), pair => Value(pair.Message(2)!)) ?? [];

    private static object Value(ProtoMessage value) =>
        value.Has(1) ? value.Text(1)
        : value.Has(2) ? value.Number(2) != 0
        : value.Has(3) ? (object)(long)value.Number(3)    // else it would become a double, as the next may be
        : value.Has(4) ? value.Double(4)
        : throw new InvalidDataException("an attribute of no type that is used here");
}
