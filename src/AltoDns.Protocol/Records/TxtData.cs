// TXT: free text; also the ALTO keys.

using System.Diagnostics.CodeAnalysis;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Presentation;

namespace AltoDns.Protocol.Records;

/// <summary>Text strings (RFC 1035 §3.3.14).</summary>
public sealed class TxtData : TextStringsData, IRecordData<TxtData>
{
    private TxtData(byte[] wire)
        : base(wire)
    {
    }

    public static RecordType Type => RecordType.TXT;

    public override RecordType RecordType => Type;

    /// <summary>Text of any length as strings of 255 octets, the last one shorter; a reader joins them again.</summary>
    public static TxtData FromText(ReadOnlySpan<byte> text) => new(Split(text));

    public static bool TryRead(ref WireReader reader, [NotNullWhen(true)] out TxtData? data)
    {
        data = TryReadStrings(ref reader, out var wire) ? new TxtData(wire) : null;
        return data is not null;
    }

    public static TxtData Parse(ref RecordTextReader text) => new(text.ReadCharacterStrings("text"));
}
