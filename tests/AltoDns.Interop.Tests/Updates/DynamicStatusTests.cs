// What the running program tells of records that an update has brought: explain and the page, status and zone.

using System.Text.Json;
using AltoDns.Harness;
using AltoDns.Harness.Updating;
using AltoDns.Protocol.Names;
using AltoDns.Testing;

namespace AltoDns.Interop.Tests.Updates;

public sealed class DynamicStatusTests
{
    private const string Peer = "c1f3.north._peer.1.100.51.198.in-addr.arpa.";

    private static readonly DomainName Zone = DomainName.Parse("100.51.198.in-addr.arpa.");

    [Fact]
    public async Task Tells_who_brought_a_record_when_and_until_when()
    {
        ToolRunner.Require("nsupdate");
        using var folder = new TemporaryFolder();
        var policy = folder.Write("isp.yaml", """
            zones: [198.51.100.0/24]
            soa: { primary: ns.invalid., contact: host@isp1.example }
            nameservers: ns.invalid.
            alto-servers: { core: { uri: https://alto.isp1.example/ird } }
            assignments: { 198.51.100.0/24: core }

            """);
        var page = LoopbackPort.Find();
        await using var server = await UpdatableServers.StartAltoDnsAsync(
            folder, [new ServedZone(Zone, "")], policy, "--allow-update", "key=dhcp names=_peer types=NAPTR,TXT", "--http", $"{page}");
        var state = Path.Combine(folder.Path, "state");
        var before = await ZoneAsync(state);
        Assert.False(before.GetProperty("facts").TryGetProperty("dynamic", out _));

        var began = DateTimeOffset.UtcNow.AddSeconds(-1);
        var added = await RunAsync("peers", "add", "198.51.100.1", "c1f3.north", "--uri", "https://own.isp1.example/ird", "--lease", "1h", "--server", $"{server.Endpoint}", "--tsig-key", UpdatableServers.KeyFile(folder));
        Assert.True(added.ExitCode == 0, added.ToString());
        await UpdateAsync(folder, server, $"update add {Peer} 60 TXT \"by hand\"");

        // The page answers from what the server has in memory and on the disk, the command from the disk alone.
        using var client = new HttpClient();
        JsonDocument byPage = null!;
        await Eventually.IsTrue(
            async () =>
            {
                try
                {
                    byPage = JsonDocument.Parse(await client.GetStringAsync(new Uri($"http://127.0.0.1:{page}/explain.json?address=198.51.100.1&peer=c1f3.north")));
                    return true;
                }
                catch (HttpRequestException)
                {
                    // HTTP starts last.
                    return false;
                }
            },
            "the page answers");
        var byCommand = await RunAsync("explain", "198.51.100.1", "--peer", "c1f3.north", policy, "--state", state, "--json");
        Assert.True(byCommand.ExitCode == 0, byCommand.ToString());
        foreach (var explained in new[] { byPage.RootElement.GetProperty("explanation"), JsonDocument.Parse(byCommand.Output).RootElement })
        {
            Assert.All(explained.GetProperty("names").EnumerateArray(), name => Assert.False(name.TryGetProperty("dynamic", out _)));
            var records = explained.GetProperty("peers")[0].GetProperty("answer").GetProperty("dynamic").EnumerateArray().ToDictionary(record => record.GetProperty("type").GetString()!);
            Assert.Equal(["NAPTR", "TXT"], records.Keys.Order());
            Assert.All(records.Values, record => Assert.Equal((Peer, "dhcp."), (record.GetProperty("name").GetString(), record.GetProperty("key").GetString())));
            Assert.Contains("https://own.isp1.example/ird", records["NAPTR"].GetProperty("data").GetString(), StringComparison.Ordinal);
            var changed = records["NAPTR"].GetProperty("changed").GetDateTimeOffset();
            Assert.InRange(changed, began, DateTimeOffset.UtcNow);
            Assert.Equal(changed.AddHours(1), records["NAPTR"].GetProperty("until").GetDateTimeOffset());
            Assert.Equal("\"by hand\"", records["TXT"].GetProperty("data").GetString());
            Assert.False(records["TXT"].TryGetProperty("until", out _));
        }

        Assert.Equal("https://own.isp1.example/ird", byPage.RootElement.GetProperty("servers")[0].GetString());
        byPage.Dispose();

        var after = await ZoneAsync(state);
        Assert.StartsWith("2 records by updates, 0 of files taken out; last sync of updates: 2", after.GetProperty("facts").GetProperty("dynamic").GetString(), StringComparison.Ordinal);
        Assert.True(after.GetProperty("names").GetInt64() > before.GetProperty("names").GetInt64());
        Assert.True(after.GetProperty("rRsets").GetInt64() > before.GetProperty("rRsets").GetInt64());

        await UpdateAsync(folder, server, $"update delete {Peer}");
        var gone = await ZoneAsync(state);
        Assert.StartsWith("0 records by updates, 0 of files", gone.GetProperty("facts").GetProperty("dynamic").GetString(), StringComparison.Ordinal);
        Assert.Equal(
            (before.GetProperty("names").GetInt64(), before.GetProperty("rRsets").GetInt64()), (gone.GetProperty("names").GetInt64(), gone.GetProperty("rRsets").GetInt64()));
    }

    private static async Task UpdateAsync(TemporaryFolder folder, RunningServer server, string line)
    {
        var script = folder.Write("update.txt", $"server {server.Endpoint.Address} {server.Endpoint.Port}\nzone {Zone}\n{line}\nsend\n");
        var result = await ToolRunner.RunAsync("nsupdate", ["-k", UpdatableServers.KeyFile(folder), script]);
        Assert.True(result.ExitCode == 0, result.ToString());
    }

    private static async Task<JsonElement> ZoneAsync(string state)
    {
        var result = await RunAsync("zone", Zone.ToString(), "--state", state, "--json");
        Assert.True(result.ExitCode == 0, result.ToString());
        return JsonDocument.Parse(result.Output).RootElement;
    }

    private static Task<ToolResult> RunAsync(params string[] arguments) => ToolRunner.RunAsync("dotnet", [AltoDnsServer.ProgramPath, .. arguments]);
}
