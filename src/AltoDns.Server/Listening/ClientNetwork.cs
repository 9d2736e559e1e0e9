// Whom connections and refusals are counted for: an IPv4 address, or the IPv6 /64 that one host may take all addresses of; or a larger network.

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

    /// <summary>The network of so many bits that this one lies in.</summary>
    /// <param name="ipv4Length">1 to 32.</param>
    /// <param name="ipv6Length">1 to 64.</param>
    public ClientNetwork Within(int ipv4Length, int ipv6Length) => this with
    {
        Bits = Bits & (Family == AddressFamily.InterNetworkV6 ? ulong.MaxValue << (64 - ipv6Length) : uint.MaxValue << (32 - ipv4Length)),
    };

    /// <param name="address">4 or 16 octets in network order.</param>
    public static ClientNetwork Of(ReadOnlySpan<byte> address) => address.Length > sizeof(uint)
        ? new ClientNetwork(AddressFamily.InterNetworkV6, BinaryPrimitives.ReadUInt64BigEndian(address))
        : new ClientNetwork(AddressFamily.InterNetwork, BinaryPrimitives.ReadUInt32BigEndian(address));
}
