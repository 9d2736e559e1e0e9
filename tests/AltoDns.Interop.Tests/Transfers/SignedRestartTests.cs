// A signed zone that is the same after a restart: its serial stays, and its history leads on.

using System.Globalization;
using AltoDns.Harness;
using AltoDns.Protocol.Names;

namespace AltoDns.Interop.Tests.Transfers;

public sealed class SignedRestartTests
{
    private static readonly DomainName Zone = DomainName.Parse("2.0.192.in-addr.arpa.");
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("nsec")]
    [InlineData("nsec3")]
    public async Task Secondaries_get_an_increment_from_before_the_restart(string denial)
    {
        using var folder = new TemporaryFolder();
        var policy = folder.Write("policy.yaml", Policy(denial, "192.0.2.0/25: a"));
        var recipe = AltoDnsServer.Recipe([policy, "--state", Path.Combine(folder.Path, "state"), "--allow-transfer", "127.0.0.1"]);
        var served = new ServedZone(Zone, "");
        uint before, after;
        await using (var server = await RunningServer.StartAsync(recipe, [served], Patience))
        {
            before = await SerialAsync(server);
            folder.Write("policy.yaml", Policy(denial, "192.0.2.0/25: a, 192.0.2.7/32: b"));
            using var limit = new CancellationTokenSource(Patience);
            while ((after = await SerialAsync(server)) == before)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), limit.Token);
            }
        }

        await using var again = await RunningServer.StartAsync(recipe, [served], Patience);
        Assert.Equal(after, await SerialAsync(again));
        var records = await AskAsync(again, $"IXFR={before}");

        // RFC 1995 §4: the new SOA, what went after the old one, what came after the new one, the new SOA again.
        Assert.Equal([after, before, after, after], records.Where(record => record[3] == "SOA").Select(SerialOf));
        Assert.Equal(2, records.Count(record => record[3] == "NAPTR"));
        Assert.All(records.Where(record => record[3] == "NAPTR"), record => Assert.Equal("7.2.0.192.in-addr.arpa.", record[0]));
        Assert.Contains("[1239]", again.Log, StringComparison.Ordinal);
    }

    private static string Policy(string denial, string assignments) => $$"""
        zones: [192.0.2.0/24]
        soa: { primary: ns1.example., contact: hostmaster@example }
        nameservers: [ns1.example.]
        alto-servers: { a: { uri: "https://a.example/ird" }, b: { uri: "https://b.example/ird" } }
        assignments: { {{assignments}} }
        dnssec: { denial: {{denial}} }

        """;

    private static async Task<uint> SerialAsync(RunningServer server) => SerialOf(Assert.Single(await AskAsync(server, "SOA")));

    private static uint SerialOf(string[] soa) => uint.Parse(soa[6], CultureInfo.InvariantCulture);

    private static async Task<List<string[]>> AskAsync(RunningServer server, string type)
    {
        var result = await ToolRunner.RunAsync("dig", ["@127.0.0.1", "-p", $"{server.Endpoint.Port}", $"{Zone}", type, "+noall", "+answer", "+tcp"]);
        return [.. result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line[0] != ';').Select(line => line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))];
    }
}
