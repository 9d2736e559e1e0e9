// Writes DNS messages and record data into a caller's buffer. Overflow is a flag, so that callers need not check each write.

using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using AltoDns.Protocol.Names;

namespace AltoDns.Protocol.Messages;

/// <summary>How names inside record data may be changed on the wire; which one holds is a property of the record type.</summary>
public enum RdataName
{
    /// <summary>May be compressed, and is lower-cased in canonical form: the types of RFC 1035 (RFC 3597 §4).</summary>
    Compressible,

    /// <summary>Never compressed, lower-cased in canonical form (RFC 4034 §6.2 as corrected by RFC 6840 §5.1).</summary>
    Foldable,

    /// <summary>Never compressed, never changed.</summary>
    Verbatim,
}

/// <summary>
/// A cursor over a buffer. When something does not fit, <see cref="Overflowed"/> is set, nothing of it is written,
/// and all later writes do nothing.
/// </summary>
public ref struct WireWriter
{
    private readonly Span<byte> _buffer;
    private readonly bool _canonical;

    /// <param name="buffer">Where to write, from its first octet.</param>
    /// <param name="canonical">Whether foldable names are lower-cased (RFC 4034 §6.2).</param>
    public WireWriter(Span<byte> buffer, bool canonical = false)
    {
        _buffer = buffer;
        _canonical = canonical;
    }

    /// <summary>Octets written so far.</summary>
    public int Position { get; private set; }

    public bool Overflowed { get; private set; }

    public readonly ReadOnlySpan<byte> Written => _buffer[..Position];

    public readonly int Remaining => _buffer.Length - Position;

    public void WriteUInt8(byte value)
    {
        if (TryReserve(sizeof(byte)))
        {
            _buffer[Position++] = value;
        }
    }

    public void WriteUInt16(ushort value)
    {
        if (TryReserve(sizeof(ushort)))
        {
            BinaryPrimitives.WriteUInt16BigEndian(_buffer[Position..], value);
            Position += sizeof(ushort);
        }
    }

    public void WriteUInt32(uint value)
    {
        if (TryReserve(sizeof(uint)))
        {
            BinaryPrimitives.WriteUInt32BigEndian(_buffer[Position..], value);
            Position += sizeof(uint);
        }
    }

    public void WriteUInt64(ulong value)
    {
        if (TryReserve(sizeof(ulong)))
        {
            BinaryPrimitives.WriteUInt64BigEndian(_buffer[Position..], value);
            Position += sizeof(ulong);
        }
    }

    public void WriteOctets(scoped ReadOnlySpan<byte> octets)
    {
        if (TryReserve(octets.Length))
        {
            octets.CopyTo(_buffer[Position..]);
            Position += octets.Length;
        }
    }

    /// <summary>Takes the next octets for the caller to write each of them: cheaper than field by field, as their room is looked at once.</summary>
    /// <param name="octets">As many as were asked for; empty where there is no room.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryTake(int count, out Span<byte> octets)
    {
        if (!TryReserve(count))
        {
            octets = default;
            return false;
        }

        octets = _buffer.Slice(Position, count);
        Position += count;
        return true;
    }

    /// <summary>Writes a length octet and the octets (RFC 1035 §3.3).</summary>
    /// <param name="octets">At most 255 octets.</param>
    public void WriteCharacterString(scoped ReadOnlySpan<byte> octets)
    {
        if (TryReserve(1 + octets.Length))
        {
            _buffer[Position] = checked((byte)octets.Length);
            octets.CopyTo(_buffer[(Position + 1)..]);
            Position += 1 + octets.Length;
        }
    }

    /// <summary>Writes a name in full; compression is the message writer's, over stored record data.</summary>
    public void WriteName(DomainName name, RdataName kind)
    {
        var start = Position;
        WriteOctets(name.Wire);
        if (_canonical && kind != RdataName.Verbatim)
        {
            WireName.LowerInPlace(_buffer[start..Position]);
        }
    }

    /// <summary>Overwrites two octets written earlier, such as a length known only later.</summary>
    public readonly void PatchUInt16(int position, ushort value) =>
        BinaryPrimitives.WriteUInt16BigEndian(_buffer[position..Position], value);

    /// <summary>Takes back everything after <paramref name="position"/> and clears <see cref="Overflowed"/>.</summary>
    public void Rewind(int position)
    {
        Position = position;
        Overflowed = false;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryReserve(int octets)
    {
        if (!Overflowed && _buffer.Length - Position >= octets)
        {
            return true;
        }

        Overflowed = true;
        return false;
    }
}
