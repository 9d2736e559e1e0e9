// SPF: mail policy in a type of its own, withdrawn in favour of TXT; kept for old zones.

using System.Diagnostics.CodeAnalysis;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Presentation;

namespace AltoDns.Protocol.Records;

/// <summary>Sender policy (RFC 7208 §3.1 withdraws it), shaped as TXT.</summary>
public sealed class SpfData : TextStringsData, IRecordData<SpfData>
{
    private SpfData(byte[] wire)
        : base(wire)
    {
    }

    public static RecordType Type => RecordType.SPF;

    public override RecordType RecordType => Type;

    public static bool TryRead(ref WireReader reader, [NotNullWhen(true)] out SpfData? data)
    {
        data = TryReadStrings(ref reader, out var wire) ? new SpfData(wire) : null;
        return data is not null;
    }

    public static SpfData Parse(ref RecordTextReader text) => new(text.ReadCharacterStrings("text"));
}
