// Metrics: each is documented, has a unit and a meaning, and what belongs together adds up.

using System.Globalization;
using System.Text.RegularExpressions;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Records;
using AltoDns.Server.Observing;
using AltoDns.Web.Metrics;
using AltoDns.Web.Tests.Support;

namespace AltoDns.Web.Tests;

public sealed partial class MetricsTests
{
    [Fact]
    public void Documentation_lists_each()
    {
        var expected = string.Join('\n', MetricTable.All.Select(metric =>
            $"| `{metric.Name}` | {metric.Kind.ToString().ToLowerInvariant()} | {(metric.Unit.Length == 0 ? "–" : metric.Unit)} | {string.Join(", ", metric.Labels)} | {metric.Help} |"));
        var page = File.ReadAllText(FindDocument());

        Assert.True(page.Contains($"|---|---|---|---|---|\n{expected}\n", StringComparison.Ordinal), $"docs/metrics.md does not have:\n{expected}");
    }

    [Fact]
    public void Names_tell_unit_and_kind()
    {
        Assert.Empty(MetricTable.All.GroupBy(metric => Family(metric)).Where(group => group.Count() > 1).Select(group => group.Key));
        foreach (var metric in MetricTable.All)
        {
            Assert.Matches("^(altodns|process)(_[a-z]+)+$", metric.Name);
            Assert.Equal(metric.Kind == MetricKind.Counter, metric.Name.EndsWith("_total", StringComparison.Ordinal));
            Assert.EndsWith(metric.Unit.Length == 0 ? "" : $"_{metric.Unit}", Family(metric), StringComparison.Ordinal);
            Assert.EndsWith(".", metric.Help, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Queries_are_responses_and_drops()
    {
        await using var server = await TestWebServer.StartAsync();
        for (var i = 0; i < 130; i++)
        {
            await server.AskAsync(TestWebServer.Query($"{i % 128}.2.0.192.in-addr.arpa.", RecordType.NAPTR));
        }

        await server.AskAsync(TestWebServer.Query("200.2.0.192.in-addr.arpa.", RecordType.PTR));
        await server.AskAsync(TestWebServer.Query("nowhere.example.", (RecordType)65_280));
        (await server.PostAsync(TestWebServer.Query("7.2.0.192.in-addr.arpa.", RecordType.TXT))).Dispose();
        (await server.PostAsync(new byte[12])).Dispose();
        using (var silent = new System.Net.Sockets.UdpClient())
        {
            // A response is no query, and is not answered.
            var response = await server.AskAsync(TestWebServer.Query("nowhere.example.", RecordType.A));
            await silent.SendAsync(response, server.Endpoint);
        }

        await Testing.Eventually.IsTrue(() => Read(server).Result.Sum("altodns_dropped_total", "transport=\"udp\"") == 1, "the datagram that is no query is counted");
        var metrics = await Read(server);

        Assert.Equal(134, metrics.Sum("altodns_queries_total", "transport=\"udp\""));
        Assert.Equal(130, metrics.Sum("altodns_responses_total", "transport=\"udp\",type=\"NAPTR\",rcode=\"NOERROR\""));
        Assert.Equal(1, metrics.Sum("altodns_responses_total", "transport=\"udp\",type=\"other\",rcode=\"REFUSED\""));
        Assert.Equal(2, metrics.Sum("altodns_response_duration_seconds_count", "transport=\"udp\""));
        Assert.Equal(2, metrics.Sum("altodns_response_duration_seconds_bucket", "transport=\"udp\",le=\"+Inf\""));
        Assert.Equal(2, metrics.Sum("altodns_queries_total", "transport=\"https\""));
        foreach (var transport in new[] { "udp", "tcp", "https" })
        {
            var label = $"transport=\"{transport}\"";
            Assert.Equal(metrics.Sum("altodns_queries_total", label), metrics.Sum("altodns_responses_total", label) + metrics.Sum("altodns_dropped_total", label));
        }
    }

    [Fact]
    public async Task Zones_are_labels_only_on_request()
    {
        await using var silent = await TestWebServer.StartAsync();
        await using var telling = await TestWebServer.StartAsync(", zone-metrics: true");

        Assert.DoesNotContain("zone=", await silent.Client.GetStringAsync(new Uri(silent.Page, "metrics")), StringComparison.Ordinal);
        Assert.Contains(
            "altodns_zone_serial{zone=\"2.0.192.in-addr.arpa.\"} 7\n", await telling.Client.GetStringAsync(new Uri(telling.Page, "metrics")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenMetrics_is_given_to_those_who_ask()
    {
        await using var server = await TestWebServer.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(server.Page, "metrics"));
        request.Headers.Accept.ParseAdd("application/openmetrics-text; version=1.0.0");

        using var response = await server.Client.SendAsync(request);

        Assert.Equal("application/openmetrics-text", response.Content.Headers.ContentType?.MediaType);
        var text = await response.Content.ReadAsStringAsync();
        Assert.EndsWith("# EOF\n", text, StringComparison.Ordinal);
        Assert.Contains("# TYPE altodns_queries counter\naltodns_queries_total{", text, StringComparison.Ordinal);
        Assert.Contains("# UNIT altodns_response_duration_seconds seconds\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Threads_that_share_a_tally_lose_nothing()
    {
        const int Each = 10_000;
        var tally = new SpreadTally();

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < Each; i++)
            {
                tally.Mine.Count(RecordType.NAPTR, ResponseCode.NoError);
            }
        })));
        var counts = new AnswerCounts();
        tally.AddTo(counts);

        Assert.Equal(("NAPTR", "NOERROR", 4L * Each), Assert.Single(counts.ByTypeAndCode()));
    }

    [Theory]
    [InlineData(RecordType.None, ResponseCode.FormatError, "none", "FORMERR")]
    [InlineData(RecordType.A, ResponseCode.BadCookie, "A", "BADCOOKIE")]
    [InlineData(RecordType.CAA, ResponseCode.BadVersion, "CAA", "BADVERS")]
    [InlineData(RecordType.ANY, ResponseCode.NameError, "ANY", "NXDOMAIN")]
    [InlineData((RecordType)258, ResponseCode.NoError, "other", "NOERROR")]
    [InlineData((RecordType)65_535, ResponseCode.NoError, "other", "NOERROR")]
    [InlineData((RecordType)40, ResponseCode.NoError, "other", "NOERROR")]
    public void Types_and_codes_are_counted_by_their_names(RecordType type, ResponseCode code, string typeName, string codeName)
    {
        var tally = new AnswerTally(isShared: false);
        tally.Count(type, code);
        var counts = new AnswerCounts();
        tally.AddTo(counts);

        Assert.Equal((typeName, codeName, 1L), Assert.Single(counts.ByTypeAndCode()));
    }

    private static string Family(Metric metric) => metric.Kind == MetricKind.Counter ? metric.Name[..^"_total".Length] : metric.Name;

    private static async Task<Scrape> Read(TestWebServer server) => new(await server.Client.GetStringAsync(new Uri(server.Page, "metrics")));

    private static string FindDocument()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "docs", "metrics.md")))
        {
            folder = folder.Parent;
        }

        return Path.Combine(folder.FullName, "docs", "metrics.md");
    }

    /// <summary>What a scrape brought.</summary>
    private sealed partial class Scrape(string text)
    {
        private readonly List<(string Name, string Labels, double Value)> _samples =
        [
            .. Sample().Matches(text).Select(match => (match.Groups["name"].Value, match.Groups["labels"].Value, double.Parse(match.Groups["value"].Value, CultureInfo.InvariantCulture))),
        ];

        public double Sum(string name, string labels) =>
            _samples.Where(sample => sample.Name == name && sample.Labels.Contains(labels, StringComparison.Ordinal)).Sum(sample => sample.Value);

        [GeneratedRegex(@"^(?<name>\w+)(\{(?<labels>.*)\})? (?<value>\S+)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1_000)]
        private static partial Regex Sample();
    }
}
