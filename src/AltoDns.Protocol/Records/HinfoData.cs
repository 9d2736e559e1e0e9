// HINFO: what a host is; also the answer to ANY by RFC 8482.

using System.Diagnostics.CodeAnalysis;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Presentation;

namespace AltoDns.Protocol.Records;

/// <summary>Host information (RFC 1035 §3.3.2); each string holds at most 255 octets.</summary>
public sealed class HinfoData(byte[] cpu, byte[] operatingSystem) : RecordData, IRecordData<HinfoData>
{
    public static RecordType Type => RecordType.HINFO;

    public override RecordType RecordType => Type;

    public ReadOnlyMemory<byte> Cpu { get; } = cpu;

    public ReadOnlyMemory<byte> OperatingSystem { get; } = operatingSystem;

    public static bool TryRead(ref WireReader reader, [NotNullWhen(true)] out HinfoData? data)
    {
        data = null;
        var attempt = reader;
        if (!attempt.TryReadCharacterString(out var cpu)
            || !attempt.TryReadCharacterString(out var operatingSystem))
        {
            return false;
        }

        data = new HinfoData(cpu.ToArray(), operatingSystem.ToArray());
        reader = attempt;
        return true;
    }

    public override void Write(ref WireWriter writer)
    {
        writer.WriteCharacterString(Cpu.Span);
        writer.WriteCharacterString(OperatingSystem.Span);
    }

    public static HinfoData Parse(ref RecordTextReader text) => new(
        text.ReadCharacterString("CPU"),
        text.ReadCharacterString("operating system"));

    public override void Print(RecordTextWriter text)
    {
        text.CharacterString(Cpu.Span);
        text.CharacterString(OperatingSystem.Span);
    }
}
