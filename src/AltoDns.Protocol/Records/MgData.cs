// MG: a member of a mail group; kept for old zones.

using System.Diagnostics.CodeAnalysis;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Presentation;

namespace AltoDns.Protocol.Records;

/// <summary>Mail group member, experimental (RFC 1035 §3.3.6).</summary>
public sealed class MgData(DomainName target) : SingleNameData(target), IRecordData<MgData>
{
    public static RecordType Type => RecordType.MG;

    public override RecordType RecordType => Type;

    public static bool TryRead(ref WireReader reader, [NotNullWhen(true)] out MgData? data)
    {
        data = reader.TryReadName(out var target) ? new MgData(target) : null;
        return data is not null;
    }

    public static MgData Parse(ref RecordTextReader text) => new(text.ReadName("mailbox"));
}
