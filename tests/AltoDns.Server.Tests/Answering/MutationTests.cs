// Mutated packets by the thousand: whatever comes, the answer is well-formed, within its limit, and the next query is answered.

using System.Diagnostics;
using AltoDns.Protocol.Messages;
using AltoDns.Server.Answering;
using AltoDns.Testing;

namespace AltoDns.Server.Tests.Answering;

public sealed class MutationTests
{
    /// <summary>How many packets are tried, 20,000 where it is not set.</summary>
    public const string PacketsVariable = "ALTODNS_FUZZ_PACKETS";

    private const int Seed = 8686;
    private const int MaxPacketLength = 600;

    // What decoding strictly may hold on to while a packet is checked, and the runtime's own growth.
    private const long MemorySlack = 32 << 20;

    private readonly Random _random = new(Seed);
    private readonly byte[] _packet = new byte[MaxPacketLength];

    [Fact]
    public void Survives_mutated_packets()
    {
        var count = int.Parse(Environment.GetEnvironmentVariable(PacketsVariable) ?? "20000");
        var scenarios = ScenarioReader.AllFiles.Select(ScenarioReader.Read).Where(scenario => scenario.Zones[0].Origin.ToString() == "example.").ToList();
        var seeds = scenarios.SelectMany(scenario => scenario.Questions).Select(question => question.ToWire(1))
            .Concat(PacketCase.All.Select(packet => packet.Octets)).ToArray();
        var askers = scenarios.Select(scenario => (Asker: new Asker(scenario.LoadZones(), Asker.Talkative), Valid: scenario.Questions[0])).ToList();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 0; i < count; i++)
        {
            var length = Mutate(seeds);
            var (asker, valid) = askers[i % askers.Count];
            Try(asker, _packet.AsSpan(0, length), _random.Next(4) == 0 ? Transport.Tcp : Transport.Udp, i);
            if (i % 100 == 99 && AnswerComparer.Compare(valid, asker.Ask(valid), Strictness.Rfc) is { } difference)
            {
                Assert.Fail($"After packet {i}: {difference}");
            }
        }

        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, MemorySlack);
    }

    private static void Try(Asker asker, ReadOnlySpan<byte> packet, Transport transport, int number)
    {
        try
        {
            var answer = asker.Ask(packet, transport);
            if (answer.IsEmpty)
            {
                // Silence is for what is no query.
                Assert.True(packet.Length < MessageHeader.Length || (packet[2] & 0x80) != 0);
                return;
            }

            _ = AnswerMessage.Parse(answer);
            Assert.True(packet[..2].SequenceEqual(answer[..2]), "The ID differs.");
            Assert.InRange(answer.Length, MessageHeader.Length, transport == Transport.Tcp ? ushort.MaxValue : 1232);
        }
        catch (Exception exception) when (exception is not UnreachableException)
        {
            Assert.Fail($"Packet {number} by {transport}, {Convert.ToHexString(packet)}: {exception}");
        }
    }

    /// <returns>Octets of the packet.</returns>
    private int Mutate(byte[][] seeds)
    {
        var seed = seeds[_random.Next(seeds.Length)];
        var length = Math.Min(seed.Length, MaxPacketLength);
        seed.AsSpan(0, length).CopyTo(_packet);
        for (var rounds = _random.Next(1, 5); rounds > 0 && length > 0; rounds--)
        {
            length = MutateOnce(length, seeds);
        }

        return length;
    }

    private int MutateOnce(int length, byte[][] seeds)
    {
        var position = _random.Next(length);
        switch (_random.Next(7))
        {
            case 0:
                _packet[position] ^= (byte)(1 << _random.Next(8));
                return length;
            case 1:
                _packet[position] = (byte)_random.Next(256);
                return length;
            case 2:
                return position;
            case 3:
                // A count of the header, giant or off by one.
                if (length >= MessageHeader.Length)
                {
                    _packet[4 + _random.Next(8)] = (byte)(_random.Next(2) == 0 ? 0xFF : _random.Next(3));
                }

                return length;
            case 4:
                // A pointer to anywhere, itself included.
                if (position + 1 < length)
                {
                    _packet[position] = (byte)(0xC0 | _random.Next(2));
                    _packet[position + 1] = (byte)_random.Next(256);
                }

                return length;
            case 5:
                // A part of another packet.
                var other = seeds[_random.Next(seeds.Length)];
                var start = _random.Next(other.Length + 1);
                var part = other.AsSpan(start, Math.Min(_random.Next(40), other.Length - start));
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
