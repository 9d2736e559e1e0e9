// CERT: a certificate or a list of revoked ones.

using System.Diagnostics.CodeAnalysis;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Presentation;

namespace AltoDns.Protocol.Records;

/// <summary>Certificate (RFC 4398 §2).</summary>
public sealed class CertData(ushort certificateType, ushort keyTag, DnssecAlgorithm algorithm, byte[] certificate)
    : RecordData, IRecordData<CertData>
{
    public static RecordType Type => RecordType.CERT;

    public override RecordType RecordType => Type;

    /// <summary>1 PKIX, 2 SPKI, 3 PGP, and others of RFC 4398 §2.1.</summary>
    public ushort CertificateType { get; } = certificateType;

    public ushort KeyTag { get; } = keyTag;

    public DnssecAlgorithm Algorithm { get; } = algorithm;

    /// <summary>The certificate or CRL, at least one octet.</summary>
    public ReadOnlyMemory<byte> Certificate { get; } = certificate;

    public static bool TryRead(ref WireReader reader, [NotNullWhen(true)] out CertData? data)
    {
        data = null;
        var attempt = reader;
        if (!attempt.TryReadUInt16(out var certificateType)
            || !attempt.TryReadUInt16(out var keyTag)
            || !attempt.TryReadUInt8(out var algorithm)
            || attempt.AtEnd)
        {
            return false;
        }

        data = new CertData(certificateType, keyTag, (DnssecAlgorithm)algorithm, attempt.ReadRest().ToArray());
        reader = attempt;
        return true;
    }

    public override void Write(ref WireWriter writer)
    {
        writer.WriteUInt16(CertificateType);
        writer.WriteUInt16(KeyTag);
        writer.WriteUInt8((byte)Algorithm);
        writer.WriteOctets(Certificate.Span);
    }

    public static CertData Parse(ref RecordTextReader text) => new(
        (ushort)text.ReadMnemonic("certificate type", ushort.MaxValue, FromMnemonic),
        text.ReadUInt16("key tag"),
        text.ReadAlgorithm("algorithm"),
        text.ReadBase64Rest("certificate"));

    public override void Print(RecordTextWriter text)
    {
        text.Number(CertificateType);
        text.Number(KeyTag);
        text.Number((byte)Algorithm);
        text.Base64(Certificate.Span);
    }

    private static int FromMnemonic(string mnemonic) => mnemonic switch
    {
        "PKIX" => 1,
        "SPKI" => 2,
        "PGP" => 3,
        "IPKIX" => 4,
        "ISPKI" => 5,
        "IPGP" => 6,
        "ACPKIX" => 7,
        "IACPKIX" => 8,
        "URI" => 253,
        "OID" => 254,
        _ => -1,
    };
}
