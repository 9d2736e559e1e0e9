// Metrics sent to a collector: the same as those that are fetched, again and again, and the log tells when they do not arrive.

using System.Text.RegularExpressions;
using AltoDns.Protocol.Records;
using AltoDns.Testing;
using AltoDns.Web.Tests.Support;

namespace AltoDns.Web.Tests;

public sealed partial class MetricExportTests
{
    private const int Failed = 2003;
    private const int Arrived = 2004;

    [Fact]
    public async Task Reports_say_what_metrics_say()
    {
        await using var collector = await Collector.StartAsync();
        await using var server = await TestWebServer.StartAsync("", collector.Endpoint);
        for (var i = 0; i < 7; i++)
        {
            await server.AskAsync(TestWebServer.Query("7.2.0.192.in-addr.arpa.", RecordType.NAPTR));
        }

        await Eventually.IsTrue(() => TellsSevenResponses().IsMatch(collector.LastReport ?? ""), "seven responses are reported");

        Assert.Equal("/v1/metrics", collector.LastPath);
        Assert.Equal("application/x-protobuf", collector.LastType);
        Assert.Contains("altodns_response_duration.bucket", collector.LastReport, StringComparison.Ordinal);
        Assert.DoesNotContain("_total", collector.LastReport, StringComparison.Ordinal);
        Assert.Contains("service.name", collector.LastReport, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Says_once_that_reports_do_not_arrive_and_once_that_they_do_again()
    {
        await using var collector = await Collector.StartAsync();
        collector.IsBroken = true;
        await using var server = await TestWebServer.StartAsync("", collector.Endpoint);
        await Eventually.IsTrue(() => server.Log.Events.Contains(Failed), "the log tells of the failure");

        collector.IsBroken = false;
        await Eventually.IsTrue(() => server.Log.Events.Contains(Arrived), "the log tells that reports arrive");

        Assert.Single(server.Log.Events, number => number == Failed);
    }

    // The value, a double with its low octet first (0x401C… is 7), stands before the point's attributes; between them are tags and lengths.
    [GeneratedRegex("\\x00\\x1C\\x40.{0,40}rcode.{0,8}NOERROR.{0,16}transport.{0,8}udp.{0,16}type.{0,8}NAPTR", RegexOptions.Singleline, 1_000)]
    private static partial Regex TellsSevenResponses();
}
