// MR: a mailbox under its new name; kept for old zones.

using System.Diagnostics.CodeAnalysis;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Presentation;

namespace AltoDns.Protocol.Records;

/// <summary>Mail rename, experimental (RFC 1035 §3.3.8).</summary>
public sealed class MrData(DomainName target) : SingleNameData(target), IRecordData<MrData>
{
    public static RecordType Type => RecordType.MR;

    public override RecordType RecordType => Type;

    public static bool TryRead(ref WireReader reader, [NotNullWhen(true)] out MrData? data)
    {
        data = reader.TryReadName(out var target) ? new MrData(target) : null;
        return data is not null;
    }

    public static MrData Parse(ref RecordTextReader text) => new(text.ReadName("new name"));
}
