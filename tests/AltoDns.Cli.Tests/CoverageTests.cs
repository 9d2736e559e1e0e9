// altodns coverage: shares, lookups, holes and hidden assignments of a policy, and of what a live server answers.

using System.Text.Json;
using AltoDns.Cli.Tests.Support;

namespace AltoDns.Cli.Tests;

public sealed class CoverageTests
{
    [Fact]
    public async Task Shares_and_lookups_of_a_policy_are_exact()
    {
        using var folder = TestFolder.WithPolicy();

        var report = await CoverAsync(folder, "isp.yaml");

        // 192.0.2.0/24: 128 mobile, 64 core, and 64 of the customer, whose zone is elsewhere; these go on to R24.
        Assert.Equal(
            ["IPv4 mobile 128 0.5 1", "IPv4 core 128 0.5 1 2", "IPv6 core 1208925819614629174706176 1 1"],
            Shares(report).OrderBy(line => line.StartsWith("IPv6", StringComparison.Ordinal)).ThenByDescending(line => line, StringComparer.Ordinal));
        Assert.Empty(report.GetProperty("holes").EnumerateArray());
        Assert.False(report.GetProperty("isSampled").GetBoolean());
    }

    [Fact]
    public async Task Assignments_that_a_delegation_hides_are_named()
    {
        using var folder = TestFolder.WithPolicy();
        folder.Write("wide.yaml", """
            zones: [198.0.0.0/8]
            soa: { primary: ns1.isp.example., contact: hostmaster.isp.example. }
            nameservers: [ns1.isp.example.]
            alto-servers: { core: { uri: https://core.example/ird }, inner: { uri: https://inner.example/ird } }
            assignments:
              198.18.0.0/16: core
              198.18.4.0/24: inner
            delegations:
              198.18.4.0/24: { nameservers: [ns.customer.example.] }

            """);

        var report = await CoverAsync(folder, "wide.yaml");

        var hidden = Assert.Single(report.GetProperty("hidden").EnumerateArray());
        Assert.Equal(("198.18.4.0/24", "inner", "wide.yaml:7:3", 1), (hidden.GetProperty("prefix").GetString(), hidden.GetProperty("server").GetString(), hidden.GetProperty("place").GetString(), hidden.GetProperty("hiddenShare").GetDouble()));
        var hole = Assert.Single(report.GetProperty("holes").EnumerateArray());
        Assert.Equal(("198.0.0.0/8", "16711680", "no server published"), (hole.GetProperty("prefix").GetString(), hole.GetProperty("addresses").GetString(), hole.GetProperty("why").GetString()));
    }

    [Fact]
    public async Task People_get_a_table()
    {
        using var folder = TestFolder.WithPolicy();

        var result = await AltodnsProgram.RunAsync(folder, "coverage", "isp.yaml");

        Assert.Equal((0, ""), (result.ExitCode, result.Errors));
        Assert.Contains("  IPv4   https://alto1.isp.example/ird                                       128     50%   1: 50%, 2: 50%", result.Output, StringComparison.Ordinal);
        Assert.Contains("1.209e24    100%   1", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Live_prefixes_are_asked_of_resolvers()
    {
        using var folder = TestFolder.WithPolicy();
        await using var server = await ServingProgram.StartAsync(folder, "isp.yaml");

        var all = await CoverAsync(folder, "--live", "192.0.2.128/25", "--resolver", server.Endpoint.ToString());
        var sampled = await CoverAsync(folder, "--live", "192.0.2.0/25", "--live", "2001:db8:1::/48", "--samples", "16", "--resolver", server.Endpoint.ToString());

        Assert.Equal((false, "IPv4 mobile 128 1 1"), (all.GetProperty("isSampled").GetBoolean(), Assert.Single(Shares(all))));
        Assert.True(sampled.GetProperty("isSampled").GetBoolean());
        Assert.Equal(32, sampled.GetProperty("shares").EnumerateArray().Sum(share => int.Parse(share.GetProperty("addresses").GetString()!)));
    }

    private static async Task<JsonElement> CoverAsync(TestFolder folder, params string[] arguments)
    {
        var result = await AltodnsProgram.RunAsync(folder, ["coverage", .. arguments, "--json"]);
        Assert.True(result is { ExitCode: 0, Errors: "" }, result.ToString());
        return JsonDocument.Parse(result.Output).RootElement;
    }

    // Family, server, addresses, share, and the numbers of lookups that it takes.
    private static IEnumerable<string> Shares(JsonElement report) => report.GetProperty("shares").EnumerateArray().Select(share =>
        $"{share.GetProperty("family").GetString()} {(share.GetProperty("servers").GetArrayLength() > 1 ? "mobile" : "core")} {share.GetProperty("addresses").GetString()} "
        + $"{share.GetProperty("share").GetDouble()} {string.Join(' ', share.GetProperty("lookups").EnumerateObject().Select(lookup => lookup.Name))}");
}
