// A stock primary's reverse zone, AltoDns over it, stock secondaries behind: what any side changes arrives, and the end equals a compile from scratch.

using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using AltoDns.Harness;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;

namespace AltoDns.Interop.Tests.Transfers;

public sealed class OverlayTests
{
    private const int Changes = 10;

    private static readonly DomainName Zone = DomainName.Parse("2.0.192.in-addr.arpa.");
    private static readonly DomainName Marker = DomainName.Parse("200.2.0.192.in-addr.arpa.");
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("Knot", false)]
    [InlineData("BIND", false)]
    [InlineData("NSD", false)]
    [InlineData("BIND", true)]
    public async Task Changes_of_base_and_policy_arrive_at_secondaries(string name, bool isSigned)
    {
        using var folder = new TemporaryFolder();
        var random = new Random(5);
        var file = Path.Combine(folder.Path, "base.zone");
        var hosts = Enumerable.Range(1, 150).ToDictionary(i => i, i => $"host{i}");
        var serial = 100u;
        WriteBase(file, serial, hosts);
        var (port, altoPort, nsdPort, knotPort) = (LoopbackPort.Find(), LoopbackPort.Find(), LoopbackPort.Find(), LoopbackPort.Find());
        var served = new ServedZone(Zone, file);
        await using var primary = await RunningServer.StartAsync(PrimaryServers.Make(name, served, port, altoPort, key: false), [served], StartTimeout);
        var policy = folder.Write("policy.yaml", Policy(0, $"{{ primary: 127.0.0.1:{port} }}", isSigned));
        var setup = new TransferSetup([Zone], altoPort, Key: false);
        var recipe = AltoDnsServer.Recipe(
        [
            policy, "--state", Path.Combine(folder.Path, "state"), "--allow-transfer", "127.0.0.0/8", "--notify", $"127.0.0.1:{nsdPort}", "--notify", $"127.0.0.1:{knotPort}",
        ]) with { Endpoint = new IPEndPoint(IPAddress.Loopback, altoPort) };
        await using var overlay = await RunningServer.StartAsync(recipe, [served], StartTimeout);
        await using var nsd = await RunningServer.StartAsync(SecondaryServers.Nsd(setup, nsdPort), [served], StartTimeout);
        await using var knot = await RunningServer.StartAsync(SecondaryServers.Knot(setup, knotPort), [served], StartTimeout);
        for (var change = 1; change <= Changes; change++)
        {
            if (change % 3 > 0)
            {
                hosts[random.Next(1, 199)] = $"new{change}";
                hosts.Remove(random.Next(1, 199));
                hosts[200] = $"marker{change}";
                WriteBase(file, ++serial, hosts);
                await PrimaryServers.ReloadAsync(primary);
                await SeesAsync(nsd, RecordType.PTR, $"marker{change}.");
                await SeesAsync(knot, RecordType.PTR, $"marker{change}.");
            }
            else
            {
                await File.WriteAllTextAsync(policy, Policy(change, $"{{ primary: 127.0.0.1:{port} }}", isSigned), TestContext.Current.CancellationToken);
                await SeesAsync(nsd, RecordType.NAPTR, $"/ird{change}!");
                await SeesAsync(knot, RecordType.NAPTR, $"/ird{change}!");
            }

            var expected = await TransferredZone.ReadAsync(overlay, Zone);
            Assert.Equal(expected, await TransferredZone.ReadAsync(nsd, Zone));
            Assert.Equal(expected, await TransferredZone.ReadAsync(knot, Zone));
        }

        if (isSigned)
        {
            await VerifyAsync(nsd, folder);
        }

        // Each secondary took the zone as a whole once, at its start; the other times are this test's own reading.
        Assert.InRange(Regex.Count(overlay.Log, "Sent AXFR"), 2, 3 + Changes);
        Assert.True(Regex.Count(overlay.Log, "Sent IXFR") >= 2 * (Changes - 1), overlay.Log);

        // The same policy over the same records in a file.
        var anew = folder.Write("anew.yaml", Policy(Changes / 3 * 3, "base.zone"));
        await using var fromScratch = await RunningServer.StartAsync(
            AltoDnsServer.Recipe([anew, "--state", Path.Combine(folder.Path, "anew"), "--allow-transfer", "127.0.0.0/8"]), [served], StartTimeout);
        Assert.Equal(Content(await TransferredZone.ReadAsync(fromScratch, Zone)), Content(await TransferredZone.ReadAsync(overlay, Zone)));
    }

    [Fact]
    public async Task A_base_that_has_not_come_is_SERVFAIL_and_comes_from_disk_after_a_restart()
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "base.zone");
        WriteBase(file, 7, new Dictionary<int, string> { [200] = "marker" });
        var port = LoopbackPort.Find();
        var altoPort = LoopbackPort.Find();
        var served = new ServedZone(Zone, file);
        var policy = folder.Write("policy.yaml", Policy(0, $"{{ primary: 127.0.0.1:{port} }}"));
        var recipe = AltoDnsServer.Recipe([policy, "--state", Path.Combine(folder.Path, "state")]) with { Endpoint = new IPEndPoint(IPAddress.Loopback, altoPort) };
        await using (var waiting = await RunningServer.StartAsync(recipe with { IsReady = answer => answer.ResponseCode == Protocol.Messages.ResponseCode.ServerFailure }, [served], StartTimeout))
        {
            await using var primary = await RunningServer.StartAsync(PrimaryServers.Make("Knot", served, port, altoPort, key: false), [served], StartTimeout);
            await SeesAsync(waiting, RecordType.PTR, "marker.");
            await SeesAsync(waiting, RecordType.NAPTR, "/ird0!");
        }

        // Nobody is there to transfer from.
        await using var again = await RunningServer.StartAsync(recipe, [served], StartTimeout);
        await SeesAsync(again, RecordType.PTR, "marker.");
    }

    private static async Task SeesAsync(RunningServer server, RecordType type, string text)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (true)
        {
            var answers = await server.Client.TryAskAsync([new Query(Marker, type)]);
            if (answers[0]?.Answers.Any(record => record.Data.ToString().Contains(text, StringComparison.Ordinal)) == true)
            {
                return;
            }

            Assert.False(limit.IsCancellationRequested, $"{server.Name} does not get {text}: {answers[0]}\n{server.Log}");
            await Task.Delay(10, CancellationToken.None);
        }
    }

    // The signatures, the chain and the digest (RFC 8976) of the zone as a secondary has it.
    private static async Task VerifyAsync(RunningServer secondary, TemporaryFolder folder)
    {
        var transfer = await ToolRunner.RunAsync("dig", ["+noall", "+answer", "+onesoa", "@127.0.0.1", "-p", $"{secondary.Endpoint.Port}", Zone.ToString(), "AXFR"]);
        var verified = await ToolRunner.RunAsync("ldns-verify-zone", ["-V", "1", "-Z", folder.Write("transferred.zone", transfer.Output)]);
        Assert.True(verified.ExitCode == 0, $"{verified}\n{transfer.Output}");
    }

    private static string Policy(int version, string source, bool isSigned = false) => $$"""
        zones: [192.0.2.0/24]
        dnssec: {{(isSigned ? "{ zonemd: on }" : "off")}}
        base: {{source}}
        alto-servers:
          core: { uri: https://alto{{version % 5}}.isp1.example/ird{{version}} }
          edge: { uri: https://edge.isp1.example/ird }
        assignments:
          192.0.2.0/24: core
          192.0.2.{{version * 4 % 128}}/30: edge

        """;

    private static void WriteBase(string path, uint serial, IReadOnlyDictionary<int, string> hosts)
    {
        var text = new StringBuilder($"$ORIGIN {Zone}\n$TTL 600\n@ SOA ns1.isp1.example. hostmaster.isp1.example. {serial} 3600 600 86400 300\n@ NS ns1.isp1.example.\n");
        foreach (var (number, name) in hosts)
        {
            text.Append($"{number} PTR {name}.\n");
        }

        File.WriteAllText(path + ".new", text.ToString());
        File.Move(path + ".new", path, overwrite: true);
    }

    // Without what follows from the version and the keys.
    private static string Content(string zone) => string.Join('\n', zone.Split('\n')
        .Where(line => line.Split(' ')[3] is not ("SOA" or "RRSIG" or "NSEC" or "DNSKEY" or "CDS" or "CDNSKEY" or "ZONEMD")));
}
