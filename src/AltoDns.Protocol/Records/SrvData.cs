// SRV: the host and port of a service.

using System.Diagnostics.CodeAnalysis;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Presentation;

namespace AltoDns.Protocol.Records;

/// <summary>Location of a service (RFC 2782). The lowest priority is tried first, equals by weight; target <c>.</c> offers no service.</summary>
public sealed class SrvData(ushort priority, ushort weight, ushort port, DomainName target) : RecordData, IRecordData<SrvData>
{
    public static RecordType Type => RecordType.SRV;

    public override RecordType RecordType => Type;

    public ushort Priority { get; } = priority;

    public ushort Weight { get; } = weight;

    public ushort Port { get; } = port;

    public DomainName Target { get; } = target;

    public static bool TryRead(ref WireReader reader, [NotNullWhen(true)] out SrvData? data)
    {
        data = null;
        var attempt = reader;
        if (!attempt.TryReadUInt16(out var priority)
            || !attempt.TryReadUInt16(out var weight)
            || !attempt.TryReadUInt16(out var port)
            || !attempt.TryReadName(out var target))
        {
            return false;
        }

        data = new SrvData(priority, weight, port, target);
        reader = attempt;
        return true;
    }

    public override void Write(ref WireWriter writer)
    {
        writer.WriteUInt16(Priority);
        writer.WriteUInt16(Weight);
        writer.WriteUInt16(Port);
        writer.WriteName(Target, RdataName.Foldable);
    }

    public static SrvData Parse(ref RecordTextReader text) => new(
        text.ReadUInt16("priority"),
        text.ReadUInt16("weight"),
        text.ReadUInt16("port"),
        text.ReadName("target"));

    public override void Print(RecordTextWriter text)
    {
        text.Number(Priority);
        text.Number(Weight);
        text.Number(Port);
        text.Name(Target);
    }
}
