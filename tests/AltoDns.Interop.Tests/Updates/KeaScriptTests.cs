// The sample script for Kea's run-script hook, called as Kea calls it: a lease becomes a peer, and goes as it went.

using AltoDns.Harness;
using AltoDns.Harness.Updating;
using AltoDns.Protocol.Names;

namespace AltoDns.Interop.Tests.Updates;

public sealed class KeaScriptTests
{
    private static readonly DomainName Zone = DomainName.Parse("100.51.198.in-addr.arpa.");

    [Fact]
    public async Task Turns_leases_into_peers_and_back()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The script is for a POSIX shell.");
        using var folder = new TemporaryFolder();
        var policy = folder.Write("isp.yaml", """
            zones: [198.51.100.0/24]
            soa: { primary: ns.invalid., contact: host@isp1.example }
            nameservers: ns.invalid.
            alto-servers: { core: { uri: https://alto.isp1.example/ird } }
            assignments: { 198.51.100.0/24: core }

            """);
        await using var server = await UpdatableServers.StartAltoDnsAsync(folder, [new ServedZone(Zone, "")], policy, "--allow-update", "key=dhcp names=_peer types=NAPTR,TXT");

        var committed = await CallAsync(
            folder, server, "leases4_committed", "LEASES4_SIZE=2", "LEASES4_AT0_ADDRESS=10.0.0.7", "LEASES4_AT0_VALID_LIFETIME=3600", "LEASES4_AT1_ADDRESS=10.0.0.8", "LEASES4_AT1_VALID_LIFETIME=3600");
        Assert.True(committed.ExitCode == 0, committed.ToString());
        Assert.Contains("own.isp1.example", await AskAsync(server, "10-0-0-7"), StringComparison.Ordinal);
        Assert.Contains("own.isp1.example", await AskAsync(server, "10-0-0-8"), StringComparison.Ordinal);
        Assert.Contains("alto.isp1.example", await AskAsync(server, "10-0-0-9"), StringComparison.Ordinal);

        var listed = await ToolRunner.RunAsync("dotnet", [AltoDnsServer.ProgramPath, "peers", "list", "--state", Path.Combine(folder.Path, "state")]);
        Assert.Equal(2, listed.Output.Split("; key dhcp., ").Length - 1);

        var released = await CallAsync(folder, server, "lease4_release", "LEASE4_ADDRESS=10.0.0.7");
        Assert.True(released.ExitCode == 0, released.ToString());
        Assert.Contains("alto.isp1.example", await AskAsync(server, "10-0-0-7"), StringComparison.Ordinal);
        Assert.Contains("own.isp1.example", await AskAsync(server, "10-0-0-8"), StringComparison.Ordinal);
        Assert.Equal(0, (await CallAsync(folder, server, "leases4_something_else")).ExitCode);
    }

    private static Task<ToolResult> CallAsync(TemporaryFolder folder, RunningServer server, string point, params string[] variables) => ToolRunner.RunAsync("env",
    [
        "ALTO_NAT=198.51.100.1",
        "ALTO_URI=https://own.isp1.example/ird",
        $"ALTO_SERVER={server.Endpoint}",
        $"ALTO_KEY={Path.Combine(folder.Path, "update.key")}",
        $"ALTODNS=dotnet {AltoDnsServer.ProgramPath}",
        .. variables,
        Path.Combine(AppContext.BaseDirectory, "Updates", "kea-altodns-peers.sh"),
        point,
    ]);

    private static async Task<string> AskAsync(RunningServer server, string id)
    {
        var answer = await ToolRunner.RunAsync("dig", [$"@{server.Endpoint.Address}", "-p", $"{server.Endpoint.Port}", "+short", $"{id}._peer.1.{Zone}", "NAPTR"]);
        return answer.Output;
    }
}
