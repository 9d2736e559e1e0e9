// The checksum of IP and UDP: 16-bit words added up in ones' complement (RFC 1071).

using System.Buffers.Binary;

namespace AltoDns.Server.Listening.Linux.Xdp;

/// <summary>
/// Sums are of words as a little-endian processor loads them; RFC 1071 §2(B): the order of octets does not matter as long
/// as the result is stored in the same. A sum holds the words of 2^32 octets and more before it is folded.
/// </summary>
internal static class InternetChecksum
{
    /// <summary>Adds octets to a sum; an odd one at the end counts as if a zero followed.</summary>
    public static ulong Add(ulong sum, ReadOnlySpan<byte> octets)
    {
        while (octets.Length >= sizeof(ulong))
        {
            var words = BinaryPrimitives.ReadUInt64LittleEndian(octets);
            sum += (uint)words + (words >> 32);
            octets = octets[sizeof(ulong)..];
        }

        if (octets.Length >= sizeof(uint))
        {
            sum += BinaryPrimitives.ReadUInt32LittleEndian(octets);
            octets = octets[sizeof(uint)..];
        }

        if (octets.Length >= sizeof(ushort))
        {
            sum += BinaryPrimitives.ReadUInt16LittleEndian(octets);
            octets = octets[sizeof(ushort)..];
        }

        return octets.IsEmpty ? sum : sum + octets[0];
    }

    /// <summary>A sum in 16 bits, not complemented.</summary>
    public static ushort Fold(ulong sum)
    {
        sum = (uint)sum + (sum >> 32);
        sum = (sum & 0xFFFF) + (sum >> 16);
        sum = (sum & 0xFFFF) + (sum >> 16);
        return (ushort)((sum & 0xFFFF) + (sum >> 16));
    }
}
