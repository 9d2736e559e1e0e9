// The shape of NS, PTR, CNAME and their like: one name.

using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Presentation;

namespace AltoDns.Protocol.Records;

/// <summary>Data that is one domain name. Its type says what the name means.</summary>
public abstract class SingleNameData(DomainName target) : RecordData
{
    public DomainName Target { get; } = target;

    /// <summary>How the name may be changed on the wire.</summary>
    protected virtual RdataName TargetKind => RdataName.Compressible;

    public sealed override void Write(ref WireWriter writer) => writer.WriteName(Target, TargetKind);

    public sealed override void Print(RecordTextWriter text) => text.Name(Target);
}
