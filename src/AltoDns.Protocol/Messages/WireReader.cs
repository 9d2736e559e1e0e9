// Reads a DNS message, or a part of one, from untrusted octets: nothing throws, and a failed read does not move.

using System.Buffers.Binary;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;

namespace AltoDns.Protocol.Messages;

/// <summary>A cursor over a message. Compression pointers resolve against the whole message, reads stop at <see cref="End"/>.</summary>
public ref struct WireReader
{
    private readonly ReadOnlySpan<byte> _message;
    private readonly int _lowestTarget;

    /// <param name="message">The whole message, so that pointers can be followed.</param>
    public WireReader(ReadOnlySpan<byte> message)
        : this(message, 0, message.Length, MessageHeader.Length)
    {
    }

    private WireReader(ReadOnlySpan<byte> message, int position, int end, int lowestTarget)
    {
        _message = message;
        Position = position;
        End = end;
        _lowestTarget = lowestTarget;
    }

    /// <summary>Octets from the start of the message.</summary>
    public int Position { get; private set; }

    /// <summary>Where reading stops: the end of the message, or of the record data that this reader was made for.</summary>
    public int End { get; }

    public readonly int Remaining => End - Position;

    /// <summary>A reader of one record's uncompressed data, outside any message: compression pointers are refused.</summary>
    public static WireReader OverData(ReadOnlySpan<byte> data) => new(data, 0, data.Length, int.MaxValue);

    public readonly bool AtEnd => Position == End;

    /// <summary>The octets between the cursor and <see cref="End"/>.</summary>
    public readonly ReadOnlySpan<byte> Rest => _message[Position..End];

    public bool TryReadUInt8(out byte value)
    {
        value = 0;
        if (Remaining < 1)
        {
            return false;
        }

        value = _message[Position++];
        return true;
    }

    public bool TryReadUInt16(out ushort value)
    {
        value = 0;
        if (Remaining < sizeof(ushort))
        {
            return false;
        }

        value = BinaryPrimitives.ReadUInt16BigEndian(_message[Position..]);
        Position += sizeof(ushort);
        return true;
    }

    public bool TryReadUInt32(out uint value)
    {
        value = 0;
        if (Remaining < sizeof(uint))
        {
            return false;
        }

        value = BinaryPrimitives.ReadUInt32BigEndian(_message[Position..]);
        Position += sizeof(uint);
        return true;
    }

    /// <summary>Takes <paramref name="count"/> octets of the message, not copied.</summary>
    public bool TryReadOctets(int count, out ReadOnlySpan<byte> octets)
    {
        octets = default;
        if (count < 0 || Remaining < count)
        {
            return false;
        }

        octets = _message.Slice(Position, count);
        Position += count;
        return true;
    }

    /// <summary>Takes all octets up to <see cref="End"/>, possibly none.</summary>
    public ReadOnlySpan<byte> ReadRest()
    {
        var rest = Rest;
        Position = End;
        return rest;
    }

    /// <summary>Takes a length octet and that many octets (RFC 1035 §3.3).</summary>
    public bool TryReadCharacterString(out ReadOnlySpan<byte> octets)
    {
        octets = default;
        if (Remaining < 1 || Remaining < 1 + _message[Position])
        {
            return false;
        }

        octets = _message.Slice(Position + 1, _message[Position]);
        Position += 1 + octets.Length;
        return true;
    }

    /// <summary>Reads a name, following compression pointers (RFC 1035 §4.1.4).</summary>
    public bool TryReadName(out DomainName name)
    {
        Span<byte> wire = stackalloc byte[DomainName.MaxLength];
        var isRead = TryReadName(wire, out var length);
        name = isRead ? DomainName.FromValidWire(wire[..length]) : default;
        return isRead;
    }

    /// <summary>Reads a name as octets, following compression pointers.</summary>
    /// <param name="wire">Room for 255 octets; written to also where no name can be read.</param>
    /// <param name="length">Octets of the name, uncompressed.</param>
    public bool TryReadName(scoped Span<byte> wire, out int length)
    {
        length = 0;
        var position = Position;
        var limit = End;
        var after = -1;
        var lowestPointer = Position;
        while (position < limit)
        {
            var octet = _message[position];
            if (octet == 0)
            {
                wire[length++] = 0;
                Position = after < 0 ? position + 1 : after;
                return true;
            }

            if ((octet & 0xC0) == 0xC0)
            {
                if (position + 1 >= limit)
                {
                    return false;
                }

                // Each pointer must lead before all that was read so far, which bounds the work and excludes loops;
                // and no name stands in the header.
                var target = (octet & 0x3F) << 8 | _message[position + 1];
                if (target >= lowestPointer || target < _lowestTarget)
                {
                    return false;
                }

                after = after < 0 ? position + 2 : after;
                lowestPointer = position = target;
                limit = _message.Length;
                continue;
            }

            if (octet > DomainName.MaxLabelLength || position + 1 + octet > limit || length + 1 + octet >= DomainName.MaxLength)
            {
                return false;
            }

            _message.Slice(position, octet + 1).CopyTo(wire[length..]);
            length += octet + 1;
            position += octet + 1;
        }

        return false;
    }

    /// <summary>Reads a name of a type that never compresses its names (RFC 3597 §4); a pointer is refused.</summary>
    public bool TryReadUncompressedName(out DomainName name)
    {
        name = default;
        var length = WireName.Measure(Rest);
        if (length == 0)
        {
            return false;
        }

        name = DomainName.FromValidWire(_message.Slice(Position, length));
        Position += length;
        return true;
    }

    /// <summary>Passes over a name without following its pointer.</summary>
    public bool TrySkipName()
    {
        var start = Position;
        while (TryReadUInt8(out var octet))
        {
            if (octet == 0 || ((octet & 0xC0) == 0xC0 && TryReadUInt8(out _)))
            {
                return true;
            }

            if (octet > DomainName.MaxLabelLength || !TryReadOctets(octet, out _))
            {
                break;
            }
        }

        Position = start;
        return false;
    }

    /// <summary>Passes over a record, its data not looked at.</summary>
    /// <param name="type">The record's type.</param>
    public bool TrySkipRecord(out RecordType type)
    {
        type = default;
        var attempt = this;
        if (!attempt.TrySkipName()
            || !attempt.TryReadUInt16(out var number)
            || !attempt.TryReadOctets(sizeof(ushort) + sizeof(uint), out _)
            || !attempt.TryReadUInt16(out var length)
            || !attempt.TryReadOctets(length, out _))
        {
            return false;
        }

        type = (RecordType)number;
        this = attempt;
        return true;
    }

    /// <summary>A reader over the next <paramref name="length"/> octets, such as one record's data; this reader moves past them.</summary>
    public bool TryReadSection(int length, out WireReader section)
    {
        section = default;
        if (length < 0 || Remaining < length)
        {
            return false;
        }

        section = new WireReader(_message, Position, Position + length, _lowestTarget);
        Position += length;
        return true;
    }
}
