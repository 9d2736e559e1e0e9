// altodns export: zone files that say the same as the policy that they were made of.

using System.Text.Json;
using AltoDns.Cli.Tests.Support;

namespace AltoDns.Cli.Tests;

public sealed class ExportTests
{
    [Fact]
    public async Task Writes_one_zone_to_standard_output()
    {
        using var folder = new TestFolder();
        folder.Write("isp.yaml", TestFolder.Policy + "publish: rfc8686-names\n");

        var result = await AltodnsProgram.RunAsync(folder, "export", "isp.yaml", "--origin", "1.0.0.0.8.B.D.0.1.0.0.2.ip6.arpa");

        Assert.Equal((0, ""), (result.ExitCode, result.Errors));
        Assert.Equal(
            """
            ; Zone 1.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa. serial 7, compiled by AltoDns.
            $ORIGIN 1.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa.
            @                       3600 IN SOA ns1.isp.example. hostmaster.isp.example. (
                                            7          ; serial
                                            14400      ; refresh
                                            3600       ; retry
                                            1209600    ; expire
                                            3600       ; minimum
                                            )
                                    3600 IN NS ns1.isp.example.
                                    3600 IN NAPTR 100 10 "u" "ALTO:https" "!.*!https://alto1.isp.example/ird!" .

            """,
            result.Output);
    }

    [Fact]
    public async Task Exported_zones_answer_like_the_policy()
    {
        using var folder = TestFolder.WithPolicy();

        var exported = await AltodnsProgram.RunAsync(folder, "export", "isp.yaml", "-o", "out/zones", "--json");

        Assert.True(exported.ExitCode == 0, exported.ToString());
        using var files = JsonDocument.Parse(exported.Output);
        Assert.Equal(
            ["out/zones/2.0.192.in-addr.arpa.zone", "out/zones/1.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa.zone"],
            files.RootElement.GetProperty("files").EnumerateArray().Select(file => file.GetString()!));
        string[] zones = ["-z", "2.0.192.in-addr.arpa=out/zones/2.0.192.in-addr.arpa.zone", "-z", "1.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa=out/zones/1.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa.zone"];
        foreach (var address in new[] { "192.0.2.1", "192.0.2.77", "192.0.2.200", "2001:db8:1::1" })
        {
            Assert.Equal(await NamesAsync(folder, address, "isp.yaml"), await NamesAsync(folder, address, zones));
        }

        // Exporting what was exported changes nothing.
        var again = await AltodnsProgram.RunAsync(folder, ["export", .. zones, "-o", "again"]);
        Assert.True(again.ExitCode == 0, again.ToString());
        Assert.Equal(
            await File.ReadAllTextAsync(folder.PathOf("out/zones/2.0.192.in-addr.arpa.zone")),
            await File.ReadAllTextAsync(folder.PathOf("again/2.0.192.in-addr.arpa.zone")));
    }

    [Fact]
    public async Task Replaces_a_file_as_a_whole_and_names_it()
    {
        using var folder = TestFolder.WithPolicy();
        folder.Write("2.0.192.in-addr.arpa.zone", "; old\n");

        var result = await AltodnsProgram.RunAsync(folder, "export", "isp.yaml", "--output", ".", "--origin", "2.0.192.in-addr.arpa.");

        Assert.Equal((0, "", "./2.0.192.in-addr.arpa.zone\n"), (result.ExitCode, result.Errors, result.Output));
        Assert.Equal(
            ["2.0.192.in-addr.arpa.zone", "isp.yaml"], Directory.GetFiles(folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.StartsWith("; Zone 2.0.192.in-addr.arpa. serial 7", await File.ReadAllTextAsync(folder.PathOf("2.0.192.in-addr.arpa.zone")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Leaves_out_what_a_DNAME_hides()
    {
        using var folder = new TestFolder();
        folder.Write("example.zone", "@ 1h SOA ns.other.example. hostmaster 1 1h 1h 1h 1h\n@ 1h NS ns.other.example.\nd 1h DNAME other.example.\nbelow.d 1h TXT hidden\n");

        var result = await AltodnsProgram.RunAsync(folder, "export", "-z", "example.com=example.zone");

        Assert.Equal(0, result.ExitCode);
        Assert.Contains(" DNAME other.example.", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("below", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Suggests_an_origin_for_an_unknown_one()
    {
        using var folder = TestFolder.WithPolicy();

        var result = await AltodnsProgram.RunAsync(folder, "export", "isp.yaml", "--origin", "3.0.192.in-addr.arpa");

        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.StartsWith(
            "There is no zone '3.0.192.in-addr.arpa'. Did you mean 2.0.192.in-addr.arpa.? The zones are: ", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("isp.yaml")]
    [InlineData("isp.yaml/deeper")]
    [InlineData("/proc/altodns-export")]
    public async Task Says_when_a_folder_cannot_be_written(string output)
    {
        using var folder = TestFolder.WithPolicy();

        var result = await AltodnsProgram.RunAsync(folder, "export", "isp.yaml", "-o", output);

        Assert.Equal((4, ""), (result.ExitCode, result.Output));
        Assert.StartsWith("The zones cannot be written: ", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Writes_nothing_from_files_with_errors()
    {
        using var folder = new TestFolder();
        folder.Write("isp.yaml", TestFolder.Policy.Replace("192.0.2.128/25", "192.0.2.129/25", StringComparison.Ordinal));

        var result = await AltodnsProgram.RunAsync(folder, "export", "isp.yaml", "-o", "out");

        Assert.Equal((1, ""), (result.ExitCode, result.Output));
        Assert.False(Directory.Exists(folder.PathOf("out")));
        Assert.StartsWith("isp.yaml:9:3: error: ", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
    }

    private static async Task<string> NamesAsync(TestFolder folder, string address, params string[] sources)
    {
        var result = await AltodnsProgram.RunAsync(folder, ["explain", "--json", address, .. sources]);
        Assert.True(result.ExitCode == 0, result.ToString());
        using var explanation = JsonDocument.Parse(result.Output);
        return explanation.RootElement.GetProperty("names").GetRawText();
    }
}
