// Where a recursive resolver is asked: over UDP and TCP, over TLS (RFC 7858), or over HTTPS (RFC 8484).

using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;

namespace AltoDns.Discovery.Resolving;

public enum ResolverTransport
{
    /// <summary>UDP, and TCP for answers that do not fit.</summary>
    Plain,

    /// <summary>DNS over TLS (RFC 7858), its certificate always checked.</summary>
    Tls,

    /// <summary>DNS over HTTPS (RFC 8484).</summary>
    Https,
}

/// <summary>One recursive resolver.</summary>
public sealed record ResolverAddress
{
    private const int DnsPort = 53;
    private const int TlsPort = 853;

    private ResolverAddress(ResolverTransport transport, IPEndPoint? endpoint, string? serverName, Uri? uri)
    {
        Transport = transport;
        Endpoint = endpoint;
        ServerName = serverName;
        Uri = uri;
    }

    public ResolverTransport Transport { get; }

    /// <summary>Null for HTTPS, which has a <see cref="Uri"/>.</summary>
    public IPEndPoint? Endpoint { get; }

    /// <summary>Of TLS: the name that the certificate must have; the address where none was given.</summary>
    public string? ServerName { get; }

    /// <summary>Of HTTPS: where queries are posted to.</summary>
    public Uri? Uri { get; }

    /// <summary>Whether what it says of DNSSEC (AD) is believed. Loopback is, unless changed: there is no network in between (RFC 6840 §5.8).</summary>
    public bool IsTrusted { get; init; }

    public static ResolverAddress ForPlain(IPEndPoint endpoint) =>
        new(ResolverTransport.Plain, endpoint, null, null) { IsTrusted = IPAddress.IsLoopback(endpoint.Address) };

    /// <param name="serverName">The name that the certificate must have; null for the address itself.</param>
    public static ResolverAddress ForTls(IPEndPoint endpoint, string? serverName) =>
        new(ResolverTransport.Tls, endpoint, serverName ?? endpoint.Address.ToString(), null);

    public static ResolverAddress ForHttps(Uri uri) => new(ResolverTransport.Https, null, null, uri);

    /// <summary>Reads <c>192.0.2.1</c>, <c>192.0.2.1:5300</c>, <c>[2001:db8::1]:53</c>, <c>tls://192.0.2.1:853#name</c> or <c>https://host/dns-query</c>.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out ResolverAddress? address)
    {
        address = null;
        if (text.StartsWith("https://", StringComparison.OrdinalIgnoreCase))
        {
            address = Uri.TryCreate(text, UriKind.Absolute, out var uri) ? ForHttps(uri) : null;
            return address is not null;
        }

        if (text.StartsWith("tls://", StringComparison.OrdinalIgnoreCase))
        {
            var parts = text["tls://".Length..].Split('#', 2);
            if (TryParseEndpoint(parts[0], TlsPort, out var secured) && (parts.Length == 1 || parts[1].Length > 0))
            {
                address = ForTls(secured, parts.Length == 2 ? parts[1] : null);
            }

            return address is not null;
        }

        address = TryParseEndpoint(text, DnsPort, out var endpoint) ? ForPlain(endpoint) : null;
        return address is not null;
    }

    public override string ToString() => Transport switch
    {
        ResolverTransport.Https => Uri!.ToString(),
        ResolverTransport.Tls => $"tls://{Endpoint}#{ServerName}",
        _ => Endpoint!.ToString(),
    };

    private static bool TryParseEndpoint(string text, int defaultPort, [NotNullWhen(true)] out IPEndPoint? endpoint)
    {
        // Also a link-local address with its zone, as resolv.conf may have it. An address with a single colon is IPv4 with a port.
        endpoint = null;
        var colon = text.LastIndexOf(':');
        var hasPort = colon > 0 && (text[colon - 1] == ']' || text.IndexOf(':') == colon);
        var host = (hasPort ? text[..colon] : text).TrimStart('[').TrimEnd(']');
        var port = defaultPort;
        if (!IPAddress.TryParse(host, out var parsed)
            || (parsed.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork && host.Count(character => character == '.') != 3)
            || (hasPort && (!int.TryParse(text[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out port) || port is 0 or > ushort.MaxValue)))
        {
            return false;
        }

        endpoint = new IPEndPoint(parsed, port);
        return true;
    }
}
