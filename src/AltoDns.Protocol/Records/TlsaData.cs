// TLSA: the certificate or key that a TLS server shows.

using System.Diagnostics.CodeAnalysis;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Presentation;

namespace AltoDns.Protocol.Records;

/// <summary>TLS association (RFC 6698 §2), owned by <c>_port._transport.host</c>.</summary>
public sealed class TlsaData(byte usage, byte selector, byte matchingType, byte[] associationData)
    : CertificateAssociationData(usage, selector, matchingType, associationData), IRecordData<TlsaData>
{
    public static RecordType Type => RecordType.TLSA;

    public override RecordType RecordType => Type;

    public static bool TryRead(ref WireReader reader, [NotNullWhen(true)] out TlsaData? data)
    {
        data = TryReadFields(ref reader, out var fields) ? new TlsaData(fields.Usage, fields.Selector, fields.MatchingType, fields.Data) : null;
        return data is not null;
    }

    public static TlsaData Parse(ref RecordTextReader text)
    {
        var fields = ParseFields(ref text);
        return new TlsaData(fields.Usage, fields.Selector, fields.MatchingType, fields.Data);
    }
}
