// The hashes of a zone's names in ascending order: the owners of an NSEC3 chain to be.

using System.Buffers.Binary;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Security;
using AltoDns.Zones.Serving;

namespace AltoDns.Zones.Signing;

internal sealed class Nsec3Names
{
    /// <summary>Octets of NSEC3 data before the bitmap: algorithm, flags, iterations, no salt, the next hash with its length (RFC 5155 §3.2).</summary>
    public const int FixedLength = 2 + sizeof(ushort) + 1 + 1 + Nsec3Hash.Length;

    private const byte OptOutFlag = 1;

    private readonly int[] _nodes;

    private Nsec3Names(int[] nodes, byte[] hashes)
    {
        _nodes = nodes;
        Hashes = hashes;
    }

    public int Count => _nodes.Length;

    /// <summary>Each <see cref="Nsec3Hash.Length"/> octets.</summary>
    public byte[] Hashes { get; }

    public int NodeOf(int link) => _nodes[link];

    public ReadOnlySpan<byte> HashOf(int link) => Hashes.AsSpan(link * Nsec3Hash.Length, Nsec3Hash.Length);

    /// <exception cref="InvalidOperationException">Two names have one hash, which no chain can list (RFC 5155 §7.1).</exception>
    public static Nsec3Names Of(ZoneSnapshot zone, bool optOut)
    {
        var listed = DenialTypes.HashedNames(zone, optOut);
        var nodes = Enumerable.Range(0, listed.Length).Where(node => listed[node]).ToArray();
        var hashes = new byte[nodes.Length * Nsec3Hash.Length];
        var keys = new ulong[nodes.Length];
        BackgroundWork.Run(nodes.Length, () => new byte[DomainName.MaxLength], (name, start, end) =>
        {
            for (var i = start; i < end; i++)
            {
                var hash = hashes.AsSpan(i * Nsec3Hash.Length, Nsec3Hash.Length);
                Nsec3Hash.Compute(name.AsSpan(0, zone.WriteName(nodes[i], name)), ApexRecords.Nsec3Parameters, hash);
                keys[i] = BinaryPrimitives.ReadUInt64BigEndian(hash);
            }
        });
        return Sort(nodes, hashes, keys);
    }

    /// <summary>Writes NSEC3 data.</summary>
    /// <param name="data"><see cref="FixedLength"/> octets and those of the bitmap.</param>
    public static void Write(Span<byte> data, bool optOut, ReadOnlySpan<byte> nextHash, ReadOnlySpan<byte> bitmap)
    {
        data[..FixedLength].Clear();
        data[0] = ApexRecords.Nsec3Parameters.HashAlgorithm;
        data[1] = optOut ? OptOutFlag : (byte)0;
        data[5] = Nsec3Hash.Length;
        nextHash.CopyTo(data[6..]);
        bitmap.CopyTo(data[FixedLength..]);
    }

    /// <summary>Whether NSEC3 data has the flag that unsigned delegations may be missing (RFC 5155 §3.1.2.1).</summary>
    public static bool HasOptOut(ReadOnlySpan<byte> data) => (data[1] & OptOutFlag) != 0;

    private static Nsec3Names Sort(int[] nodes, byte[] hashes, ulong[] keys)
    {
        var order = Enumerable.Range(0, nodes.Length).ToArray();
        Array.Sort(keys, order);
        for (var start = 0; start < keys.Length;)
        {
            var end = start + 1;
            while (end < keys.Length && keys[end] == keys[start])
            {
                end++;
            }

            // Eight octets alike: so rare that only correctness counts.
            order.AsSpan(start, end - start).Sort((left, right) => At(left).SequenceCompareTo(At(right)));
            for (var i = start + 1; i < end; i++)
            {
                if (At(order[i]).SequenceEqual(At(order[i - 1])))
                {
                    throw new InvalidOperationException("Two names of the zone have the same NSEC3 hash.");
                }
            }

            start = end;
        }

        var sorted = new byte[hashes.Length];
        for (var i = 0; i < order.Length; i++)
        {
            At(order[i]).CopyTo(sorted.AsSpan(i * Nsec3Hash.Length));
        }

        return new Nsec3Names([.. order.Select(i => nodes[i])], sorted);

        ReadOnlySpan<byte> At(int i) => hashes.AsSpan(i * Nsec3Hash.Length, Nsec3Hash.Length);
    }
}
