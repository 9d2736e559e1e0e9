// A thousand zones at once: each reaches the secondary, and so does each change.

using System.Net;
using AltoDns.Harness;
using AltoDns.Protocol.Names;

namespace AltoDns.Interop.Tests.Transfers;

public sealed class ManyZonesTests
{
    private const int Count = 1_000;

    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(180);

    [Fact]
    public async Task Knot_follows_a_thousand_zones()
    {
        using var folder = new TemporaryFolder();
        var zones = Enumerable.Range(0, Count).Select(i => DomainName.Parse($"z{i}.many.test.")).ToList();
        var (primaryPort, secondaryPort) = (LoopbackPort.Find(), LoopbackPort.Find());
        var setup = new TransferSetup(zones, primaryPort, Key: true);
        Write(1);
        var recipe = AltoDnsServer.Recipe(setup.PrimaryArguments(folder, FileOf, [secondaryPort])) with { Endpoint = new IPEndPoint(IPAddress.Loopback, primaryPort) };
        await using var primary = await RunningServer.StartAsync(recipe, setup.Served, StartTimeout);
        await using var secondary = await RunningServer.StartAsync(SecondaryServers.Knot(setup, secondaryPort), setup.Served, StartTimeout);

        Write(2);
        foreach (var zone in zones)
        {
            await TransferredZone.WaitForAsync(secondary, zone, 2);
        }

        string FileOf(DomainName zone) => Path.Combine(folder.Path, $"{zone}zone");

        void Write(int serial)
        {
            foreach (var zone in zones)
            {
                File.WriteAllText(FileOf(zone) + "new", $"@ 60 SOA ns.isp.example. hostmaster.isp.example. {serial} 3600 600 86400 60\n@ 60 NS ns.isp.example.\n1 60 TXT \"{serial}\"\n");
                File.Move(FileOf(zone) + "new", FileOf(zone), overwrite: true);
            }
        }
    }
}
