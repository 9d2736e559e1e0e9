// The OPT pseudo-record that carries EDNS(0) (RFC 6891 §6.1).

using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Records;

namespace AltoDns.Protocol.Edns;

/// <summary>EDNS parameters of one message; the options' octets are not copied.</summary>
public ref struct OptRecord
{
    /// <summary>Octets of an OPT record without options.</summary>
    public const int FixedLength = 11;

    private const ushort DnssecOkFlag = 0x8000;

    /// <summary>The largest UDP message that the sender takes, in octets.</summary>
    public ushort UdpPayloadSize { get; set; }

    /// <summary>The upper eight bits of the response code.</summary>
    public byte ExtendedResponseCode { get; set; }

    public byte Version { get; set; }

    /// <summary>Whether the sender takes DNSSEC records (RFC 3225 §3).</summary>
    public bool DnssecOk { get; set; }

    /// <summary>Options, each a 16-bit code, a 16-bit length and that many octets.</summary>
    public ReadOnlySpan<byte> Options { get; set; }

    /// <summary>Reads an OPT record, its root owner included; on failure the reader stays where it was.</summary>
    public static bool TryRead(scoped ref WireReader reader, out OptRecord opt)
    {
        opt = default;
        var attempt = reader;
        if (!attempt.TryReadUInt8(out var owner) || owner != 0
            || !attempt.TryReadUInt16(out var type) || type != (ushort)RecordType.OPT
            || !attempt.TryReadUInt16(out var payloadSize)
            || !attempt.TryReadUInt8(out var extendedCode)
            || !attempt.TryReadUInt8(out var version)
            || !attempt.TryReadUInt16(out var flags)
            || !attempt.TryReadUInt16(out var length)
            || !attempt.TryReadOctets(length, out var options))
        {
            return false;
        }

        opt = new OptRecord
        {
            UdpPayloadSize = payloadSize,
            ExtendedResponseCode = extendedCode,
            Version = version,
            DnssecOk = (flags & DnssecOkFlag) != 0,
            Options = options,
        };
        reader = attempt;
        return true;
    }

    public readonly void Write(ref WireWriter writer)
    {
        writer.WriteUInt8(0);
        writer.WriteUInt16((ushort)RecordType.OPT);
        writer.WriteUInt16(UdpPayloadSize);
        writer.WriteUInt8(ExtendedResponseCode);
        writer.WriteUInt8(Version);
        writer.WriteUInt16(DnssecOk ? DnssecOkFlag : (ushort)0);
        writer.WriteUInt16(checked((ushort)Options.Length));
        writer.WriteOctets(Options);
    }
}
