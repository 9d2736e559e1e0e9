// NSEC3: the next hashed name of the zone, and the types at this one.

using System.Diagnostics.CodeAnalysis;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Presentation;

namespace AltoDns.Protocol.Records;

/// <summary>Hashed proof of what does not exist (RFC 5155 §3).</summary>
/// <param name="salt">At most 255 octets.</param>
/// <param name="nextHash">The next hashed owner name as octets, 1 to 255; SHA-1 has 20.</param>
/// <param name="types">Possibly none, at an empty non-terminal.</param>
public sealed class Nsec3Data(byte hashAlgorithm, byte flags, ushort iterations, byte[] salt, byte[] nextHash, TypeBitmap types)
    : RecordData, IRecordData<Nsec3Data>
{
    public static RecordType Type => RecordType.NSEC3;

    public override RecordType RecordType => Type;

    /// <summary>1: SHA-1.</summary>
    public byte HashAlgorithm { get; } = hashAlgorithm;

    /// <summary>1: opt-out, unsigned delegations may lie between this hash and the next.</summary>
    public byte Flags { get; } = flags;

    /// <summary>Additional rounds of the hash; 0 is advised (RFC 9276 §3.1).</summary>
    public ushort Iterations { get; } = iterations;

    public ReadOnlyMemory<byte> Salt { get; } = salt;

    public ReadOnlyMemory<byte> NextHash { get; } = nextHash;

    public TypeBitmap Types { get; } = types;

    public static bool TryRead(ref WireReader reader, [NotNullWhen(true)] out Nsec3Data? data)
    {
        data = null;
        var attempt = reader;
        if (!attempt.TryReadUInt8(out var hashAlgorithm)
            || !attempt.TryReadUInt8(out var flags)
            || !attempt.TryReadUInt16(out var iterations)
            || !attempt.TryReadCharacterString(out var salt)
            || !attempt.TryReadCharacterString(out var nextHash)
            || nextHash.IsEmpty
            || !TypeBitmap.TryRead(ref attempt, out var types))
        {
            return false;
        }

        data = new Nsec3Data(hashAlgorithm, flags, iterations, salt.ToArray(), nextHash.ToArray(), types);
        reader = attempt;
        return true;
    }

    public override void Write(ref WireWriter writer)
    {
        writer.WriteUInt8(HashAlgorithm);
        writer.WriteUInt8(Flags);
        writer.WriteUInt16(Iterations);
        writer.WriteCharacterString(Salt.Span);
        writer.WriteCharacterString(NextHash.Span);
        writer.WriteOctets(Types.Wire);
    }

    public static Nsec3Data Parse(ref RecordTextReader text) => new(
        text.ReadUInt8("hash algorithm"),
        text.ReadUInt8("flags"),
        text.ReadUInt16("iterations"),
        Nsec3ParamData.ParseSalt(ref text),
        ParseNextHash(ref text),
        TypeBitmap.Parse(ref text));

    public override void Print(RecordTextWriter text)
    {
        text.Number(HashAlgorithm);
        text.Number(Flags);
        text.Number(Iterations);
        Nsec3ParamData.PrintSalt(text, Salt.Span);
        text.Word(Base32Hex.Encode(NextHash.Span));
        Types.Print(text);
    }

    private static byte[] ParseNextHash(ref RecordTextReader text)
    {
        var word = text.ReadWord("next hashed name");
        if (!Base32Hex.TryDecode(word, out var hash) || hash.Length is 0 or > byte.MaxValue)
        {
            text.Fail("the next hashed name is not base32hex of 1 to 255 octets; write it without padding (RFC 5155 §3.3)");
        }

        return hash;
    }
}
