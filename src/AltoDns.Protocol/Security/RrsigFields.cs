// The fields of an RRSIG record that have a fixed length: what a signer decides before it signs.

using System.Buffers.Binary;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;

namespace AltoDns.Protocol.Security;

/// <summary>RRSIG data up to the signer's name (RFC 4034 §3.1). Times are seconds since 1970.</summary>
/// <param name="Labels">Labels of the owner name, neither the root nor a leading <c>*</c> counted: <see cref="LabelsOf"/>.</param>
public readonly record struct RrsigFields(
    RecordType TypeCovered,
    DnssecAlgorithm Algorithm,
    byte Labels,
    uint OriginalTimeToLive,
    uint Expiration,
    uint Inception,
    ushort KeyTag)
{
    /// <summary>Octets that <see cref="Write"/> fills.</summary>
    public const int Length = 18;

    public static RrsigFields Of(RrsigData signature) => new(
        signature.TypeCovered,
        signature.Algorithm,
        signature.Labels,
        signature.OriginalTimeToLive,
        signature.Expiration,
        signature.Inception,
        signature.KeyTag);

    /// <summary>The Labels field for an owner name (RFC 4034 §3.1.3).</summary>
    /// <param name="owner">A well-formed name in wire form.</param>
    public static byte LabelsOf(ReadOnlySpan<byte> owner) =>
        (byte)(WireName.CountLabels(owner) - (WireName.IsWildcard(owner) ? 1 : 0));

    /// <summary>Reads the fields that start RRSIG data; false where it is too short to have them.</summary>
    public static bool TryRead(ReadOnlySpan<byte> data, out RrsigFields fields)
    {
        fields = default;
        if (data.Length < Length)
        {
            return false;
        }

        fields = new RrsigFields(
            (RecordType)BinaryPrimitives.ReadUInt16BigEndian(data),
            (DnssecAlgorithm)data[2],
            data[3],
            BinaryPrimitives.ReadUInt32BigEndian(data[4..]),
            BinaryPrimitives.ReadUInt32BigEndian(data[8..]),
            BinaryPrimitives.ReadUInt32BigEndian(data[12..]),
            BinaryPrimitives.ReadUInt16BigEndian(data[16..]));
        return true;
    }

    /// <param name="data">At least <see cref="Length"/> octets.</param>
    public void Write(Span<byte> data)
    {
        BinaryPrimitives.WriteUInt16BigEndian(data, (ushort)TypeCovered);
        data[2] = (byte)Algorithm;
        data[3] = Labels;
        BinaryPrimitives.WriteUInt32BigEndian(data[4..], OriginalTimeToLive);
        BinaryPrimitives.WriteUInt32BigEndian(data[8..], Expiration);
        BinaryPrimitives.WriteUInt32BigEndian(data[12..], Inception);
        BinaryPrimitives.WriteUInt16BigEndian(data[16..], KeyTag);
    }
}
