// The table of settings of what goes over HTTP: metrics, fetched or sent, the page, and queries.

using System.Net;
using AltoDns.Protocol.Names;

namespace AltoDns.Server.Configuration;

/// <summary>A part of <see cref="ServerSettings"/>.</summary>
public static class WebSettings
{
    private const int MetricsPort = 9553;
    private const int HttpsPort = 443;

    private static readonly List<Setting> Rows = [];

    /// <summary>In the order of the sample and the reference.</summary>
    public static IReadOnlyList<Setting> All => Rows;

    public static Setting<IReadOnlyList<IPEndPoint>> HttpListen { get; } = Add(new ListSetting<IPEndPoint>(
        "http.listen", "an address or a list of addresses", ValueKinds.WebAddress(MetricsPort))
    {
        Option = "--http",
        Otherwise = "nowhere",
        Example = "[\"127.0.0.1:9553\"]",
        Description = "Where to serve metrics (docs/metrics.md) and a page (docs/web.md) over HTTP; a port alone means the loopback. It shows what is served to whoever reaches it, and changes nothing.",
    });

    public static Setting<IReadOnlyList<DomainName>> HttpNames { get; } = Add(new ListSetting<DomainName>("http.names", "a name or a list of names", ValueKinds.Name)
    {
        Otherwise = "localhost and this host's name",
        Example = "[ns1.isp1.example]",
        Description = "More names by which browsers and Prometheus may ask there; a request for any other name gets status 421, one for an address is answered. Against pages elsewhere that have a name of theirs lead here.",
    });

    public static Setting<bool> ZoneMetrics { get; } = Add(new SingleSetting<bool>("http.zone-metrics", ValueKinds.Flag)
    {
        Default = "false",
        Example = "true",
        Description = "Whether metrics tell serial and age of each zone under its name; otherwise only of all zones together.",
    });

    public static Setting<IReadOnlyList<IPEndPoint>> DohListen { get; } = Add(new ListSetting<IPEndPoint>(
        "doh.listen", "an address or a list of addresses", ValueKinds.WebAddress(HttpsPort))
    {
        Option = "--doh",
        Otherwise = "nowhere",
        Example = "[\"192.0.2.53:443\"]",
        Description = "Where to answer queries over HTTPS (RFC 8484) as well; the usual port is 443.",
    });

    public static Setting<string> DohCertificate { get; } = Add(new SingleSetting<string>("doh.certificate", ValueKinds.Path("a PEM file", "FILE"))
    {
        Option = "--doh-certificate",
        Otherwise = "that of 'tls'",
        Example = "certs/ns1.pem",
        Description = "The server's certificate in PEM form, with those that lead to its authority. Read again when it changes.",
    });

    public static Setting<string> DohKey { get; } = Add(new SingleSetting<string>("doh.key", ValueKinds.Path("a PEM file", "FILE"))
    {
        Option = "--doh-key",
        Otherwise = "the certificate's file",
        Example = "certs/ns1.key",
        Description = "The certificate's key in PEM form.",
    });

    public static Setting<string> DohPath { get; } = Add(new SingleSetting<string>("doh.path", ValueKinds.UrlPath)
    {
        Default = "/dns-query",
        Example = "/dns",
        Description = "The path of the URL that clients ask.",
    });

    public static Setting<Uri> OtlpEndpoint { get; } = Add(new SingleSetting<Uri>("otlp.endpoint", ValueKinds.CollectorUrl)
    {
        Otherwise = "nowhere",
        Example = "http://127.0.0.1:4318/v1/metrics",
        Description = "Where to send metrics by OTLP over HTTP (docs/metrics.md); the whole URL, with its path.",
    });

    public static Setting<TimeSpan> OtlpInterval { get; } = Add(new SingleSetting<TimeSpan>("otlp.interval", ValueKinds.Period("a time between reports", TimeSpan.FromSeconds(1), TimeSpan.FromHours(1)))
    {
        Default = "1m",
        Example = "15s",
        Description = "How often metrics are sent.",
    });

    private static T Add<T>(T row)
        where T : Setting
    {
        Rows.Add(row);
        return row;
    }
}
