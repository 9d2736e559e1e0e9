// The shape of DS and CDS: the digest of a key of the child zone.

using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Presentation;

namespace AltoDns.Protocol.Records;

/// <summary>The digest of a DNSKEY record (RFC 4034 §5.1). A digest of a known type has that type's length.</summary>
public abstract class DelegationDigestData(ushort keyTag, DnssecAlgorithm algorithm, DigestType digestType, byte[] digest) : RecordData
{
    /// <summary>A hint to which key is meant (RFC 4034 Appendix B).</summary>
    public ushort KeyTag { get; } = keyTag;

    public DnssecAlgorithm Algorithm { get; } = algorithm;

    public DigestType DigestType { get; } = digestType;

    public ReadOnlyMemory<byte> Digest { get; } = digest;

    public sealed override void Write(ref WireWriter writer)
    {
        writer.WriteUInt16(KeyTag);
        writer.WriteUInt8((byte)Algorithm);
        writer.WriteUInt8((byte)DigestType);
        writer.WriteOctets(Digest.Span);
    }

    public sealed override void Print(RecordTextWriter text)
    {
        text.Number(KeyTag);
        text.Number((byte)Algorithm);
        text.Number((byte)DigestType);
        text.Hex(Digest.Span);
    }

    private protected static bool TryReadFields(ref WireReader reader, out Fields fields)
    {
        fields = default;
        var attempt = reader;
        if (!attempt.TryReadUInt16(out var keyTag)
            || !attempt.TryReadUInt8(out var algorithm)
            || !attempt.TryReadUInt8(out var digestType)
            || !IsValidLength((DigestType)digestType, attempt.Remaining))
        {
            return false;
        }

        fields = new Fields(keyTag, (DnssecAlgorithm)algorithm, (DigestType)digestType, attempt.ReadRest().ToArray());
        reader = attempt;
        return true;
    }

    private protected static Fields ParseFields(ref RecordTextReader text)
    {
        var fields = new Fields(
            text.ReadUInt16("key tag"),
            text.ReadAlgorithm("algorithm"),
            text.ReadDigestType("digest type"),
            text.ReadHexRest("digest"));
        if (!IsValidLength(fields.DigestType, fields.Digest.Length))
        {
            text.Fail($"the length of the digest is {fields.Digest.Length}; type {(byte)fields.DigestType} has {fields.DigestType.DigestLength()} octets");
        }

        return fields;
    }

    private static bool IsValidLength(DigestType type, int length) =>
        type.DigestLength() == 0 ? length > 0 : length == type.DigestLength();

    private protected readonly record struct Fields(ushort KeyTag, DnssecAlgorithm Algorithm, DigestType DigestType, byte[] Digest);
}
