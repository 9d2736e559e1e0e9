// DS: the parent's word for which key signs the child zone.

using System.Diagnostics.CodeAnalysis;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Presentation;

namespace AltoDns.Protocol.Records;

/// <summary>Delegation signer (RFC 4034 §5).</summary>
public sealed class DsData(ushort keyTag, DnssecAlgorithm algorithm, DigestType digestType, byte[] digest)
    : DelegationDigestData(keyTag, algorithm, digestType, digest), IRecordData<DsData>
{
    public static RecordType Type => RecordType.DS;

    public override RecordType RecordType => Type;

    public static bool TryRead(ref WireReader reader, [NotNullWhen(true)] out DsData? data)
    {
        data = TryReadFields(ref reader, out var fields) ? new DsData(fields.KeyTag, fields.Algorithm, fields.DigestType, fields.Digest) : null;
        return data is not null;
    }

    public static DsData Parse(ref RecordTextReader text)
    {
        var fields = ParseFields(ref text);
        return new DsData(fields.KeyTag, fields.Algorithm, fields.DigestType, fields.Digest);
    }
}
