// The differences between two versions of a zone as octets, for the journal and for transfers.

using System.Buffers;
using System.Buffers.Binary;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;

namespace AltoDns.Zones.History;

/// <summary>
/// Records one after the other: owner uncompressed, type (16 bits), TTL (32), length (16), data with names uncompressed. Those removed
/// come first and begin with the old SOA; those added follow and begin with the new SOA (RFC 1995 §4).
/// </summary>
public static class DeltaEncoding
{
    private const int FixedLength = 2 * sizeof(ushort) + sizeof(uint);

    /// <summary>Encodes a delta; null where it has no SOA to begin with, as when the serial did not change.</summary>
    public static byte[]? Encode(ZoneDelta delta)
    {
        if (!BeginsWithSoa(delta.Removed) || !BeginsWithSoa(delta.Added))
        {
            return null;
        }

        var output = new ArrayBufferWriter<byte>();
        foreach (var record in delta.Removed.Concat(delta.Added))
        {
            Write(output, record.Owner.Wire, record.Type, record.TimeToLive, record.Data.Span);
        }

        return output.WrittenSpan.ToArray();
    }

    /// <summary>Takes the first record of what <see cref="Encode"/> made.</summary>
    /// <returns>Octets of it.</returns>
    public static int Read(ReadOnlySpan<byte> encoded, out ReadOnlySpan<byte> owner, out RecordType type, out uint timeToLive, out ReadOnlySpan<byte> data)
    {
        var position = WireName.Measure(encoded);
        owner = encoded[..position];
        type = (RecordType)BinaryPrimitives.ReadUInt16BigEndian(encoded[position..]);
        timeToLive = BinaryPrimitives.ReadUInt32BigEndian(encoded[(position + sizeof(ushort))..]);
        data = encoded.Slice(position + FixedLength, BinaryPrimitives.ReadUInt16BigEndian(encoded[(position + FixedLength - sizeof(ushort))..]));
        return position + FixedLength + data.Length;
    }

    internal static void Write(ArrayBufferWriter<byte> output, ReadOnlySpan<byte> owner, RecordType type, uint timeToLive, ReadOnlySpan<byte> data)
    {
        var length = owner.Length + FixedLength + data.Length;
        var record = output.GetSpan(length);
        owner.CopyTo(record);
        BinaryPrimitives.WriteUInt16BigEndian(record[owner.Length..], (ushort)type);
        BinaryPrimitives.WriteUInt32BigEndian(record[(owner.Length + sizeof(ushort))..], timeToLive);
        BinaryPrimitives.WriteUInt16BigEndian(record[(owner.Length + FixedLength - sizeof(ushort))..], (ushort)data.Length);
        data.CopyTo(record[(owner.Length + FixedLength)..]);
        output.Advance(length);
    }

    private static bool BeginsWithSoa(IReadOnlyList<DeltaRecord> records) => records is [{ Type: RecordType.SOA }, ..];
}
