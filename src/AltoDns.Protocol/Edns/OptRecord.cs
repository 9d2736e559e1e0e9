// The OPT record: what EDNS adds to a message (RFC 6891 §6.1). Its class and TTL are fields of their own.

using System.Buffers.Binary;
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

    // From the owner, which is the root's one octet (RFC 6891 §6.1.2).
    private const int TypeOffset = 1;
    private const int PayloadSizeOffset = 3;
    private const int ResponseCodeOffset = 5;
    private const int VersionOffset = 6;
    private const int FlagsOffset = 7;
    private const int LengthOffset = 9;

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
        var octets = reader.Rest;
        if (octets.Length < MinLength || octets[0] != 0 || BinaryPrimitives.ReadUInt16BigEndian(octets[TypeOffset..]) != (ushort)RecordType.OPT)
        {
            return false;
        }

        var length = BinaryPrimitives.ReadUInt16BigEndian(octets[LengthOffset..]);
        if (octets.Length < MinLength + length)
        {
            return false;
        }

        // What a later version puts here is not known; its sender shall hear BADVERS, not FORMERR.
        var options = octets.Slice(MinLength, length);
        if (octets[VersionOffset] == SupportedVersion && !IsWellFormed(options))
        {
            return false;
        }

        record = new OptRecord
        {
            UdpPayloadSize = BinaryPrimitives.ReadUInt16BigEndian(octets[PayloadSizeOffset..]),
            ExtendedResponseCode = octets[ResponseCodeOffset],
            Version = octets[VersionOffset],
            DnssecOk = (BinaryPrimitives.ReadUInt16BigEndian(octets[FlagsOffset..]) & DnssecOkBit) != 0,
            Options = options,
        };
        reader.TryReadOctets(MinLength + length, out _);
        return true;
    }

    /// <summary>Writes the record, its owner included; flags other than DO are zero.</summary>
    public void Write(ref WireWriter writer)
    {
        if (!writer.TryTake(MinLength, out var octets))
        {
            return;
        }

        octets[0] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(octets[TypeOffset..], (ushort)RecordType.OPT);
        BinaryPrimitives.WriteUInt16BigEndian(octets[PayloadSizeOffset..], UdpPayloadSize);
        octets[ResponseCodeOffset] = ExtendedResponseCode;
        octets[VersionOffset] = Version;
        BinaryPrimitives.WriteUInt16BigEndian(octets[FlagsOffset..], DnssecOk ? DnssecOkBit : (ushort)0);
        BinaryPrimitives.WriteUInt16BigEndian(octets[LengthOffset..], checked((ushort)Options.Length));
        if (!Options.IsEmpty)
        {
            writer.WriteOctets(Options);
        }
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
