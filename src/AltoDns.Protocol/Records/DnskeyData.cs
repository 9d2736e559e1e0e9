// DNSKEY: a public key that verifies the signatures of the zone.

using System.Diagnostics.CodeAnalysis;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Presentation;

namespace AltoDns.Protocol.Records;

/// <summary>Zone key (RFC 4034 §2).</summary>
public sealed class DnskeyData(ushort flags, byte protocol, DnssecAlgorithm algorithm, byte[] publicKey)
    : PublicKeyData(flags, protocol, algorithm, publicKey), IRecordData<DnskeyData>
{
    public static RecordType Type => RecordType.DNSKEY;

    public override RecordType RecordType => Type;

    public static bool TryRead(ref WireReader reader, [NotNullWhen(true)] out DnskeyData? data)
    {
        data = TryReadFields(ref reader, out var fields) ? new DnskeyData(fields.Flags, fields.Protocol, fields.Algorithm, fields.PublicKey) : null;
        return data is not null;
    }

    public static DnskeyData Parse(ref RecordTextReader text)
    {
        var fields = ParseFields(ref text);
        return new DnskeyData(fields.Flags, fields.Protocol, fields.Algorithm, fields.PublicKey);
    }
}
