// Makes packets that were good once: bits flipped, cut short, spliced, with giant counts and pointer loops.

using AltoDns.Protocol.Messages;
using AltoDns.Testing;

namespace AltoDns.Server.Tests.Answering;

/// <summary>The same random numbers and seeds give the same packets.</summary>
internal sealed class PacketMutator(Random random, byte[][] seeds)
{
    private const int MaxPacketLength = 600;

    private readonly byte[] _packet = new byte[MaxPacketLength];

    /// <summary>How many packets a test tries: ALTODNS_FUZZ_PACKETS, 20,000 where it is not set.</summary>
    public static int Count { get; } = int.Parse(Environment.GetEnvironmentVariable("ALTODNS_FUZZ_PACKETS") ?? "20000");

    /// <summary>The questions of scenarios, and all odd packets.</summary>
    public static byte[][] SeedsOf(IEnumerable<Scenario> scenarios) =>
    [
        .. scenarios.SelectMany(scenario => scenario.Questions).Select(question => question.ToWire(1)),
        .. PacketCase.All.Select(packet => packet.Octets),
    ];

    /// <summary>The next packet, which the one after it overwrites.</summary>
    public ReadOnlySpan<byte> Next()
    {
        var seed = seeds[random.Next(seeds.Length)];
        var length = Math.Min(seed.Length, MaxPacketLength);
        seed.AsSpan(0, length).CopyTo(_packet);
        for (var rounds = random.Next(1, 5); rounds > 0 && length > 0; rounds--)
        {
            length = MutateOnce(length);
        }

        return _packet.AsSpan(0, length);
    }

    private int MutateOnce(int length)
    {
        var position = random.Next(length);
        switch (random.Next(7))
        {
            case 0:
                _packet[position] ^= (byte)(1 << random.Next(8));
                return length;
            case 1:
                _packet[position] = (byte)random.Next(256);
                return length;
            case 2:
                return position;
            case 3:
                // A count of the header, giant or off by one.
                if (length >= MessageHeader.Length)
                {
                    _packet[4 + random.Next(8)] = (byte)(random.Next(2) == 0 ? 0xFF : random.Next(3));
                }

                return length;
            case 4:
                // A pointer to anywhere, itself included.
                if (position + 1 < length)
                {
                    _packet[position] = (byte)(0xC0 | random.Next(2));
                    _packet[position + 1] = (byte)random.Next(256);
                }

                return length;
            case 5:
                // A part of another packet.
                var other = seeds[random.Next(seeds.Length)];
                var start = random.Next(other.Length + 1);
                var part = other.AsSpan(start, Math.Min(random.Next(40), other.Length - start));
                part = part[..Math.Min(part.Length, MaxPacketLength - position)];
                part.CopyTo(_packet.AsSpan(position));
                return Math.Max(length, position + part.Length);
            default:
                // The packet's own tail once more.
                var tail = _packet.AsSpan(position, Math.Min(length - position, MaxPacketLength - length));
                tail.CopyTo(_packet.AsSpan(length));
                return length + tail.Length;
        }
    }
}
