// Mutated packets by the thousand: whatever comes, the answer is well-formed, within its limit, and the next query is answered.

using System.Diagnostics;
using AltoDns.Protocol.Messages;
using AltoDns.Server.Answering;
using AltoDns.Testing;

namespace AltoDns.Server.Tests.Answering;

public sealed class MutationTests
{
    private const int Seed = 8686;
    // What decoding strictly may hold on to while a packet is checked, and the runtime's own growth.
    private const long MemorySlack = 32 << 20;

    [Fact]
    public void Survives_mutated_packets()
    {
        var random = new Random(Seed);
        var scenarios = ScenarioReader.AllFiles.Select(ScenarioReader.Read).Where(scenario => scenario.Zones[0].Origin.ToString() == "example.").ToList();
        var mutator = new PacketMutator(random, PacketMutator.SeedsOf(scenarios));
        var askers = scenarios.Select(scenario => (Asker: new Asker(scenario.LoadZones(), Asker.Talkative), Valid: scenario.Questions[0])).ToList();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 0; i < PacketMutator.Count; i++)
        {
            var (asker, valid) = askers[i % askers.Count];
            Try(asker, mutator.Next(), random.Next(4) == 0 ? Transport.Tcp : Transport.Udp, i);
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
}
