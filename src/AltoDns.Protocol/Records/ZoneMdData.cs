// ZONEMD: a digest over the whole zone.

using System.Diagnostics.CodeAnalysis;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Presentation;

namespace AltoDns.Protocol.Records;

/// <summary>Zone message digest (RFC 8976 §2.2). With scheme 1 the digest has 48 octets (SHA-384) or 64 (SHA-512), else at least 12.</summary>
public sealed class ZoneMdData(uint serial, byte scheme, byte hashAlgorithm, byte[] digest) : RecordData, IRecordData<ZoneMdData>
{
    private const int MinDigestLength = 12;

    public static RecordType Type => RecordType.ZONEMD;

    public override RecordType RecordType => Type;

    /// <summary>The serial of the SOA that the digest was made with.</summary>
    public uint Serial { get; } = serial;

    /// <summary>1: the records in canonical order.</summary>
    public byte Scheme { get; } = scheme;

    /// <summary>1 SHA-384, 2 SHA-512.</summary>
    public byte HashAlgorithm { get; } = hashAlgorithm;

    public ReadOnlyMemory<byte> Digest { get; } = digest;

    public static bool TryRead(ref WireReader reader, [NotNullWhen(true)] out ZoneMdData? data)
    {
        data = null;
        var attempt = reader;
        if (!attempt.TryReadUInt32(out var serial)
            || !attempt.TryReadUInt8(out var scheme)
            || !attempt.TryReadUInt8(out var hashAlgorithm)
            || !IsValidLength(scheme, hashAlgorithm, attempt.Remaining))
        {
            return false;
        }

        data = new ZoneMdData(serial, scheme, hashAlgorithm, attempt.ReadRest().ToArray());
        reader = attempt;
        return true;
    }

    public override void Write(ref WireWriter writer)
    {
        writer.WriteUInt32(Serial);
        writer.WriteUInt8(Scheme);
        writer.WriteUInt8(HashAlgorithm);
        writer.WriteOctets(Digest.Span);
    }

    public static ZoneMdData Parse(ref RecordTextReader text)
    {
        var data = new ZoneMdData(
            text.ReadUInt32("serial"),
            text.ReadUInt8("scheme"),
            text.ReadUInt8("hash algorithm"),
            text.ReadHexRest("digest"));
        if (!IsValidLength(data.Scheme, data.HashAlgorithm, data.Digest.Length))
        {
            text.Fail($"the length of the digest is {data.Digest.Length}; SHA-384 (1) has 48 octets, SHA-512 (2) has 64, others at least 12 (RFC 8976 §2.2)");
        }

        return data;
    }

    public override void Print(RecordTextWriter text)
    {
        text.Number(Serial);
        text.Number(Scheme);
        text.Number(HashAlgorithm);
        text.Hex(Digest.Span);
    }

    // What another scheme puts into the field is not known (RFC 8976 Appendix A.3 has an example).
    private static bool IsValidLength(byte scheme, byte hashAlgorithm, int length) => (scheme, hashAlgorithm) switch
    {
        (1, 1) => length == 48,
        (1, 2) => length == 64,
        _ => length >= MinDigestLength,
    };
}
