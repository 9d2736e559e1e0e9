// CSYNC: which records of a child zone its parent is to copy.

using System.Diagnostics.CodeAnalysis;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Presentation;

namespace AltoDns.Protocol.Records;

/// <summary>Child-to-parent synchronization (RFC 7477 §2.1.1).</summary>
public sealed class CsyncData(uint serial, ushort flags, TypeBitmap types) : RecordData, IRecordData<CsyncData>
{
    public static RecordType Type => RecordType.CSYNC;

    public override RecordType RecordType => Type;

    public uint Serial { get; } = serial;

    /// <summary>1: act at once; 2: only where the SOA serial is not below <see cref="Serial"/>.</summary>
    public ushort Flags { get; } = flags;

    public TypeBitmap Types { get; } = types;

    public static bool TryRead(ref WireReader reader, [NotNullWhen(true)] out CsyncData? data)
    {
        data = null;
        var attempt = reader;
        if (!attempt.TryReadUInt32(out var serial)
            || !attempt.TryReadUInt16(out var flags)
            || !TypeBitmap.TryRead(ref attempt, out var types))
        {
            return false;
        }

        data = new CsyncData(serial, flags, types);
        reader = attempt;
        return true;
    }

    public override void Write(ref WireWriter writer)
    {
        writer.WriteUInt32(Serial);
        writer.WriteUInt16(Flags);
        writer.WriteOctets(Types.Wire);
    }

    public static CsyncData Parse(ref RecordTextReader text) => new(
        text.ReadUInt32("serial"),
        text.ReadUInt16("flags"),
        TypeBitmap.Parse(ref text));

    public override void Print(RecordTextWriter text)
    {
        text.Number(Serial);
        text.Number(Flags);
        Types.Print(text);
    }
}
