// The shape of DNSKEY and CDNSKEY: a public key of a zone.

using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Presentation;

namespace AltoDns.Protocol.Records;

/// <summary>A public key (RFC 4034 §2.1).</summary>
public abstract class PublicKeyData(ushort flags, byte protocol, DnssecAlgorithm algorithm, byte[] publicKey) : RecordData
{
    /// <summary>256 for a zone key, 257 for one that is also a secure entry point, 128 added once revoked (RFC 5011 §3).</summary>
    public ushort Flags { get; } = flags;

    /// <summary>3; a key with any other value is not used (RFC 4034 §2.1.2).</summary>
    public byte Protocol { get; } = protocol;

    public DnssecAlgorithm Algorithm { get; } = algorithm;

    /// <summary>At least one octet, in the form that the algorithm prescribes.</summary>
    public ReadOnlyMemory<byte> PublicKey { get; } = publicKey;

    public sealed override void Write(ref WireWriter writer)
    {
        writer.WriteUInt16(Flags);
        writer.WriteUInt8(Protocol);
        writer.WriteUInt8((byte)Algorithm);
        writer.WriteOctets(PublicKey.Span);
    }

    public sealed override void Print(RecordTextWriter text)
    {
        text.Number(Flags);
        text.Number(Protocol);
        text.Number((byte)Algorithm);
        text.Base64(PublicKey.Span);
    }

    private protected static bool TryReadFields(ref WireReader reader, out Fields fields)
    {
        fields = default;
        var attempt = reader;
        if (!attempt.TryReadUInt16(out var flags)
            || !attempt.TryReadUInt8(out var protocol)
            || !attempt.TryReadUInt8(out var algorithm)
            || attempt.AtEnd)
        {
            return false;
        }

        fields = new Fields(flags, protocol, (DnssecAlgorithm)algorithm, attempt.ReadRest().ToArray());
        reader = attempt;
        return true;
    }

    private protected static Fields ParseFields(ref RecordTextReader text) => new(
        text.ReadUInt16("flags"),
        text.ReadUInt8("protocol"),
        text.ReadAlgorithm("algorithm"),
        text.ReadBase64Rest("public key"));

    private protected readonly record struct Fields(ushort Flags, byte Protocol, DnssecAlgorithm Algorithm, byte[] PublicKey);
}
