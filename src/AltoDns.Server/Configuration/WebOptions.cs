// What a server is told of HTTP.

using System.Net;
using AltoDns.Server.Listening;
using AltoDns.Zones.Configuration;

namespace AltoDns.Server.Configuration;

/// <param name="Endpoints">Where metrics and the page are served, without TLS; empty for nowhere.</param>
/// <param name="TellsZones">Whether metrics are told of each zone.</param>
/// <param name="Queries">Where queries are answered over HTTPS; null for nowhere.</param>
/// <param name="QueryPath">Of the URL that is asked.</param>
/// <param name="Collector">Where metrics are sent; null for nowhere.</param>
public sealed record WebOptions(IReadOnlyList<IPEndPoint> Endpoints, bool TellsZones, TlsOptions? Queries, string QueryPath, CollectorOptions? Collector)
{
    private static readonly TimeSpan DefaultInterval = TimeSpan.FromMinutes(1);

    /// <summary>Names by which the page may be asked for besides those of the machine; without the dot at the end.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>Where connections are taken: first those of the page, then those of queries.</summary>
    public IReadOnlyList<IPEndPoint> Bound => [.. Endpoints, .. Queries?.Endpoints ?? []];

    /// <summary>Null, also with an error noted, where nothing goes over HTTP.</summary>
    internal static WebOptions? Read(SettingValues values, ProblemList problems)
    {
        var endpoints = values.Get(WebSettings.HttpListen, []);
        var queries = ReadQueries(values, problems);
        var collector = values.TryGet(WebSettings.OtlpEndpoint, out var url) ? new CollectorOptions(url!, values.Get(WebSettings.OtlpInterval, DefaultInterval)) : null;
        return endpoints.Count == 0 && queries is null && collector is null
            ? null
            : new WebOptions(endpoints, values.Get(WebSettings.ZoneMetrics, false), queries, values.Get(WebSettings.DohPath, "/dns-query"), collector)
            {
                Names = [.. values.Get(WebSettings.HttpNames, []).Select(name => name.ToString().TrimEnd('.'))],
            };
    }

    private static TlsOptions? ReadQueries(SettingValues values, ProblemList problems)
    {
        if (values.Find(WebSettings.DohListen) is not { Value: IReadOnlyList<IPEndPoint> { Count: > 0 } endpoints } listen)
        {
            return null;
        }

        var isOwn = values.TryGet(WebSettings.DohCertificate, out var certificate);
        if (!isOwn && !values.TryGet(ListeningSettings.TlsCertificate, out certificate))
        {
            problems.Error(listen.Position, "There is no certificate for HTTPS.", "Name it with 'doh.certificate' or --doh-certificate.");
            return null;
        }

        var key = isOwn ? WebSettings.DohKey : ListeningSettings.TlsKey;
        return new TlsOptions { Endpoints = endpoints, CertificateFile = certificate!, KeyFile = values.Get(key, certificate!) };
    }
}

/// <param name="Endpoint">With the path.</param>
/// <param name="Interval">From one report to the next.</param>
public sealed record CollectorOptions(Uri Endpoint, TimeSpan Interval);
