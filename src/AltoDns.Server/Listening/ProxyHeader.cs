// What a proxy writes before a client's octets: the PROXY protocol, version 2, in its binary form.
//
//   | signature, 12 | version, command | family, transport | length, 2 | addresses and ports | more, ignored |

using System.Buffers.Binary;

namespace AltoDns.Server.Listening;

/// <summary>A header read; spans point into what it was read from.</summary>
internal ref struct ProxyHeader
{
    /// <summary>Octets up to the length.</summary>
    public const int FixedLength = 16;

    /// <summary>The first octet of every header; TLS begins otherwise.</summary>
    public const byte FirstOctet = 0x0D;

    // What proxies add is a few names; more is none.
    private const int MaxLength = 4096;
    private const int Version = 2;
    private const int Local = 0;
    private const int Proxied = 1;
    private const int Unspecified = 0;
    private const int IPv4 = 1;
    private const int IPv6 = 2;
    private const int Datagram = 2;

    /// <summary>Octets of the whole header.</summary>
    public int Length;

    /// <summary>The client's address, 4 or 16 octets; empty where the proxy speaks for itself, as in a health check.</summary>
    public ReadOnlySpan<byte> Address;

    public ushort Port;

    private static ReadOnlySpan<byte> Signature => "\r\n\r\n\0\r\nQUIT\n"u8;

    /// <summary>How long a header is; false where the octets are the beginning of none.</summary>
    /// <param name="octets">At least <see cref="FixedLength"/>.</param>
    public static bool TryMeasure(ReadOnlySpan<byte> octets, out int length)
    {
        length = 0;
        if (octets.Length < FixedLength || !octets.StartsWith(Signature))
        {
            return false;
        }

        length = FixedLength + BinaryPrimitives.ReadUInt16BigEndian(octets[14..]);
        return length <= MaxLength;
    }

    /// <summary>Reads a header at the beginning of what came; false where there is none, or it is none that may be sent.</summary>
    public static bool TryRead(ReadOnlySpan<byte> octets, out ProxyHeader header)
    {
        header = default;
        if (!TryMeasure(octets, out var length) || length > octets.Length || octets[12] >> 4 != Version)
        {
            return false;
        }

        header.Length = length;
        var command = octets[12] & 0xF;
        var family = octets[13] >> 4;
        if (command == Local || (command == Proxied && family == Unspecified))
        {
            return true;
        }

        // Whether the client came by a datagram or a stream is its affair and the proxy's.
        var addressLength = family switch
        {
            IPv4 => 4,
            IPv6 => 16,
            _ => 0,
        };
        if (command != Proxied || addressLength == 0 || (octets[13] & 0xF) > Datagram || length < FixedLength + (2 * (addressLength + sizeof(ushort))))
        {
            return false;
        }

        header.Address = octets.Slice(FixedLength, addressLength);
        header.Port = BinaryPrimitives.ReadUInt16BigEndian(octets[(FixedLength + (2 * addressLength))..]);
        return true;
    }
}
