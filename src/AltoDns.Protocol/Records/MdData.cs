// MD: a mail destination; kept for old zones.

using System.Diagnostics.CodeAnalysis;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Presentation;

namespace AltoDns.Protocol.Records;

/// <summary>Mail destination, obsolete since MX (RFC 1035 §3.3.4).</summary>
public sealed class MdData(DomainName target) : SingleNameData(target), IRecordData<MdData>
{
    public static RecordType Type => RecordType.MD;

    public override RecordType RecordType => Type;

    public static bool TryRead(ref WireReader reader, [NotNullWhen(true)] out MdData? data)
    {
        data = reader.TryReadName(out var target) ? new MdData(target) : null;
        return data is not null;
    }

    public static MdData Parse(ref RecordTextReader text) => new(text.ReadName("host"));
}
