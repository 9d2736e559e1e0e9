// Packets that are no queries, in as many ways as a flood has them, with a good query now and then to tell when they are dealt with.

using System.Buffers.Binary;

namespace AltoDns.Benchmarks.Traffic;

internal static class GarbageTraffic
{
    private const int Kinds = 7;
    private const int HeaderLength = 12;

    /// <summary>Trains of 31 packets of garbage and a good query at the end, all as long as that.</summary>
    /// <param name="good">At least a 32nd of the count, with answers that come.</param>
    /// <param name="count">Packets, a multiple of <see cref="QueryTrains.Unit"/>.</param>
    public static QueryTrains Make(IReadOnlyList<ExpectedQuery> good, int count, int seed)
    {
        var random = new Random(seed);
        return QueryTrains.Of(good.Take(count / QueryTrains.MaxLength).Select<ExpectedQuery, IReadOnlyList<ExpectedQuery>>(query =>
        [
            .. Enumerable.Range(1, QueryTrains.MaxLength - 1).Select(_ => new ExpectedQuery(Spoil(query.Message, random), ExpectedAnswer.Anything)),
            query,
        ]));
    }

    private static byte[] Spoil(byte[] good, Random random)
    {
        var packet = good.ToArray();
        switch (random.Next(Kinds))
        {
            case 0:
                // Random octets; most are taken for responses or for other opcodes.
                random.NextBytes(packet);
                break;
            case 1:
                // A response.
                packet[2] |= 0x80;
                break;
            case 2:
                // An opcode that is not assigned.
                packet[2] = (byte)(random.Next(7, 16) << 3);
                break;
            case 3:
                // More questions than there are.
                BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(4), (ushort)random.Next(2, 65_536));
                break;
            case 4:
                // A label that ends behind the packet.
                packet[HeaderLength] = 63;
                packet.AsSpan(HeaderLength + 1).Fill(63);
                break;
            case 5:
                // A name that points to itself.
                packet[HeaderLength] = 0xC0;
                packet[HeaderLength + 1] = HeaderLength;
                break;
            default:
                // More additional records than there are.
                BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(10), (ushort)random.Next(2, 65_536));
                break;
        }

        return packet;
    }
}
