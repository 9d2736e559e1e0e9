// AltoDns as primary of stock secondaries and of its own kind: a full transfer, then a chain of changes, each told by NOTIFY and fetched as an increment.

using System.Net;
using AltoDns.Harness;
using AltoDns.Protocol.Names;

namespace AltoDns.Interop.Tests.Transfers;

public sealed class SecondaryTests(ITestOutputHelper output)
{
    private const string LengthVariable = "ALTODNS_TRANSFER_CHANGES";
    private const int Names = 300;

    private static readonly DomainName Zone = DomainName.Parse("transfer.test.");
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);

    private static int Changes => int.TryParse(Environment.GetEnvironmentVariable(LengthVariable), out var changes) ? changes : 20;

    public static TheoryData<bool, bool> Kinds => new() { { false, false }, { true, false }, { true, true } };

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Secondaries_follow_every_change_by_increments(bool signed, bool encrypted)
    {
        using var folder = new TemporaryFolder();
        var certificate = encrypted ? await TransferSetup.MakeCertificateAsync(folder) : null;
        var (primaryPort, tlsPort) = (LoopbackPort.Find(), LoopbackPort.Find());
        var setup = new TransferSetup([Zone], encrypted ? tlsPort : primaryPort, signed, certificate);

        // Debian's Knot does not transfer over TLS.
        var recipes = new List<Func<TransferSetup, int, ServerRecipe>> { SecondaryServers.Nsd, SecondaryServers.Bind, SecondaryServers.AltoDns };
        if (!encrypted)
        {
            recipes.Add(SecondaryServers.Knot);
        }

        await FollowAsync(folder, setup, primaryPort, encrypted ? tlsPort : null, recipes, byIncrements: true);
    }

    [Fact]
    public async Task PowerDNS_follows_every_change()
    {
        using var folder = new TemporaryFolder();
        var port = LoopbackPort.Find();
        await FollowAsync(folder, new TransferSetup([Zone], port, Key: false), port, tlsPort: null, [SecondaryServers.PowerDns], byIncrements: false);
    }

    private async Task FollowAsync(
        TemporaryFolder folder,
        TransferSetup setup,
        int primaryPort,
        int? tlsPort,
        IReadOnlyList<Func<TransferSetup, int, ServerRecipe>> recipes,
        bool byIncrements)
    {
        var file = Path.Combine(folder.Path, "transfer.zone");
        var zone = new ChangingZone(Zone, file, Names, seed: 7);
        var ports = recipes.Select(_ => LoopbackPort.Find()).ToList();
        var recipe = AltoDnsServer.Recipe(setup.PrimaryArguments(folder, _ => file, ports, tlsPort)) with { Endpoint = new IPEndPoint(IPAddress.Loopback, primaryPort) };
        await using var primary = await RunningServer.StartAsync(recipe, setup.Served, StartTimeout);
        var secondaries = new List<RunningServer>();
        try
        {
            foreach (var (make, port) in recipes.Zip(ports))
            {
                secondaries.Add(await RunningServer.StartAsync(make(setup, port), setup.Served, StartTimeout));
            }

            await CompareAsync(primary, secondaries, setup);
            for (var change = 0; change < Changes; change++)
            {
                zone.Change();
                foreach (var server in secondaries.Prepend(primary))
                {
                    await TransferredZone.WaitForAsync(server, Zone, zone.Serial);
                }

                await CompareAsync(primary, secondaries, setup);

                // The one full transfer is the test's own.
                Assert.True(!byIncrements || (Sent(primary, "IXFR", zone.Serial) >= secondaries.Count && Sent(primary, "AXFR", zone.Serial) <= 1), primary.Log);
            }

            output.WriteLine($"{Changes} changes: {string.Join(", ", secondaries.Select(server => server.Name))}");
        }
        finally
        {
            foreach (var server in secondaries)
            {
                await server.DisposeAsync();
            }
        }
    }

    private static int Sent(RunningServer primary, string type, uint serial) =>
        primary.Log.Split('\n').Count(line => line.Contains($"Sent {type} of zone {Zone} serial {serial} ", StringComparison.Ordinal));

    private static async Task CompareAsync(RunningServer primary, IReadOnlyList<RunningServer> secondaries, TransferSetup setup)
    {
        string[] options = setup.Key ? ["-y", $"hmac-sha256:{TransferSetup.KeyName}:{TransferSetup.Secret}"] : [];
        var expected = await TransferredZone.ReadAsync(primary, Zone, options);
        Assert.True(expected.Split('\n').Length > Names);
        foreach (var secondary in secondaries)
        {
            Assert.Equal(expected, await TransferredZone.ReadAsync(secondary, Zone));
        }
    }
}
