// MF: a mail forwarder; kept for old zones.

using System.Diagnostics.CodeAnalysis;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Presentation;

namespace AltoDns.Protocol.Records;

/// <summary>Mail forwarder, obsolete since MX (RFC 1035 §3.3.5).</summary>
public sealed class MfData(DomainName target) : SingleNameData(target), IRecordData<MfData>
{
    public static RecordType Type => RecordType.MF;

    public override RecordType RecordType => Type;

    public static bool TryRead(ref WireReader reader, [NotNullWhen(true)] out MfData? data)
    {
        data = reader.TryReadName(out var target) ? new MfData(target) : null;
        return data is not null;
    }

    public static MfData Parse(ref RecordTextReader text) => new(text.ReadName("host"));
}
