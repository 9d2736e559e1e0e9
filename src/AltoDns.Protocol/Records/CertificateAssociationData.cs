// The shape of TLSA and SMIMEA: what certificate or key to expect.

using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Presentation;

namespace AltoDns.Protocol.Records;

/// <summary>A certificate, a public key, or the digest of one (RFC 6698 §2.1).</summary>
public abstract class CertificateAssociationData(byte usage, byte selector, byte matchingType, byte[] associationData) : RecordData
{
    /// <summary>0 PKIX-TA, 1 PKIX-EE, 2 DANE-TA, 3 DANE-EE (RFC 7218 §2.1).</summary>
    public byte Usage { get; } = usage;

    /// <summary>0 the whole certificate, 1 its SubjectPublicKeyInfo.</summary>
    public byte Selector { get; } = selector;

    /// <summary>0 the octets themselves, 1 their SHA-256, 2 their SHA-512.</summary>
    public byte MatchingType { get; } = matchingType;

    /// <summary>At least one octet.</summary>
    public ReadOnlyMemory<byte> AssociationData { get; } = associationData;

    public sealed override void Write(ref WireWriter writer)
    {
        writer.WriteUInt8(Usage);
        writer.WriteUInt8(Selector);
        writer.WriteUInt8(MatchingType);
        writer.WriteOctets(AssociationData.Span);
    }

    public sealed override void Print(RecordTextWriter text)
    {
        text.Number(Usage);
        text.Number(Selector);
        text.Number(MatchingType);
        text.Hex(AssociationData.Span);
    }

    private protected static bool TryReadFields(ref WireReader reader, out Fields fields)
    {
        fields = default;
        var attempt = reader;
        if (!attempt.TryReadUInt8(out var usage)
            || !attempt.TryReadUInt8(out var selector)
            || !attempt.TryReadUInt8(out var matchingType)
            || attempt.AtEnd)
        {
            return false;
        }

        fields = new Fields(usage, selector, matchingType, attempt.ReadRest().ToArray());
        reader = attempt;
        return true;
    }

    private protected static Fields ParseFields(ref RecordTextReader text) => new(
        text.ReadUInt8("certificate usage"),
        text.ReadUInt8("selector"),
        text.ReadUInt8("matching type"),
        text.ReadHexRest("association data"));

    private protected readonly record struct Fields(byte Usage, byte Selector, byte MatchingType, byte[] Data);
}
