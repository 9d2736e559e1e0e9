// PTR: a pointer to another name, in the reverse tree the host's.

using System.Diagnostics.CodeAnalysis;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Presentation;

namespace AltoDns.Protocol.Records;

/// <summary>Domain name pointer (RFC 1035 §3.3.12).</summary>
public sealed class PtrData(DomainName target) : SingleNameData(target), IRecordData<PtrData>
{
    public static RecordType Type => RecordType.PTR;

    public override RecordType RecordType => Type;

    public static bool TryRead(ref WireReader reader, [NotNullWhen(true)] out PtrData? data)
    {
        data = reader.TryReadName(out var target) ? new PtrData(target) : null;
        return data is not null;
    }

    public static PtrData Parse(ref RecordTextReader text) => new(text.ReadName("target"));
}
