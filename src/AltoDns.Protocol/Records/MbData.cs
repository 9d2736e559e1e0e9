// MB: the host that holds a mailbox; kept for old zones.

using System.Diagnostics.CodeAnalysis;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Presentation;

namespace AltoDns.Protocol.Records;

/// <summary>Mailbox, experimental (RFC 1035 §3.3.3).</summary>
public sealed class MbData(DomainName target) : SingleNameData(target), IRecordData<MbData>
{
    public static RecordType Type => RecordType.MB;

    public override RecordType RecordType => Type;

    public static bool TryRead(ref WireReader reader, [NotNullWhen(true)] out MbData? data)
    {
        data = reader.TryReadName(out var target) ? new MbData(target) : null;
        return data is not null;
    }

    public static MbData Parse(ref RecordTextReader text) => new(text.ReadName("host"));
}
