// Every scenario, asked by XDP over IPv4 and IPv6: the same answers as through sockets.

using AltoDns.Harness;
using AltoDns.Harness.Network;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Testing;

namespace AltoDns.Interop.Tests.Xdp;

public sealed class XdpScenarioTests
{
    [Fact]
    public async Task Answers_every_scenario_as_expected()
    {
        await using var network = await VethPair.CreateAsync();
        using var folder = new TemporaryFolder();
        Serve(folder, 0, []);
        await using var server = await XdpServer.StartAsync(network, ["--zone-list", Path.Combine(folder.Path, "zones"), "--xdp", VethPair.ServerInterface]);
        var asker = new XdpAsker(network);
        var differences = new List<string>();
        var number = 0;
        foreach (var scenario in ScenarioReader.AllFiles.Select(ScenarioReader.Read))
        {
            Serve(folder, ++number, scenario.Zones);
            await WaitUntilServedAsync(asker, number);
            foreach (var question in scenario.Questions)
            {
                foreach (var answer in Ask(asker, question))
                {
                    if (AnswerComparer.Compare(question, AnswerMessage.Parse(answer), Strictness.Exact) is { } difference)
                    {
                        differences.Add(difference);
                    }
                }
            }
        }

        var counts = await server.StopAsync();
        Assert.Empty(differences);

        // All of it came by XDP, none of it through UDP sockets.
        Assert.Equal((asker.UdpAnswers, 0L, asker.TcpAnswers, 0L), (counts.Xdp, counts.Udp, counts.Tcp, counts.Malformed));
        Assert.True(asker.UdpAnswers > 400 && asker.TcpAnswers > 0);
    }

    private static byte[][] Ask(XdpAsker asker, ScenarioQuestion question)
    {
        var query = question.ToWire(id: 4711);
        return question.IsTcp
            ? [asker.AskByTcp(query, XdpServer.Endpoint)]
            : [asker.AskByUdp(query, XdpServer.Endpoint), asker.AskByUdp(query, XdpServer.EndpointV6)];
    }

    /// <summary>Makes the server load other zones, and one more whose name tells that it has.</summary>
    private static void Serve(TemporaryFolder folder, int number, IReadOnlyList<ScenarioZone> zones)
    {
        var list = new StringWriter { NewLine = "\n" };
        list.WriteLine($"{MarkerOf(number)} {folder.Write($"marker-{number}.zone", "@ 60 IN SOA ns.invalid. h.invalid. 1 1 1 1 1\n@ 60 IN NS ns.invalid.\n")}");
        foreach (var zone in zones)
        {
            using var text = new StringWriter { NewLine = "\n" };
            zone.Export(text);
            list.WriteLine($"{zone.Origin} {folder.Write($"{number}-{Guid.NewGuid():N}.zone", text.ToString())}");
        }

        // Put in place whole: the server watches the file.
        File.Move(folder.Write("zones.new", list.ToString()), Path.Combine(folder.Path, "zones"), overwrite: true);
    }

    private static async Task WaitUntilServedAsync(XdpAsker asker, int number)
    {
        var query = new Query(MarkerOf(number), RecordType.SOA).ToWire(1);
        await Eventually.IsTrue(
            () => AnswerMessage.Parse(asker.AskByUdp(query)).ResponseCode == ResponseCode.NoError, $"the zones of scenario {number} are loaded");
    }

    private static DomainName MarkerOf(int number) => DomainName.Parse($"marker-{number}.invalid.");
}
