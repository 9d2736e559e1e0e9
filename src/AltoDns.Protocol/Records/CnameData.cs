// CNAME: the owner is an alias, the target its true name.

using System.Diagnostics.CodeAnalysis;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Presentation;

namespace AltoDns.Protocol.Records;

/// <summary>Alias (RFC 1035 §3.3.1).</summary>
public sealed class CnameData(DomainName target) : SingleNameData(target), IRecordData<CnameData>
{
    public static RecordType Type => RecordType.CNAME;

    public override RecordType RecordType => Type;

    public static bool TryRead(ref WireReader reader, [NotNullWhen(true)] out CnameData? data)
    {
        data = reader.TryReadName(out var target) ? new CnameData(target) : null;
        return data is not null;
    }

    public static CnameData Parse(ref RecordTextReader text) => new(text.ReadName("target"));
}
