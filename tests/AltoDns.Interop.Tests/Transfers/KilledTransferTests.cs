// A primary, a secondary, or both are killed in the midst of a transfer: what was served before is served whole, and in the end both have the same.

using System.Globalization;
using System.Net;
using System.Text;
using AltoDns.Harness;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;

namespace AltoDns.Interop.Tests.Transfers;

public sealed class KilledTransferTests(ITestOutputHelper output)
{
    /// <summary>Another number of kills than 6.</summary>
    private const string KillsVariable = "ALTODNS_TRANSFER_KILLS";

    // A transfer in full has some 400,000 octets and an increment some 160,000.
    private const int Names = 20_000;
    private const int ChangedNames = 4_000;
    private const int LeastOctets = 2_000;
    private const int MostOctets = 100_000;

    private static readonly DomainName Zone = DomainName.Parse("killed.test.");
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static int Kills =>
        int.TryParse(Environment.GetEnvironmentVariable(KillsVariable), NumberStyles.None, CultureInfo.InvariantCulture, out var kills) ? kills : 6;

    [Theory]
    [InlineData("AltoDns")]
    [InlineData("BIND")]
    [InlineData("Knot")]
    public async Task Killed_in_the_midst_they_go_on_with_whole_zones(string primaryName)
    {
        // Each has a folder of its own in which it starts again, as after a crash.
        using var primaryFolder = new TemporaryFolder();
        using var secondaryFolder = new TemporaryFolder();
        var random = new Random(11);
        var file = Path.Combine(primaryFolder.Path, "killed.zone");
        var served = new ServedZone(Zone, file);
        var versions = new Dictionary<uint, string> { [1] = Write(file, 1) };
        var (primaryPort, secondaryPort) = (LoopbackPort.Find(), LoopbackPort.Find());
        await using var relay = new HoldingRelay(primaryPort);
        var primaryRecipe = In(primaryFolder, PrimaryRecipe(primaryName, primaryFolder, served, primaryPort, secondaryPort));
        var secondaryRecipe = In(secondaryFolder, SecondaryServers.AltoDns(new TransferSetup([Zone], relay.Port, Key: false), secondaryPort));
        var held = relay.HoldAfterAsync(random.Next(LeastOctets, MostOctets));
        var primary = await StartAsync(primaryRecipe);
        var secondary = await StartAsync(secondaryRecipe with { IsReady = _ => true });
        try
        {
            for (var kill = 0; kill < Kills; kill++)
            {
                if (kill > 0)
                {
                    held = relay.HoldAfterAsync(random.Next(LeastOctets, MostOctets));
                    versions[(uint)kill + 1] = Write(file, (uint)kill + 1);
                    await (primaryName == "AltoDns" ? Task.CompletedTask : PrimaryServers.ReloadAsync(primary));
                }

                Assert.True(await Task.WhenAny(held, Task.Delay(Patience, CancellationToken.None)) == held, $"No transfer came before kill {kill}.\n{primary.Log}\n\n{secondary.Log}");
                if (kill % 3 != 1)
                {
                    await secondary.KillAsync();
                }

                if (kill % 3 != 2)
                {
                    await primary.KillAsync();
                    await primary.DisposeAsync();
                    primary = await StartAsync(primaryRecipe);
                }

                if (kill % 3 != 1)
                {
                    await secondary.DisposeAsync();
                    secondary = await StartAsync(secondaryRecipe with { IsReady = _ => true });
                }

                await ServesWholeAsync(secondary, versions, kill);
                relay.Release();
                await TransferredZone.WaitForAsync(secondary, Zone, (uint)kill + 1);
                Assert.Equal(versions[(uint)kill + 1], await TransferredZone.ReadAsync(secondary, Zone));
            }

            output.WriteLine($"{Kills} kills of {primaryName} and its secondary");
        }
        finally
        {
            await secondary.DisposeAsync();
            await primary.DisposeAsync();
        }
    }

    private static ServerRecipe In(TemporaryFolder folder, ServerRecipe recipe) => recipe with { Prepare = (_, port) => recipe.Prepare(folder, port) };

    // What was served before the transfer: SERVFAIL where the zone had never come.
    private static async Task ServesWholeAsync(RunningServer secondary, Dictionary<uint, string> versions, int kill)
    {
        var answer = await secondary.Client.AskAsync(new Query(Zone, RecordType.SOA));
        if (kill == 0)
        {
            Assert.Equal(ResponseCode.ServerFailure, answer.ResponseCode);
            return;
        }

        Assert.Equal(versions[(uint)kill], await TransferredZone.ReadAsync(secondary, Zone));
    }

    private static Task<RunningServer> StartAsync(ServerRecipe recipe) => RunningServer.StartAsync(recipe, [new ServedZone(Zone, "")], Patience);

    private static ServerRecipe PrimaryRecipe(string name, TemporaryFolder folder, ServedZone served, int port, int secondary) => name == "AltoDns"
        ? AltoDnsServer.Recipe(new TransferSetup([Zone], port, Key: false).PrimaryArguments(folder, _ => served.File, [secondary])) with { Endpoint = new IPEndPoint(IPAddress.Loopback, port) }
        : PrimaryServers.Make(name, served, port, secondary, key: false);

    /// <summary>Writes a version in which every fifth name differs from the one before.</summary>
    /// <returns>The zone as <see cref="TransferredZone.ReadAsync"/> gives it.</returns>
    private static string Write(string path, uint version)
    {
        var text = new StringBuilder($"$ORIGIN {Zone}\n");
        text.Append($"{Zone} 60 IN SOA ns.isp.example. hostmaster.isp.example. {version} 2 1 86400 60\n{Zone} 60 IN NS ns.isp.example.\n");
        for (var name = 0; name < Names; name++)
        {
            // The last version that changed it.
            var changed = version - Math.Min(version, (version + (uint)name) % (Names / ChangedNames));
            text.Append($"n{name}.{Zone} 60 IN TXT \"{changed}\"\n");
        }

        File.WriteAllText(path + ".new", text.ToString());
        File.Move(path + ".new", path, overwrite: true);
        return TransferredZone.Normalize(text.ToString().Replace($"$ORIGIN {Zone}\n", "", StringComparison.Ordinal));
    }
}
