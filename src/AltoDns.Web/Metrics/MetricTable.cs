// The table of metrics: one row each. Prometheus and OTLP are told the same of them; docs/metrics.md lists them.

using System.Globalization;
using AltoDns.Server.Observing;

namespace AltoDns.Web.Metrics;

/// <summary>What is measured, in the order in which it is shown.</summary>
public static class MetricTable
{
    private static readonly string[] None = [];

    public static IReadOnlyList<Metric> All { get; } =
    [
        .. Traffic(),
        .. Sessions(),
        .. Work(),
        .. ZoneMetrics.All,
        .. ProcessMetrics.All,
    ];

    internal static Metric Counter(string name, string unit, string help, string[] labels, Func<ServerReading, IEnumerable<Sample>> read) =>
        new(name, MetricKind.Counter, unit, help, labels, read);

    internal static Metric Gauge(string name, string unit, string help, string[] labels, Func<ServerReading, IEnumerable<Sample>> read) =>
        new(name, MetricKind.Gauge, unit, help, labels, read);

    /// <summary>A metric without labels; no sample where there is no value.</summary>
    internal static Func<ServerReading, IEnumerable<Sample>> Single(Func<ServerReading, double?> read) =>
        reading => read(reading) is { } value ? [new Sample(value, None)] : [];

    private static IEnumerable<Metric> Traffic() =>
    [
        Counter(
            "altodns_queries_total", "", "Messages that came. They are responses made and messages dropped together.", ["transport"],
            reading =>
            [
                .. reading.Datagrams.Select(each => new Sample(each.Counters.Received, [each.Transport])),
                .. reading.Streams.Select(each => new Sample(each.Counts.Received, [each.Transport])),
            ]),
        Counter(
            "altodns_responses_total", "", "Responses made, by type of question and response code; one of many messages counts once.", ["transport", "type", "rcode"],
            reading => reading.Answers.SelectMany(each => each.Counts.ByTypeAndCode().Select(cell => new Sample(cell.Count, [each.Transport, cell.Type, cell.Code])))),
        Counter(
            "altodns_dropped_total", "", "Messages without a response: malformed ones, from a source that nothing can be sent to, with a PROXY header that cannot be read, no queries (silent), kept back by the rate limit, and faults of the program.",
            ["transport", "reason"],
            reading =>
            [
                .. reading.Datagrams.SelectMany(each => new Sample[]
                {
                    new(each.Counters.Malformed, [each.Transport, "malformed"]),
                    new(each.Counters.InvalidSource, [each.Transport, "invalid-source"]),
                    new(each.Counters.MalformedProxy, [each.Transport, "malformed-proxy"]),
                    new(each.Counters.Silent, [each.Transport, "silent"]),
                    new(each.Counters.Limited, [each.Transport, "rate-limited"]),
                    new(each.Counters.Faults, [each.Transport, "fault"]),
                }),
                .. reading.Streams.SelectMany(each => new Sample[]
                {
                    new(each.Counts.Silent, [each.Transport, "silent"]),
                    new(each.Counts.Faults, [each.Transport, "fault"]),
                }),
            ]),
        Counter(
            "altodns_unsent_responses_total", "", "Responses made that the system did not take.", ["transport", "reason"],
            reading => reading.Datagrams.SelectMany(each => new Sample[]
            {
                new(each.Counters.SendBufferFull, [each.Transport, "send-buffer-full"]),
                new(each.Counters.SendFailed, [each.Transport, "send-failed"]),
            })),
        Counter(
            "altodns_shortened_responses_total", "", "Responses made again below the interface's MTU.", ["transport"],
            reading => reading.Datagrams.Select(each => new Sample(each.Counters.Shortened, [each.Transport]))),
        Counter(
            "altodns_receive_errors_total", "", "Reads of datagrams that failed.", ["transport"],
            reading => reading.Datagrams.Select(each => new Sample(each.Counters.ReceiveErrors, [each.Transport]))),
        new Metric(
            "altodns_response_duration_seconds", MetricKind.Histogram, "seconds",
            string.Create(CultureInfo.InvariantCulture, $"How long making a response took, of one in {AnswerTally.SampleInterval}; without waiting to be read and sent."),
            ["transport"],
            reading => reading.Answers.SelectMany(each => Durations(each.Transport, each.Counts))),
    ];

    private static IEnumerable<Metric> Sessions() =>
    [
        Gauge("altodns_tcp_sessions_open", "", "TCP and TLS connections open now.", None, Single(reading => reading.Listening.Tcp.Open)),
        Counter("altodns_tcp_sessions_total", "", "TCP and TLS connections taken on.", None, Single(reading => reading.Listening.Tcp.Accepted)),
        Counter("altodns_tls_sessions_total", "", "TLS handshakes that succeeded.", None, Single(reading => reading.Listening.Tcp.TlsSessions)),
        Counter(
            "altodns_tcp_sessions_closed_total", "", "Connections that the server closed or lost, by why: refused over the client's share, shed for newer ones, idle, malformed, unfinished, slow, broken off by the client, or without a TLS handshake.",
            ["reason"],
            reading =>
            [
                new(reading.Listening.Tcp.Refused, ["refused"]),
                new(reading.Listening.Tcp.Shed, ["shed"]),
                new(reading.Listening.Tcp.ClosedIdle, ["idle"]),
                new(reading.Listening.Tcp.ClosedMalformed, ["malformed"]),
                new(reading.Listening.Tcp.MalformedProxy, ["malformed-proxy"]),
                new(reading.Listening.Tcp.ClosedUnfinished, ["unfinished"]),
                new(reading.Listening.Tcp.ClosedSlow, ["slow"]),
                new(reading.Listening.Tcp.Failed, ["broken"]),
                new(reading.Listening.Tcp.FailedHandshakes, ["handshake"]),
            ]),
        Counter("altodns_https_sessions_refused_total", "", "HTTPS connections refused over the client's share.", None, Single(reading => reading.Counter("https", "refused"))),
        Counter("altodns_tcp_accept_errors_total", "", "Failures to accept a connection.", None, Single(reading => reading.Listening.Tcp.AcceptErrors)),
    ];

    private static IEnumerable<Metric> Work() =>
    [
        Counter("altodns_transfers_out_total", "", "Outgoing transfers begun.", None, Single(reading => reading.Counter("transfers", "begun"))),
        Counter("altodns_transfers_out_refused_total", "", "Transfers asked for without a right.", None, Single(reading => reading.Counter("transfers", "refused"))),
        Counter("altodns_transfers_in_total", "", "Incoming transfers that were taken: whole zones, and increments.", ["form"], reading => ByName(reading, "transfers-in", "whole", "increments")),
        Counter("altodns_transfers_in_failed_total", "", "Attempts to get a zone that no primary answered as it should.", None, Single(reading => reading.Counter("transfers-in", "failed"))),
        Counter("altodns_transfers_in_bytes_total", "bytes", "What the incoming transfers that were taken brought.", None, Single(reading => reading.Counter("transfers-in", "octets"))),
        Counter("altodns_rate_limited_slipped_total", "", "Responses over the rate limit that were sent truncated and empty; among the responses.", None, Single(reading => reading.Counter("protection", "limited-slipped"))),
        Counter("altodns_prohibited_queries_total", "", "Queries refused by allow-query; among the responses.", None, Single(reading => reading.Counter("protection", "prohibited"))),
        Counter("altodns_updates_total", "", "Dynamic updates, by what they came to.", ["result"], reading => ByName(reading, "updates", "applied", "not-applied", "failed")),
        Counter("altodns_expired_records_total", "", "Dynamic records removed because their lease ran out.", None, Single(reading => reading.Counter("updates", "expired"))),
        Counter(
            "altodns_reloads_total", "", "Loads of zones, by whether what they brought is served.", ["result"],
            reading =>
            [
                new(reading.Counter("reload", "published") ?? 0, ["published"]),
                new(reading.Counter("reload", "rejected") ?? 0, ["rejected"]),
            ]),
        Gauge("altodns_last_reload_success", "", "1 where the last load is served; 0 where it had errors, and older data is served.", None, Single(reading => reading.Status.LastReload is { } last ? last.Ok ? 1 : 0 : null)),
        Gauge("altodns_last_reload_timestamp_seconds", "seconds", "When the last load ended, in seconds since 1970.", None, Single(reading => reading.Status.LastReload?.At.ToUnixTimeSeconds())),
    ];

    private static IEnumerable<Sample> ByName(ServerReading reading, string group, params string[] names) =>
        names.Where(name => reading.Counter(group, name) is not null).Select(name => new Sample(reading.Counter(group, name)!.Value, [name]));

    private static IEnumerable<Sample> Durations(string transport, AnswerCounts counts)
    {
        var total = 0L;
        for (var i = 0; i < counts.Durations.Length; i++)
        {
            total += counts.Durations[i];
            var bound = i < AnswerCounts.DurationBounds.Count ? AnswerCounts.DurationBounds[i].ToString("R", CultureInfo.InvariantCulture) : "+Inf";
            yield return new Sample(total, [transport, bound], "_bucket");
        }

        yield return new Sample(counts.DurationSeconds, [transport], "_sum");
        yield return new Sample(total, [transport], "_count");
    }
}
