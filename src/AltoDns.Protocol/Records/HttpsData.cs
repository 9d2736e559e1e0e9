// HTTPS: where a web site is, and how to speak to it.

using System.Diagnostics.CodeAnalysis;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Presentation;

namespace AltoDns.Protocol.Records;

/// <summary>Service binding for HTTP (RFC 9460 §9), shaped as SVCB and owned by the host.</summary>
public sealed class HttpsData(ushort priority, DomainName target, ServiceParameters parameters)
    : ServiceBindingData(priority, target, parameters), IRecordData<HttpsData>
{
    public static RecordType Type => RecordType.HTTPS;

    public override RecordType RecordType => Type;

    public static bool TryRead(ref WireReader reader, [NotNullWhen(true)] out HttpsData? data)
    {
        data = TryReadFields(ref reader, out var fields) ? new HttpsData(fields.Priority, fields.Target, fields.Parameters) : null;
        return data is not null;
    }

    public static HttpsData Parse(ref RecordTextReader text)
    {
        var fields = ParseFields(ref text);
        return new HttpsData(fields.Priority, fields.Target, fields.Parameters);
    }
}
