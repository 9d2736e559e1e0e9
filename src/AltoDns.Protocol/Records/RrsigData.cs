// RRSIG: the signature of an RRset.

using System.Diagnostics.CodeAnalysis;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Presentation;

namespace AltoDns.Protocol.Records;

/// <summary>RRset signature (RFC 4034 §3). Times are seconds since 1970 and compare by RFC 1982 serial arithmetic.</summary>
/// <param name="labels">Labels of the owner name, neither the root nor a leading <c>*</c> counted.</param>
/// <param name="signature">At least one octet.</param>
public sealed class RrsigData(
    RecordType typeCovered,
    DnssecAlgorithm algorithm,
    byte labels,
    uint originalTimeToLive,
    uint expiration,
    uint inception,
    ushort keyTag,
    DomainName signer,
    byte[] signature) : RecordData, IRecordData<RrsigData>
{
    public static RecordType Type => RecordType.RRSIG;

    public override RecordType RecordType => Type;

    public RecordType TypeCovered { get; } = typeCovered;

    public DnssecAlgorithm Algorithm { get; } = algorithm;

    public byte Labels { get; } = labels;

    public uint OriginalTimeToLive { get; } = originalTimeToLive;

    public uint Expiration { get; } = expiration;

    public uint Inception { get; } = inception;

    public ushort KeyTag { get; } = keyTag;

    public DomainName Signer { get; } = signer;

    public ReadOnlyMemory<byte> Signature { get; } = signature;

    public static bool TryRead(ref WireReader reader, [NotNullWhen(true)] out RrsigData? data)
    {
        data = null;
        var attempt = reader;
        if (!attempt.TryReadUInt16(out var typeCovered)
            || !attempt.TryReadUInt8(out var algorithm)
            || !attempt.TryReadUInt8(out var labels)
            || !attempt.TryReadUInt32(out var originalTimeToLive)
            || !attempt.TryReadUInt32(out var expiration)
            || !attempt.TryReadUInt32(out var inception)
            || !attempt.TryReadUInt16(out var keyTag)
            || !attempt.TryReadUncompressedName(out var signer)
            || attempt.AtEnd)
        {
            return false;
        }

        data = new RrsigData(
            (RecordType)typeCovered,
            (DnssecAlgorithm)algorithm,
            labels,
            originalTimeToLive,
            expiration,
            inception,
            keyTag,
            signer,
            attempt.ReadRest().ToArray());
        reader = attempt;
        return true;
    }

    public override void Write(ref WireWriter writer)
    {
        WriteUnsigned(ref writer);
        writer.WriteOctets(Signature.Span);
    }

    /// <summary>Writes all fields but the signature: what precedes the records in the octets that are signed (RFC 4034 §3.1.8.1).</summary>
    public void WriteUnsigned(ref WireWriter writer)
    {
        writer.WriteUInt16((ushort)TypeCovered);
        writer.WriteUInt8((byte)Algorithm);
        writer.WriteUInt8(Labels);
        writer.WriteUInt32(OriginalTimeToLive);
        writer.WriteUInt32(Expiration);
        writer.WriteUInt32(Inception);
        writer.WriteUInt16(KeyTag);
        writer.WriteName(Signer, RdataName.Foldable);
    }

    public static RrsigData Parse(ref RecordTextReader text) => new(
        text.ReadType("type covered"),
        text.ReadAlgorithm("algorithm"),
        text.ReadUInt8("labels"),
        text.ReadUInt32("original TTL"),
        ParseTime(ref text, "expiration"),
        ParseTime(ref text, "inception"),
        text.ReadUInt16("key tag"),
        text.ReadName("signer"),
        text.ReadBase64Rest("signature"));

    public override void Print(RecordTextWriter text)
    {
        text.Type(TypeCovered);
        text.Number((byte)Algorithm);
        text.Number(Labels);
        text.Number(OriginalTimeToLive);
        text.Word(SignatureTime.ToString(Expiration));
        text.Word(SignatureTime.ToString(Inception));
        text.Number(KeyTag);
        text.Name(Signer);
        text.Base64(Signature.Span);
    }

    private static uint ParseTime(ref RecordTextReader text, string field)
    {
        var word = text.ReadWord(field);
        if (!SignatureTime.TryParse(word, out var seconds))
        {
            text.Fail($"the {field} '{RecordTextReader.Quote(word)}' is not a time; write YYYYMMDDHHmmSS or seconds since 1970 (RFC 4034 §3.2)");
        }

        return seconds;
    }
}
