// altodns discover: as a tracker's operator uses it, against a server of this test's own.

using System.Text.Json;
using AltoDns.Cli.Tests.Support;

namespace AltoDns.Cli.Tests;

public sealed class DiscoverTests
{
    [Fact]
    public async Task Tells_people_the_server_and_every_step()
    {
        using var folder = TestFolder.WithPolicy();
        await using var server = await ServingProgram.StartAsync(folder, "isp.yaml");

        var result = await DiscoverAsync(folder, server, "192.0.2.140", "--trace");

        Assert.Equal((0, ""), (result.ExitCode, result.Errors));
        var lines = result.Output.Split('\n').Select(line => line.TrimEnd()).ToList();
        Assert.Equal(
            [
                "Asked for    192.0.2.140",
                "ALTO server  https://alto2.isp.example/ird   (100 10, indeterminate)",
                "ALTO server  https://alto3.isp.example/ird   (100 20, indeterminate)",
                "Outcome      found",
                "Found at     140.2.0.192.in-addr.arpa.",
                "Security     indeterminate: nobody verified it; --validate does",
                "Valid for    3600 s",
            ],
            lines.Take(7));
        Assert.Contains(lines, line => line.StartsWith("  R32    140.2.0.192.in-addr.arpa.   NAPTR   NOERROR, 2 records", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Prints_json_for_programs()
    {
        using var folder = TestFolder.WithPolicy();
        await using var server = await ServingProgram.StartAsync(folder);

        var result = await DiscoverAsync(folder, server, "198.51.100.1", "--peer", "c1f3.north", "--port", "40123", "--json", "--trace");

        Assert.Equal((0, ""), (result.ExitCode, result.Errors));
        var found = JsonDocument.Parse(result.Output).RootElement;
        Assert.Equal("found", found.GetProperty("status").GetString());
        Assert.Equal("c1f3.north", found.GetProperty("peer").GetString());
        Assert.Equal("c1f3.north._peer.1.100.51.198.in-addr.arpa.", found.GetProperty("name").GetString());
        var alto = Assert.Single(found.GetProperty("servers").EnumerateArray());
        Assert.Equal(("https://north.alto.isp2.example/ird", 100, 10), (alto.GetProperty("uri").GetString(), alto.GetProperty("order").GetInt32(), alto.GetProperty("preference").GetInt32()));
        var key = Assert.Single(alto.GetProperty("keys").EnumerateArray());
        Assert.Equal(("ecdsa-p256", "2026a", "indeterminate"), (key.GetProperty("algorithm").GetString(), key.GetProperty("selector").GetString(), key.GetProperty("security").GetString()));
        Assert.Equal(["peer", "keys"], found.GetProperty("trace").EnumerateArray().Select(step => step.GetProperty("step").GetString()));
    }

    [Theory]
    [InlineData("192.0.2.77", 0, "found")]
    [InlineData("203.0.113.7", 6, "lookups failed")] // REFUSED: the server has no such zone
    [InlineData("10.0.0.1", 5, "not discoverable")]
    public async Task Exit_code_and_outcome_say_what_was_found(string address, int code, string outcome)
    {
        using var folder = TestFolder.WithPolicy();
        await using var server = await ServingProgram.StartAsync(folder, "isp.yaml");

        var result = await DiscoverAsync(folder, server, address);

        Assert.Equal(code, result.ExitCode);
        Assert.Contains(outcome, result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Exit_code_says_that_no_server_is_published()
    {
        using var folder = TestFolder.WithPolicy();
        folder.Write("root.zone", "@ 60 IN SOA ns. h. 1 60 60 60 60\n@ 60 IN NS ns.\nns 60 IN A 127.0.0.1\n");
        await using var server = await ServingProgram.StartAsync(folder, "--zone", ".=root.zone");

        var result = await DiscoverAsync(folder, server, "203.0.113.7");

        Assert.Equal(5, result.ExitCode);
        Assert.Contains("no server published", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_of_peers_gives_a_line_each_and_a_summary()
    {
        using var folder = TestFolder.WithPolicy();
        folder.Write("peers", "# peers\n192.0.2.1\n192.0.2.130 6881\n\n192.0.2.1\n2001:db8:1::5,40000\n10.0.0.1 - x..y\n");
        await using var server = await ServingProgram.StartAsync(folder, "isp.yaml");

        var result = await DiscoverAsync(folder, server, "--file", "peers");

        Assert.Equal(0, result.ExitCode);
        Assert.Equal(
            [
                "10.0.0.1\t-\t-\tnot discoverable: the address is no host's on the Internet (--special asks all the same)\tindeterminate",
                "192.0.2.1\t-\t-\thttps://alto1.isp.example/ird\tindeterminate",
                "192.0.2.1\t-\t-\thttps://alto1.isp.example/ird\tindeterminate",
                "192.0.2.130\t6881\t-\thttps://alto2.isp.example/ird\tindeterminate",
                "2001:db8:1::5\t40000\t-\thttps://alto1.isp.example/ird\tindeterminate",
            ],
            result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal));
        Assert.Contains("5 peers, ", result.Errors, StringComparison.Ordinal);
        Assert.Contains("https://alto1.isp.example/ird", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lines_of_a_list_that_are_no_peers_are_named()
    {
        using var folder = TestFolder.WithPolicy();
        folder.Write("peers", "192.0.2.1\n192.0.2.300\n192.0.2.2 70000\n");
        await using var server = await ServingProgram.StartAsync(folder, "isp.yaml");

        var result = await DiscoverAsync(folder, server, "--file", "peers", "--json");

        Assert.Equal(1, result.ExitCode);
        Assert.Equal(["peers:2: '192.0.2.300' is not an address. Write ADDRESS [PORT] [ID].", "peers:3: '70000' is not a port. Write a number from 0 to 65535, or - for none."], result.ErrorLines);
        Assert.Equal("192.0.2.1", JsonDocument.Parse(result.Output).RootElement.GetProperty("subject").GetString());
    }

    [Fact]
    public async Task Several_targets_give_a_json_object_a_line()
    {
        using var folder = TestFolder.WithPolicy();
        await using var server = await ServingProgram.StartAsync(folder, "isp.yaml");

        var result = await DiscoverAsync(folder, server, "192.0.2.1", "192.0.2.0/24", "--json");

        Assert.Equal(["192.0.2.1", "192.0.2.0/24"], result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("subject").GetString()));
    }

    private static Task<CommandResult> DiscoverAsync(TestFolder folder, ServingProgram server, params string[] arguments) =>
        AltodnsProgram.RunAsync(folder, ["discover", .. arguments, "--resolver", server.Endpoint.ToString()]);
}
