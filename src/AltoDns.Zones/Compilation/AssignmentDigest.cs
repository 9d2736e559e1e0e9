// The assignments of a policy in as little memory as comparing them with the next version's takes.

using System.Buffers.Binary;
using AltoDns.Protocol.Names;

namespace AltoDns.Zones.Compilation;

/// <summary>Prefixes and their servers in the order of prefixes, some six octets each. Immutable.</summary>
internal sealed class AssignmentDigest
{
    // An assignment: 1 for IPv6, prefix length, the server in groups of seven bits, lowest first, as much of the prefix as it has.
    private readonly byte[] _octets;

    private AssignmentDigest(byte[] octets) => _octets = octets;

    public static AssignmentDigest Of(AssignmentTable table)
    {
        using var octets = new MemoryStream();
        Span<byte> bits = stackalloc byte[16];
        for (var rank = 0; rank < table.Count; rank++)
        {
            var (prefix, server, _, _) = table[rank];
            octets.WriteByte((byte)(prefix.IsIPv6 ? 1 : 0));
            octets.WriteByte(prefix.Length);
            for (var rest = (uint)server; ; rest >>= 7)
            {
                octets.WriteByte((byte)(rest < 0x80 ? rest : rest & 0x7F | 0x80));
                if (rest < 0x80)
                {
                    break;
                }
            }

            BinaryPrimitives.WriteUInt128BigEndian(bits, prefix.Bits);
            octets.Write(bits[..OctetsOf(prefix.Length)]);
        }

        return new AssignmentDigest(octets.ToArray());
    }

    /// <summary>Prefixes and indexes of servers, in the order of prefixes.</summary>
    public IEnumerable<(IPPrefix Prefix, int Server)> Read()
    {
        var position = 0;
        while (position < _octets.Length)
        {
            var isIPv6 = _octets[position++] != 0;
            int length = _octets[position++];
            var server = 0;
            for (var shift = 0; ; shift += 7)
            {
                var group = _octets[position++];
                server |= (group & 0x7F) << shift;
                if (group < 0x80)
                {
                    break;
                }
            }

            var bits = UInt128.Zero;
            for (var i = 0; i < OctetsOf(length); i++)
            {
                bits |= (UInt128)_octets[position++] << (120 - i * 8);
            }

            yield return (IPPrefix.Create(bits, length, isIPv6), server);
        }
    }

    private static int OctetsOf(int length) => (length + 7) / 8;
}
