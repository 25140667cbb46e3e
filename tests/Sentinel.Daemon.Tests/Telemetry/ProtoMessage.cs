using System.Buffers.Binary;
using System.Text;

namespace Sentinel.Daemon.Tests.Telemetry;

/// <summary>A protobuf message, read by field numbers: as much of the encoding as OTLP needs.</summary>
/// <remarks>Source: protobuf.dev, "Encoding". A field that is absent reads as the default of its type.</remarks>
internal sealed class ProtoMessage
{
    private readonly List<(int Number, ulong Value, byte[]? Bytes)> _fields = [];

    public ProtoMessage(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            ulong tag = TakeVarint(ref bytes);
            int number = (int)(tag >> 3);
            switch (tag & 7)
            {
                case 0:
                    _fields.Add((number, TakeVarint(ref bytes), null));
                    break;
                case 1:
                    _fields.Add((number, BinaryPrimitives.ReadUInt64LittleEndian(Take(ref bytes, 8)), null));
                    break;
                case 2:
                    _fields.Add((number, 0, Take(ref bytes, (int)TakeVarint(ref bytes)).ToArray()));
                    break;
                case 5:
                    _fields.Add((number, BinaryPrimitives.ReadUInt32LittleEndian(Take(ref bytes, 4)), null));
                    break;
                default:
                    throw new InvalidDataException($"wire type {tag & 7} of field {number}");
            }
        }
    }

    public bool Has(int number) => _fields.Exists(field => field.Number == number);

    /// <summary>A repeated message; empty: none.</summary>
    public IEnumerable<ProtoMessage> Messages(int number) => _fields.Where(field => field.Number == number).Select(field => new ProtoMessage(field.Bytes));

    /// <summary>A message; null: absent.</summary>
    public ProtoMessage? Message(int number) => Messages(number).LastOrDefault();

    /// <summary>A number: varint or of fixed length.</summary>
    public ulong Number(int number) => Last(number).Value;

    public double Double(int number) => BitConverter.UInt64BitsToDouble(Number(number));

    public byte[] Bytes(int number) => Last(number).Bytes ?? [];

    public string Text(int number) => Encoding.UTF8.GetString(Bytes(number));

    /// <summary>A moment in nanoseconds since 1970.</summary>
    public DateTimeOffset Time(int number) => DateTimeOffset.UnixEpoch.AddTicks((long)(Number(number) / 100));

    private (int Number, ulong Value, byte[]? Bytes) Last(int number) => _fields.LastOrDefault(field => field.Number == number);

    private static ulong TakeVarint(ref ReadOnlySpan<byte> bytes)
    {
        ulong value = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte next = Take(ref bytes, 1)[0];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
                return value;
        }
    }

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> bytes, int count)
    {
        ReadOnlySpan<byte> taken = bytes[..count];
        bytes = bytes[count..];
        return taken;
    }
}
