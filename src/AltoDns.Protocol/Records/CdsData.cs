// CDS: the DS record that a child zone asks its parent to publish.

using System.Diagnostics.CodeAnalysis;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Presentation;

namespace AltoDns.Protocol.Records;

/// <summary>Child DS (RFC 7344 §3.1); <c>0 0 0 00</c> asks for removal (RFC 8078 §4).</summary>
public sealed class CdsData(ushort keyTag, DnssecAlgorithm algorithm, DigestType digestType, byte[] digest)
    : DelegationDigestData(keyTag, algorithm, digestType, digest), IRecordData<CdsData>
{
    public static RecordType Type => RecordType.CDS;

    public override RecordType RecordType => Type;

    public static bool TryRead(ref WireReader reader, [NotNullWhen(true)] out CdsData? data)
    {
        data = TryReadFields(ref reader, out var fields) ? new CdsData(fields.KeyTag, fields.Algorithm, fields.DigestType, fields.Digest) : null;
        return data is not null;
    }

    public static CdsData Parse(ref RecordTextReader text)
    {
        var fields = ParseFields(ref text);
        return new CdsData(fields.KeyTag, fields.Algorithm, fields.DigestType, fields.Digest);
    }
}
