// altodns check: what it says of good and bad files, to people and to programs.

using AltoDns.Cli.Tests.Support;

namespace AltoDns.Cli.Tests;

public sealed class CheckTests
{
    [Fact]
    public async Task Lists_the_zones_of_a_good_policy()
    {
        using var folder = TestFolder.WithPolicy();

        var result = await AltodnsProgram.RunAsync(folder, "check", "isp.yaml");

        Assert.Equal((0, ""), (result.ExitCode, result.Errors));
        Assert.Contains("2.0.192.in-addr.arpa.", result.Output, StringComparison.Ordinal);
        Assert.EndsWith("2 zones: 0 errors, 0 warnings.\n", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Finds_no_fault_in_the_samples()
    {
        var result = await AltodnsProgram.RunAsync(null, "check");

        // The samples are served from anywhere, without a folder for keys, and so without signatures.
        Assert.Equal(0, result.ExitCode);
        Assert.All(result.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => Assert.Contains("warning: The zones of this policy are not signed", line, StringComparison.Ordinal));
        Assert.Contains("7 zones: 0 errors, ", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Prints_every_error_on_a_line_of_its_own()
    {
        using var folder = new TestFolder();
        folder.Write("isp.yaml", TestFolder.Policy.Replace(": mobile", ": mobil", StringComparison.Ordinal));
        folder.Write("bad.zone", "$TTL 1h\n@ SOA ns hostmaster 1 1h 1h 1h 1h\n@ NS ns\nns A 192.0.2.256\n");

        var result = await AltodnsProgram.RunAsync(folder, "check", "isp.yaml", "--zone", "example.com=bad.zone");

        Assert.Equal((1, ""), (result.ExitCode, result.Output));
        Assert.Collection(
            result.ErrorLines,
            line => Assert.StartsWith("isp.yaml:9:19: error: ", line, StringComparison.Ordinal),
            line => Assert.StartsWith("bad.zone:4:6: error: ", line, StringComparison.Ordinal),
            line => Assert.Equal("2 errors, 0 warnings; nothing would be served.", line));
        Assert.Contains("'mobile'", result.ErrorLines[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serves_in_spite_of_warnings()
    {
        using var folder = new TestFolder();
        folder.Write("isp.yaml", TestFolder.Policy.Replace("https://alto1", "http://alto1", StringComparison.Ordinal));

        var result = await AltodnsProgram.RunAsync(folder, "check", "isp.yaml");

        Assert.Equal(0, result.ExitCode);
        Assert.StartsWith("isp.yaml:5:16: warning: ", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
        Assert.EndsWith("2 zones: 0 errors, 1 warning.\n", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Prints_zones_as_json()
    {
        using var folder = new TestFolder();
        folder.Write("example.zone", "@ 3600 SOA ns hostmaster 5 1h 1h 1h 1h\n@ 3600 NS ns\nns 3600 A 192.0.2.1\n");

        var result = await AltodnsProgram.RunAsync(folder, "check", "--json", "-z", "example.com=example.zone");

        Assert.Equal((0, ""), (result.ExitCode, result.Errors));
        Assert.Equal(
            """
            {
              "ok": true,
              "problems": [],
              "zones": [
                {
                  "origin": "example.com.",
                  "serial": 5,
                  "names": 2,
                  "rRsets": 3
                }
              ]
            }

            """,
            result.Output);
    }

    [Fact]
    public async Task Prints_problems_as_json()
    {
        using var folder = new TestFolder();

        var result = await AltodnsProgram.RunAsync(folder, "check", "none.yaml", "--json");

        Assert.Equal((1, ""), (result.ExitCode, result.Errors));
        Assert.Equal(
            """
            {
              "ok": false,
              "problems": [
                {
                  "severity": "error",
                  "file": "none.yaml",
                  "fault": "The policy cannot be read: there is no such file.",
                  "remedy": "Correct the path or the permissions."
                }
              ],
              "zones": []
            }

            """,
            result.Output);
    }

    [Fact]
    public async Task Reads_folders_and_lists_of_zones()
    {
        using var folder = TestFolder.WithPolicy();
        Directory.CreateDirectory(folder.PathOf("policies"));
        File.Move(folder.PathOf("isp.yaml"), folder.PathOf("policies/isp.yaml"));
        folder.Write("example.zone", "@ 3600 SOA ns hostmaster 5 1h 1h 1h 1h\n@ 3600 NS ns.other.example.\n");
        folder.Write("list", "# our forward zones\nexample.com example.zone\nexample.org. example.zone   # the same\n");

        var result = await AltodnsProgram.RunAsync(folder, "check", "policies", "--zone-list", "list");

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.EndsWith("4 zones: 0 errors, 0 warnings.\n", result.Output, StringComparison.Ordinal);
    }
}
