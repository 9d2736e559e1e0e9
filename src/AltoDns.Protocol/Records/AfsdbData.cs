// AFSDB: a server of an AFS cell or of DCE.

using System.Diagnostics.CodeAnalysis;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Presentation;

namespace AltoDns.Protocol.Records;

/// <summary>AFS database location (RFC 1183 §1).</summary>
public sealed class AfsdbData(ushort subtype, DomainName host) : RecordData, IRecordData<AfsdbData>
{
    public static RecordType Type => RecordType.AFSDB;

    public override RecordType RecordType => Type;

    /// <summary>1 an AFS volume location server, 2 a DCE authentication server.</summary>
    public ushort Subtype { get; } = subtype;

    public DomainName Host { get; } = host;

    public static bool TryRead(ref WireReader reader, [NotNullWhen(true)] out AfsdbData? data)
    {
        data = null;
        var attempt = reader;
        if (!attempt.TryReadUInt16(out var subtype)
            || !attempt.TryReadName(out var host))
        {
            return false;
        }

        data = new AfsdbData(subtype, host);
        reader = attempt;
        return true;
    }

    public override void Write(ref WireWriter writer)
    {
        writer.WriteUInt16(Subtype);
        writer.WriteName(Host, RdataName.Foldable);
    }

    public static AfsdbData Parse(ref RecordTextReader text) => new(
        text.ReadUInt16("subtype"),
        text.ReadName("host"));

    public override void Print(RecordTextWriter text)
    {
        text.Number(Subtype);
        text.Name(Host);
    }
}
