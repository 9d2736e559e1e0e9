// CDNSKEY: the key that a child zone asks its parent to make a DS record of.

using System.Diagnostics.CodeAnalysis;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Presentation;

namespace AltoDns.Protocol.Records;

/// <summary>Child DNSKEY (RFC 7344 §3.2); <c>0 3 0 AA==</c> asks for removal (RFC 8078 §4).</summary>
public sealed class CdnskeyData(ushort flags, byte protocol, DnssecAlgorithm algorithm, byte[] publicKey)
    : PublicKeyData(flags, protocol, algorithm, publicKey), IRecordData<CdnskeyData>
{
    public static RecordType Type => RecordType.CDNSKEY;

    public override RecordType RecordType => Type;

    public static bool TryRead(ref WireReader reader, [NotNullWhen(true)] out CdnskeyData? data)
    {
        data = TryReadFields(ref reader, out var fields) ? new CdnskeyData(fields.Flags, fields.Protocol, fields.Algorithm, fields.PublicKey) : null;
        return data is not null;
    }

    public static CdnskeyData Parse(ref RecordTextReader text)
    {
        var fields = ParseFields(ref text);
        return new CdnskeyData(fields.Flags, fields.Protocol, fields.Algorithm, fields.PublicKey);
    }
}
