// What is served over HTTP, used by other people's programs: kdig, curl, promtool and a browser.

using System.Text.RegularExpressions;
using AltoDns.Harness;

namespace AltoDns.Interop.Tests.Web;

public sealed class WebInteropTests
{
    private static readonly TimeSpan BrowserPatience = TimeSpan.FromMinutes(3);

    [Theory]
    [InlineData("+https")]
    [InlineData("+https-get")]
    public async Task Kdig_gets_answers_over_https(string method)
    {
        ToolRunner.Require("kdig");
        await using var setup = await WebServerSetup.StartAsync();

        var result = await ToolRunner.RunAsync(
            "kdig", ["@127.0.0.1", "-p", $"{setup.QueryPort}", "+https", method, $"+tls-ca={setup.Certificate}", "-x", "192.0.2.77", "NAPTR"]);

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Contains("HTTP/2", result.Output, StringComparison.Ordinal);
        Assert.Contains("https://alto1.isp1.example/ird", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--http2", "HTTP/2 200")]
    [InlineData("--http1.1", "HTTP/1.1 200")]
    public async Task Curl_posts_queries_in_both_versions(string version, string status)
    {
        ToolRunner.Require("curl");
        await using var setup = await WebServerSetup.StartAsync();
        var query = setup.Folder.Write("query", "");
        await File.WriteAllBytesAsync(query, Convert.FromHexString("000001000001000000000000" + "023737013201300331393207696E2D61646472046172706100" + "00230001"));

        var result = await ToolRunner.RunAsync(
            "curl",
            [
                version, "-sS", "-i", "--cacert", setup.Certificate, "-H", "content-type: application/dns-message", "--data-binary", $"@{query}",
                $"https://127.0.0.1:{setup.QueryPort}/dns-query",
            ]);

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.StartsWith(status, result.Output, StringComparison.Ordinal);
        Assert.Contains("cache-control: max-age=3600", result.Output, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("!.*!https://alto1.isp1.example/ird!", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Promtool_finds_nothing_amiss_in_the_metrics()
    {
        ToolRunner.Require("promtool");
        await using var setup = await WebServerSetup.StartAsync();
        using var client = new HttpClient();
        var metrics = setup.Folder.Write("metrics", await client.GetStringAsync(new Uri(setup.Page, "metrics")));

        var result = await ToolRunner.RunAsync("bash", ["-c", "promtool check metrics < \"$0\"", metrics]);

        Assert.True(result is { ExitCode: 0, Output: "", Errors: "" }, result.ToString());
    }

    [Fact]
    public async Task Browser_shows_answer_zones_and_plots()
    {
        ToolRunner.Require("chromium");
        await using var setup = await WebServerSetup.StartAsync();

        var result = await ToolRunner.RunAsync(
            "chromium",
            [
                "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run", "--enable-logging=stderr",
                $"--user-data-dir={setup.Folder.MakeFolder("profile")}", "--virtual-time-budget=9000", "--dump-dom", $"{setup.Page}?address=198.51.100.1&peer=c1f3.north",
            ],
            BrowserPatience);

        Assert.True(result.ExitCode == 0, result.ToString());
        var page = Regex.Replace(result.Output, "<svg.*?</svg>", "", RegexOptions.Singleline, TimeSpan.FromSeconds(5));
        Assert.Contains("<dt>ALTO server</dt><dd><code class=\"server\">https://north.alto.isp2.example/ird</code></dd>", page, StringComparison.Ordinal);
        Assert.Contains("v=ALTOKEY1", page, StringComparison.Ordinal);
        Assert.Contains($"dig @127.0.0.1 -p {setup.Server.Endpoint.Port} c1f3.north._peer.1.100.51.198.in-addr.arpa. NAPTR", page, StringComparison.Ordinal);
        Assert.Contains("<th class=\"code\" scope=\"row\">2.0.192.in-addr.arpa.</th><td class=\"good\">good</td>", page, StringComparison.Ordinal);
        Assert.Contains("<path class=\"line s0\" d=\"M", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Content Security Policy", result.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("Uncaught", result.Errors, StringComparison.Ordinal);
    }
}
