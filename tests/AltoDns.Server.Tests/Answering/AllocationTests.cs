// The query path allocates nothing, whatever is asked and however it ends.

using AltoDns.Server.Answering;
using AltoDns.Testing;

namespace AltoDns.Server.Tests.Answering;

public sealed class AllocationTests
{
    [Fact]
    public void Answers_without_allocation()
    {
        var scenarios = ScenarioReader.AllFiles.Select(ScenarioReader.Read).ToList();
        foreach (var settings in new[] { new AnsweringSettings(), Asker.Talkative })
        {
            foreach (var scenario in scenarios)
            {
                var asker = new Asker(scenario.LoadZones(), settings);
                var queries = scenario.Questions.Select(question => (Octets: question.ToWire(1), question.IsTcp)).ToArray();
                Assert.True(Allocation.PerRound(() => AskAll(asker, queries)) == 0, $"Answering {scenario.File} allocates.");
            }
        }
    }

    [Fact]
    public void Turns_odd_packets_down_without_allocation()
    {
        var asker = new Asker(Asker.Load("example.", PacketCase.ZoneText), Asker.Talkative);
        var packets = PacketCase.All.SelectMany(packet => new[] { (packet.Octets, false), (packet.Octets, true) }).ToArray();
        Assert.Equal(0, Allocation.PerRound(() => AskAll(asker, packets)));
    }

    private static void AskAll(Asker asker, (byte[] Octets, bool IsTcp)[] queries)
    {
        foreach (var (octets, isTcp) in queries)
        {
            _ = asker.Ask(octets, isTcp ? Transport.Tcp : Transport.Udp);
        }
    }
}
