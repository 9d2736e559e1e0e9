// DNAME: everything below the owner is found below the target.

using System.Diagnostics.CodeAnalysis;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Presentation;

namespace AltoDns.Protocol.Records;

/// <summary>Redirection of a subtree (RFC 6672 §2.1).</summary>
public sealed class DnameData(DomainName target) : SingleNameData(target), IRecordData<DnameData>
{
    public static RecordType Type => RecordType.DNAME;

    public override RecordType RecordType => Type;

    // RFC 6672 §2.5: never compressed; RFC 4034 §6.2: lower-cased in canonical form.
    protected override RdataName TargetKind => RdataName.Foldable;

    public static bool TryRead(ref WireReader reader, [NotNullWhen(true)] out DnameData? data)
    {
        data = reader.TryReadUncompressedName(out var target) ? new DnameData(target) : null;
        return data is not null;
    }

    public static DnameData Parse(ref RecordTextReader text) => new(text.ReadName("target"));
}
