// What the commands say and do about signatures.

using System.Text.Json;
using AltoDns.Cli.Tests.Support;

namespace AltoDns.Cli.Tests;

public sealed class SigningTests
{
    private const string Zone = "2.0.192.in-addr.arpa.";
    private const string Key = """
        -----BEGIN PUBLIC KEY-----
        MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE4j4+2QZHhqe56WzB8jqMdlxvRSRG
        ZI21fjLbNE6Y2cD3DEHwPmfoDPYmVJUDC/DzBF4MXg/uz69WFMRXrFA+Gw==
        -----END PUBLIC KEY-----

        """;

    private const string Policy = """
        zones: [192.0.2.0/24]
        soa: { primary: ns1.isp.example., contact: hostmaster.isp.example., serial: 7 }
        nameservers: [ns1.isp.example.]
        alto-servers:
          core: { uri: https://alto.isp.example/ird }
        assignments:
          192.0.2.0/24: core

        """;

    [Fact]
    public async Task Export_signs_with_the_keys_of_the_state_folder_and_counts_the_serial_up()
    {
        using var folder = new TestFolder();
        folder.Write("isp.yaml", Policy + "dnssec: { zonemd: on }\n");
        var first = await AltodnsProgram.RunAsync(folder, "export", "isp.yaml", "--state", "st");
        Assert.Equal((0, ""), (first.ExitCode, first.Errors));
        foreach (var type in new[] { "RRSIG", "NSEC", "DNSKEY", "ZONEMD" })
        {
            Assert.Contains($" IN {type} ", first.Output, StringComparison.Ordinal);
        }

        var second = await AltodnsProgram.RunAsync(folder, "export", "isp.yaml", "--state", "st");
        Assert.Equal(DnskeyOf(first.Output), DnskeyOf(second.Output));
        Assert.Contains("serial 7, ", first.Output, StringComparison.Ordinal);
        Assert.Contains("serial 8, ", second.Output, StringComparison.Ordinal);

        // What was exported is a zone that comes signed, and holds.
        folder.Write("signed.zone", first.Output);
        var check = await AltodnsProgram.RunAsync(folder, "check", "--zone", $"{Zone}=signed.zone", "--state", "st");
        Assert.Equal((0, ""), (check.ExitCode, check.Errors));
    }

    [Fact]
    public async Task Export_writes_nothing_where_keys_cannot_be_made()
    {
        using var folder = new TestFolder();
        folder.Write("isp.yaml", Policy + "dnssec: on\n");
        folder.Write("st", "");
        var result = await AltodnsProgram.RunAsync(folder, "export", "isp.yaml", "--state", "st");
        Assert.Equal((1, ""), (result.ExitCode, result.Output));
        Assert.Contains("error: It cannot be written", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_warns_of_a_key_that_no_signature_protects()
    {
        using var folder = new TestFolder();
        folder.Write("core.pem", Key);
        folder.Write("isp.yaml", Policy.Replace("alto.isp.example/ird }", "alto.isp.example/ird, key: core.pem }", StringComparison.Ordinal));
        var result = await AltodnsProgram.RunAsync(folder, "check", "isp.yaml", "--state", "st");
        Assert.Equal(0, result.ExitCode);
        Assert.Contains("warning: The zones of this policy are not signed, so their key records (TXT) prove nothing", result.Errors, StringComparison.Ordinal);
        folder.Write("isp.yaml", File.ReadAllText(Path.Combine(folder.Path, "isp.yaml")) + "dnssec: on\n");
        var signed = await AltodnsProgram.RunAsync(folder, "check", "isp.yaml", "--state", "st");
        Assert.Equal((0, ""), (signed.ExitCode, signed.Errors));
        Assert.False(Directory.Exists(Path.Combine(folder.Path, "st")));
    }

    [Fact]
    public async Task Check_warns_of_a_roll_over_to_another_algorithm_that_is_not_at_its_end()
    {
        using var folder = new TestFolder();
        folder.Write("isp.yaml", Policy + "dnssec: on\n");
        await AltodnsProgram.RunAsync(folder, "keys", "generate", "isp.yaml", "--state", "st");
        folder.Write("isp.yaml", Policy + "dnssec: { algorithm: ecdsa-p384 }\n");
        var result = await AltodnsProgram.RunAsync(folder, "check", "isp.yaml", "--state", "st");
        Assert.Contains("warning: The roll-over to algorithm ECDSAP384SHA384 is not at its end: there are keys of ECDSAP256SHA256", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_warns_of_signatures_that_do_not_hold()
    {
        using var folder = new TestFolder();
        folder.Write("isp.yaml", Policy + "dnssec: on\n");
        var zone = (await AltodnsProgram.RunAsync(folder, "export", "isp.yaml", "--state", "st")).Output;
        folder.Write("broken.zone", zone.Replace("alto.isp.example/ird", "alto.evil.example/ird", StringComparison.Ordinal));
        var result = await AltodnsProgram.RunAsync(folder, "check", "--zone", $"{Zone}=broken.zone", "--state", "st");
        Assert.Equal(0, result.ExitCode);
        Assert.Contains("warning: The zone comes signed, but not validly: ", result.Errors, StringComparison.Ordinal);
        Assert.Contains("is not that of the records", result.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "Not signed: whoever is on the way can forge this answer.")]
    [InlineData("dnssec: on\n", "Signed by this server. It has no keys yet: serve makes them.")]
    public async Task Explain_says_whether_the_answer_is_signed(string dnssec, string expected)
    {
        using var folder = new TestFolder();
        folder.Write("isp.yaml", Policy + dnssec);
        var result = await AltodnsProgram.RunAsync(folder, "explain", "192.0.2.1", "isp.yaml", "--json", "--state", "st");
        Assert.Equal(expected, JsonDocument.Parse(result.Output).RootElement.GetProperty("dnssec").GetString());
    }

    [Fact]
    public async Task Explain_says_that_nobody_can_validate_without_the_parent()
    {
        using var folder = new TestFolder();
        folder.Write("isp.yaml", Policy + "dnssec: on\n");
        await AltodnsProgram.RunAsync(folder, "keys", "generate", "isp.yaml", "--state", "st");
        var result = await AltodnsProgram.RunAsync(folder, "explain", "192.0.2.1", "isp.yaml", "--json", "--state", "st");
        Assert.StartsWith(
            "Signed by this server. The parent is not known to have its DS record",
            JsonDocument.Parse(result.Output).RootElement.GetProperty("dnssec").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_warns_of_a_key_file_that_signing_would_refuse()
    {
        using var folder = new TestFolder();
        folder.Write("isp.yaml", Policy + "dnssec: on\n");
        await AltodnsProgram.RunAsync(folder, "keys", "generate", "isp.yaml", "--state", "st");
        File.Delete(Directory.GetFiles(folder.PathOf("st"), "*.pem", SearchOption.AllDirectories).Single());
        var result = await AltodnsProgram.RunAsync(folder, "check", "isp.yaml", "--state", "st");
        Assert.Equal(0, result.ExitCode);
        Assert.Contains("warning: This private key of", result.Errors, StringComparison.Ordinal);
    }

    private static string DnskeyOf(string zone) => zone.Split('\n').Single(line => line.Contains(" IN DNSKEY ", StringComparison.Ordinal));
}
