// SSHFP: the fingerprint of an SSH host key.

using System.Diagnostics.CodeAnalysis;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Presentation;

namespace AltoDns.Protocol.Records;

/// <summary>SSH key fingerprint (RFC 4255 §3.1). A fingerprint of a known type has that type's length.</summary>
public sealed class SshfpData(byte algorithm, byte fingerprintType, byte[] fingerprint) : RecordData, IRecordData<SshfpData>
{
    public static RecordType Type => RecordType.SSHFP;

    public override RecordType RecordType => Type;

    /// <summary>1 RSA, 2 DSA, 3 ECDSA, 4 Ed25519, 6 Ed448.</summary>
    public byte Algorithm { get; } = algorithm;

    /// <summary>1 SHA-1, 2 SHA-256.</summary>
    public byte FingerprintType { get; } = fingerprintType;

    public ReadOnlyMemory<byte> Fingerprint { get; } = fingerprint;

    public static bool TryRead(ref WireReader reader, [NotNullWhen(true)] out SshfpData? data)
    {
        data = null;
        var attempt = reader;
        if (!attempt.TryReadUInt8(out var algorithm)
            || !attempt.TryReadUInt8(out var fingerprintType)
            || !IsValidLength(fingerprintType, attempt.Remaining))
        {
            return false;
        }

        data = new SshfpData(algorithm, fingerprintType, attempt.ReadRest().ToArray());
        reader = attempt;
        return true;
    }

    public override void Write(ref WireWriter writer)
    {
        writer.WriteUInt8(Algorithm);
        writer.WriteUInt8(FingerprintType);
        writer.WriteOctets(Fingerprint.Span);
    }

    public static SshfpData Parse(ref RecordTextReader text)
    {
        var data = new SshfpData(text.ReadUInt8("algorithm"), text.ReadUInt8("fingerprint type"), text.ReadHexRest("fingerprint"));
        if (!IsValidLength(data.FingerprintType, data.Fingerprint.Length))
        {
            text.Fail($"the length of the fingerprint is {data.Fingerprint.Length}; type 1 (SHA-1) has 20 octets, type 2 (SHA-256) has 32");
        }

        return data;
    }

    public override void Print(RecordTextWriter text)
    {
        text.Number(Algorithm);
        text.Number(FingerprintType);
        text.Hex(Fingerprint.Span);
    }

    private static bool IsValidLength(byte fingerprintType, int length) => fingerprintType switch
    {
        1 => length == 20,
        2 => length == 32,
        _ => length > 0,
    };
}
