// SMIMEA: the certificate or key of a mail user.

using System.Diagnostics.CodeAnalysis;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Presentation;

namespace AltoDns.Protocol.Records;

/// <summary>S/MIME association (RFC 8162 §2), shaped as TLSA.</summary>
public sealed class SmimeaData(byte usage, byte selector, byte matchingType, byte[] associationData)
    : CertificateAssociationData(usage, selector, matchingType, associationData), IRecordData<SmimeaData>
{
    public static RecordType Type => RecordType.SMIMEA;

    public override RecordType RecordType => Type;

    public static bool TryRead(ref WireReader reader, [NotNullWhen(true)] out SmimeaData? data)
    {
        data = TryReadFields(ref reader, out var fields) ? new SmimeaData(fields.Usage, fields.Selector, fields.MatchingType, fields.Data) : null;
        return data is not null;
    }

    public static SmimeaData Parse(ref RecordTextReader text)
    {
        var fields = ParseFields(ref text);
        return new SmimeaData(fields.Usage, fields.Selector, fields.MatchingType, fields.Data);
    }
}
