// Stock primaries of AltoDns: a full transfer, then a chain of changes, each told by NOTIFY and fetched as an increment.

using System.Net;
using AltoDns.Harness;
using AltoDns.Protocol.Names;

namespace AltoDns.Interop.Tests.Transfers;

public sealed class PrimaryTests
{
    private const string LengthVariable = "ALTODNS_TRANSFER_CHANGES";
    private const int Names = 300;

    private static readonly DomainName Zone = DomainName.Parse("transfer.test.");
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);

    private static int Changes => int.TryParse(Environment.GetEnvironmentVariable(LengthVariable), out var changes) ? changes : 12;

    public static TheoryData<string, bool, bool> Kinds => new()
    {
        { "BIND", false, false }, { "BIND", true, false }, { "BIND", true, true }, { "Knot", false, false }, { "Knot", true, false }, { "NSD", false, false }, { "NSD", true, false },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task AltoDns_follows_every_change_of_a_stock_primary(string name, bool key, bool encrypted)
    {
        using var folder = new TemporaryFolder();
        var certificate = encrypted ? await TransferSetup.MakeCertificateAsync(folder) : null;
        var file = Path.Combine(folder.Path, "transfer.zone");
        var zone = new ChangingZone(Zone, file, Names, seed: 11);
        var served = new ServedZone(Zone, file);
        var (port, tlsPort, secondaryPort) = (LoopbackPort.Find(), LoopbackPort.Find(), LoopbackPort.Find());
        await using var primary = await RunningServer.StartAsync(PrimaryServers.Make(name, served, port, secondaryPort, key, certificate, tlsPort), [served], StartTimeout);
        var configuration = folder.Write("altodns.yaml", $$"""
            state: {{folder.Path}}/state
            keys: { "{{TransferSetup.KeyName}}": { algorithm: hmac-sha256, secret: {{TransferSetup.Secret}} } }
            allow-transfer: [127.0.0.0/8]
            secondaries:
              {{Zone}}: { primaries: [{ address: "127.0.0.1:{{(encrypted ? tlsPort : port)}}"{{(key ? $", key: {TransferSetup.KeyName}" : "")}}{{(encrypted ? $", tls: {{ name: {TransferSetup.ServerName}, authorities: {certificate} }}" : "")}} }] }

            """);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(configuration, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        var recipe = AltoDnsServer.Recipe(["--config", configuration]) with { Endpoint = new IPEndPoint(IPAddress.Loopback, secondaryPort) };
        await using var secondary = await RunningServer.StartAsync(recipe, [served], StartTimeout);
        string[] options = key ? ["-y", $"hmac-sha256:{TransferSetup.KeyName}:{TransferSetup.Secret}"] : [];
        for (var change = 0; change <= Changes; change++)
        {
            await TransferredZone.WaitForAsync(primary, Zone, zone.Serial);
            await TransferredZone.WaitForAsync(secondary, Zone, zone.Serial);
            Assert.Equal(await TransferredZone.ReadAsync(primary, Zone, options), await TransferredZone.ReadAsync(secondary, Zone));
            zone.Change();
            await PrimaryServers.ReloadAsync(primary);
        }

        // What changed came as changes.
        var whole = secondary.Log.Split('\n').Count(line => line.Contains("as a whole", StringComparison.Ordinal));
        Assert.True(whole == 1, secondary.Log);
    }
}
