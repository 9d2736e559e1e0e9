// The SOA record of negative answers, written once for each zone and not once for each answer.

using System.Buffers.Binary;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;

namespace AltoDns.Zones.Serving;

/// <summary>
/// All of the record but its owner, its two names shortened by pointers (RFC 1035 §4.1.4) to where the zone's own name stands in
/// the message, or to an earlier place of the record itself. Immutable.
/// </summary>
public sealed class NegativeSoa
{
    private const ushort PointerBits = 0xC000;

    // Type, class, TTL and the length of the data.
    private const int FixedLength = 3 * sizeof(ushort) + sizeof(uint);

    private readonly byte[] _octets;
    private readonly List<Pointer> _pointers = [];

    /// <summary>Reads two of an SOA's numbers; 0 for those that are not there.</summary>
    /// <param name="data">Names uncompressed.</param>
    internal static void ReadNumbers(ReadOnlySpan<byte> data, out uint serial, out uint minimum)
    {
        var reader = new WireReader(data);
        _ = reader.TryReadName(out _) & reader.TryReadName(out _);
        _ = reader.TryReadUInt32(out serial);
        _ = reader.TryReadOctets(3 * sizeof(uint), out _);
        _ = reader.TryReadUInt32(out minimum);
    }

    /// <param name="timeToLive">Seconds; that of negative answers (RFC 2308 §3).</param>
    /// <param name="data">The SOA's data, names uncompressed.</param>
    internal NegativeSoa(DomainName origin, uint timeToLive, ReadOnlySpan<byte> data)
    {
        Span<byte> octets = stackalloc byte[FixedLength + 2 * DomainName.MaxLength + 5 * sizeof(uint)];
        var primaryLength = WireName.Measure(data);
        var primary = data[..primaryLength];
        var contact = data.Slice(primaryLength, WireName.Measure(data[primaryLength..]));
        var length = FixedLength;
        length += WriteName(primary, octets, length, origin.Wire, default);
        length += WriteName(contact, octets, length, origin.Wire, primary);
        var numbers = data[(primaryLength + contact.Length)..];
        numbers.CopyTo(octets[length..]);
        length += numbers.Length;
        BinaryPrimitives.WriteUInt16BigEndian(octets, (ushort)RecordType.SOA);
        BinaryPrimitives.WriteUInt16BigEndian(octets[sizeof(ushort)..], (ushort)RecordClass.Internet);
        BinaryPrimitives.WriteUInt32BigEndian(octets[(2 * sizeof(ushort))..], timeToLive);
        BinaryPrimitives.WriteUInt16BigEndian(octets[(FixedLength - sizeof(ushort))..], (ushort)(length - FixedLength));
        _octets = octets[..length].ToArray();
    }

    /// <summary>Writes the record.</summary>
    /// <param name="writer">Starts at the message's first octet, and has no more than 16,000 octets yet, as pointers reach no further.</param>
    /// <param name="origin">Where the zone's name stands in the message, uncompressed.</param>
    public void Write(ref WireWriter writer, int origin)
    {
        writer.WriteUInt16((ushort)(PointerBits | origin));
        var start = writer.Position;
        writer.WriteOctets(_octets);
        if (writer.Overflowed)
        {
            return;
        }

        foreach (var pointer in _pointers)
        {
            var target = (pointer.IsToOrigin ? origin : start) + pointer.Target;
            writer.PatchUInt16(start + pointer.Position, (ushort)(PointerBits | target));
        }
    }

    /// <summary>Writes a name, its longest end that stands elsewhere as a pointer that is filled in later.</summary>
    /// <param name="primary">What stands in full or in part at the start of the data.</param>
    /// <returns>Octets written.</returns>
    private int WriteName(ReadOnlySpan<byte> name, Span<byte> octets, int position, ReadOnlySpan<byte> origin, ReadOnlySpan<byte> primary)
    {
        var kept = 0;
        while (name[kept] != 0)
        {
            if (FindEnd(name[kept..], origin) is >= 0 and var inOrigin)
            {
                return WritePointer(name, kept, octets, position, new Pointer(position + kept, IsToOrigin: true, inOrigin));
            }

            // What of the primary's name was cut off is an end of the origin, and found there.
            if (FindEnd(name[kept..], primary) is >= 0 and var inPrimary)
            {
                return WritePointer(name, kept, octets, position, new Pointer(position + kept, IsToOrigin: false, FixedLength + inPrimary));
            }

            kept += name[kept] + 1;
        }

        name.CopyTo(octets[position..]);
        return name.Length;
    }

    private int WritePointer(ReadOnlySpan<byte> name, int kept, Span<byte> octets, int position, Pointer pointer)
    {
        name[..kept].CopyTo(octets[position..]);
        _pointers.Add(pointer);
        return kept + sizeof(ushort);
    }

    /// <summary>Where a name stands as the end of another; -1 where it does not.</summary>
    private static int FindEnd(ReadOnlySpan<byte> end, ReadOnlySpan<byte> name) =>
        !name.IsEmpty && WireName.IsSubdomainOf(name, end) ? name.Length - end.Length : -1;

    /// <param name="Position">Of the pointer in the octets.</param>
    /// <param name="Target">Octets from the start of the zone's name, or from the start of the octets.</param>
    private readonly record struct Pointer(int Position, bool IsToOrigin, int Target);
}
