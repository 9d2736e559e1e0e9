// NS: a server that answers for the zone at the owner name.

using System.Diagnostics.CodeAnalysis;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Presentation;

namespace AltoDns.Protocol.Records;

/// <summary>Authoritative name server (RFC 1035 §3.3.11).</summary>
public sealed class NsData(DomainName target) : SingleNameData(target), IRecordData<NsData>
{
    public static RecordType Type => RecordType.NS;

    public override RecordType RecordType => Type;

    public static bool TryRead(ref WireReader reader, [NotNullWhen(true)] out NsData? data)
    {
        data = reader.TryReadName(out var target) ? new NsData(target) : null;
        return data is not null;
    }

    public static NsData Parse(ref RecordTextReader text) => new(text.ReadName("name server"));
}
