// The set of record types in NSEC, NSEC3 and CSYNC: windows of 256 types, each a bitmap of 1 to 32 octets (RFC 4034 §4.1.2).

using System.Diagnostics.CodeAnalysis;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Presentation;

namespace AltoDns.Protocol.Records;

/// <summary>An immutable set of types, possibly empty, held in wire form.</summary>
public sealed class TypeBitmap
{
    private const int MaxWindowLength = 32;
    private readonly byte[] _wire;

    private TypeBitmap(byte[] wire) => _wire = wire;

    public bool IsEmpty => _wire.Length == 0;

    public ReadOnlySpan<byte> Wire => _wire;

    /// <summary>The types in ascending order.</summary>
    public IEnumerable<RecordType> Types
    {
        get
        {
            for (var position = 0; position < _wire.Length; position += _wire[position + 1] + 2)
            {
                for (var bit = 0; bit < _wire[position + 1] * 8; bit++)
                {
                    if ((_wire[position + 2 + bit / 8] & 0x80 >> bit % 8) != 0)
                    {
                        yield return (RecordType)(_wire[position] << 8 | bit);
                    }
                }
            }
        }
    }

    /// <summary>Builds the set of <paramref name="types"/>, in any order, repeats allowed.</summary>
    public static TypeBitmap Of(IEnumerable<RecordType> types)
    {
        var wire = new List<byte>();
        var window = -1;
        var start = 0;
        foreach (var type in types.Order())
        {
            if ((ushort)type >> 8 != window)
            {
                window = (ushort)type >> 8;
                start = wire.Count;
                wire.AddRange([(byte)window, 0]);
            }

            var octet = (byte)type / 8;
            while (wire[start + 1] <= octet)
            {
                wire.Add(0);
                wire[start + 1]++;
            }

            wire[start + 2 + octet] |= (byte)(0x80 >> (byte)type % 8);
        }

        return new TypeBitmap([.. wire]);
    }

    /// <summary>Writes a set in wire form.</summary>
    /// <param name="types">Ascending, without repeats.</param>
    /// <param name="wire">Zeros; <see cref="MaxWireLength"/> octets are always enough for as many types.</param>
    /// <returns>Octets written.</returns>
    public static int Write(ReadOnlySpan<RecordType> types, Span<byte> wire)
    {
        var start = -1;
        var end = 0;
        foreach (var type in types)
        {
            if (start < 0 || wire[start] != (ushort)type >> 8)
            {
                start = end;
                wire[start] = (byte)((ushort)type >> 8);
                end = start + 2;
            }

            var octet = (byte)type / 8;
            wire[start + 1] = (byte)(octet + 1);
            wire[start + 2 + octet] |= (byte)(0x80 >> (byte)type % 8);
            end = start + 3 + octet;
        }

        return end;
    }

    /// <summary>Octets that a set of so many types takes at most.</summary>
    public static int MaxWireLength(int types) => Math.Min(types, 256) * (2 + MaxWindowLength);

    public bool Contains(RecordType type)
    {
        for (var position = 0; position < _wire.Length; position += _wire[position + 1] + 2)
        {
            if (_wire[position] == (ushort)type >> 8)
            {
                var octet = (byte)type / 8;
                return octet < _wire[position + 1] && (_wire[position + 2 + octet] & 0x80 >> (byte)type % 8) != 0;
            }
        }

        return false;
    }

    /// <summary>Takes all octets to the reader's end; false, and no move, where windows are out of order, empty, too long or end in a zero octet.</summary>
    internal static bool TryRead(ref WireReader reader, [NotNullWhen(true)] out TypeBitmap? types)
    {
        types = null;
        var attempt = reader;
        var lastWindow = -1;
        while (!attempt.AtEnd)
        {
            if (!attempt.TryReadUInt8(out var window)
                || window <= lastWindow
                || !attempt.TryReadUInt8(out var length)
                || length is 0 or > MaxWindowLength
                || !attempt.TryReadOctets(length, out var bits)
                || bits[^1] == 0)
            {
                return false;
            }

            lastWindow = window;
        }

        types = new TypeBitmap(reader.ReadRest().ToArray());
        return true;
    }

    /// <summary>Reads the types that are left in the text, possibly none.</summary>
    internal static TypeBitmap Parse(ref RecordTextReader text)
    {
        var types = new List<RecordType>();
        while (!text.Failed && !text.AtEnd)
        {
            types.Add(text.ReadType("covered type"));
        }

        return Of(types);
    }

    internal void Print(RecordTextWriter text)
    {
        foreach (var type in Types)
        {
            text.Type(type);
        }
    }
}
