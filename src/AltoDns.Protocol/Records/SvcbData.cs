// SVCB: where any service is, and how to speak to it.

using System.Diagnostics.CodeAnalysis;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Presentation;

namespace AltoDns.Protocol.Records;

/// <summary>Service binding (RFC 9460 §2), owned by <c>_port._scheme.host</c> (§2.3).</summary>
public sealed class SvcbData(ushort priority, DomainName target, ServiceParameters parameters)
    : ServiceBindingData(priority, target, parameters), IRecordData<SvcbData>
{
    public static RecordType Type => RecordType.SVCB;

    public override RecordType RecordType => Type;

    public static bool TryRead(ref WireReader reader, [NotNullWhen(true)] out SvcbData? data)
    {
        data = TryReadFields(ref reader, out var fields) ? new SvcbData(fields.Priority, fields.Target, fields.Parameters) : null;
        return data is not null;
    }

    public static SvcbData Parse(ref RecordTextReader text)
    {
        var fields = ParseFields(ref text);
        return new SvcbData(fields.Priority, fields.Target, fields.Parameters);
    }
}
