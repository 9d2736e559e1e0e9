// NSEC3PARAM: how the hashed names of the zone are made.

using System.Diagnostics.CodeAnalysis;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Presentation;

namespace AltoDns.Protocol.Records;

/// <summary>NSEC3 parameters (RFC 5155 §4).</summary>
/// <param name="salt">At most 255 octets.</param>
public sealed class Nsec3ParamData(byte hashAlgorithm, byte flags, ushort iterations, byte[] salt) : RecordData, IRecordData<Nsec3ParamData>
{
    public static RecordType Type => RecordType.NSEC3PARAM;

    public override RecordType RecordType => Type;

    /// <summary>1: SHA-1.</summary>
    public byte HashAlgorithm { get; } = hashAlgorithm;

    /// <summary>0; with any other value the record is not used (RFC 5155 §4.1.2).</summary>
    public byte Flags { get; } = flags;

    public ushort Iterations { get; } = iterations;

    public ReadOnlyMemory<byte> Salt { get; } = salt;

    public static bool TryRead(ref WireReader reader, [NotNullWhen(true)] out Nsec3ParamData? data)
    {
        data = null;
        var attempt = reader;
        if (!attempt.TryReadUInt8(out var hashAlgorithm)
            || !attempt.TryReadUInt8(out var flags)
            || !attempt.TryReadUInt16(out var iterations)
            || !attempt.TryReadCharacterString(out var salt))
        {
            return false;
        }

        data = new Nsec3ParamData(hashAlgorithm, flags, iterations, salt.ToArray());
        reader = attempt;
        return true;
    }

    public override void Write(ref WireWriter writer)
    {
        writer.WriteUInt8(HashAlgorithm);
        writer.WriteUInt8(Flags);
        writer.WriteUInt16(Iterations);
        writer.WriteCharacterString(Salt.Span);
    }

    public static Nsec3ParamData Parse(ref RecordTextReader text) => new(
        text.ReadUInt8("hash algorithm"),
        text.ReadUInt8("flags"),
        text.ReadUInt16("iterations"),
        ParseSalt(ref text));

    public override void Print(RecordTextWriter text)
    {
        text.Number(HashAlgorithm);
        text.Number(Flags);
        text.Number(Iterations);
        PrintSalt(text, Salt.Span);
    }

    /// <summary>Reads hexadecimal digits, or <c>-</c> for no salt (RFC 5155 §3.3).</summary>
    internal static byte[] ParseSalt(ref RecordTextReader text)
    {
        const string Field = "salt";
        if (text.TryReadWord("-"u8))
        {
            return [];
        }

        var salt = text.ReadHex(Field);
        if (salt.Length > byte.MaxValue)
        {
            text.Fail($"the {Field} has {salt.Length} octets; at most 255 fit (RFC 5155 §3.2)");
        }

        return salt;
    }

    internal static void PrintSalt(RecordTextWriter text, ReadOnlySpan<byte> salt)
    {
        if (salt.IsEmpty)
        {
            text.Word("-");
        }
        else
        {
            text.Hex(salt);
        }
    }
}
