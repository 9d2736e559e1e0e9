// Whom connections are counted for: an IPv4 address, or the IPv6 /64 that one host may take all addresses of.

using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace AltoDns.Server.Listening;

internal readonly record struct ClientNetwork(AddressFamily Family, ulong Bits)
{
    public static ClientNetwork Of(IPAddress address)
    {
        Span<byte> octets = stackalloc byte[16];
        address.TryWriteBytes(octets, out var length);
        return Of(octets[..length]);
    }

    /// <param name="address">4 or 16 octets in network order.</param>
    public static ClientNetwork Of(ReadOnlySpan<byte> address) => address.Length > sizeof(uint)
        ? new ClientNetwork(AddressFamily.InterNetworkV6, BinaryPrimitives.ReadUInt64BigEndian(address))
        : new ClientNetwork(AddressFamily.InterNetwork, BinaryPrimitives.ReadUInt32BigEndian(address));
}
