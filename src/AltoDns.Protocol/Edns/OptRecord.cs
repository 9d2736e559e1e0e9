// The OPT record: what EDNS adds to a message (RFC 6891 §6.1). Its class and TTL are fields of their own.

using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Records;

namespace AltoDns.Protocol.Edns;

/// <summary>An OPT record, its options left in the message's octets. Nothing is allocated.</summary>
public readonly ref struct OptRecord
{
    /// <summary>Octets of an OPT record without options.</summary>
    public const int MinLength = 11;

    /// <summary>The version that is spoken; a query with a higher one is answered BADVERS (RFC 6891 §6.1.3).</summary>
    public const byte SupportedVersion = 0;

    private const ushort DnssecOkBit = 0x8000;

    /// <summary>The octets that the sender takes in one datagram; below 512 counts as 512 (RFC 6891 §6.2.3).</summary>
    public required ushort UdpPayloadSize { get; init; }

    /// <summary>The upper eight bits of the response code; the header has the lower four.</summary>
    public byte ExtendedResponseCode { get; init; }

    public byte Version { get; init; }

    /// <summary>DO: the sender wants DNSSEC records (RFC 3225 §3).</summary>
    public bool DnssecOk { get; init; }

    /// <summary>Code, length and data of each option, one after the other.</summary>
    public ReadOnlySpan<byte> Options { get; init; }

    /// <summary>Reads an OPT record, its owner included; on failure the reader stays where it was.</summary>
    /// <returns>False where the owner is not the root, the type not OPT, or the record or one of its options cut short.</returns>
    public static bool TryRead(scoped ref WireReader reader, out OptRecord record)
    {
        record = default;
        var attempt = reader;
        if (!attempt.TryReadUInt8(out var owner)
            || owner != 0
            || !attempt.TryReadUInt16(out var type)
            || type != (ushort)RecordType.OPT
            || !attempt.TryReadUInt16(out var payloadSize)
            || !attempt.TryReadUInt8(out var extendedResponseCode)
            || !attempt.TryReadUInt8(out var version)
            || !attempt.TryReadUInt16(out var flags)
            || !attempt.TryReadUInt16(out var length)
            || !attempt.TryReadOctets(length, out var options))
        {
            return false;
        }

        // What a later version puts here is not known; its sender shall hear BADVERS, not FORMERR.
        if (version == SupportedVersion && !IsWellFormed(options))
        {
            return false;
        }

        record = new OptRecord
        {
            UdpPayloadSize = payloadSize,
            ExtendedResponseCode = extendedResponseCode,
            Version = version,
            DnssecOk = (flags & DnssecOkBit) != 0,
            Options = options,
        };
        reader = attempt;
        return true;
    }

    /// <summary>Writes the record, its owner included; flags other than DO are zero.</summary>
    public void Write(ref WireWriter writer)
    {
        writer.WriteUInt8(0);
        writer.WriteUInt16((ushort)RecordType.OPT);
        writer.WriteUInt16(UdpPayloadSize);
        writer.WriteUInt8(ExtendedResponseCode);
        writer.WriteUInt8(Version);
        writer.WriteUInt16(DnssecOk ? DnssecOkBit : (ushort)0);
        writer.WriteUInt16(checked((ushort)Options.Length));
        writer.WriteOctets(Options);
    }

    /// <summary>Walks the options in their order; ends early where one is cut short, which <see cref="TryRead"/> has excluded.</summary>
    public EdnsOptionEnumerator GetEnumerator() => new(Options);

    private static bool IsWellFormed(ReadOnlySpan<byte> options)
    {
        var enumerator = new EdnsOptionEnumerator(options);
        while (enumerator.MoveNext())
        {
        }

        return !enumerator.IsCutShort;
    }
}
