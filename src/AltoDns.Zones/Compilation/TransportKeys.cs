// The records that say which key an ALTO server shows when TLS starts, derived from its certificate files.

using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Zones.Configuration;

namespace AltoDns.Zones.Compilation;

/// <summary>A host that an ALTO server's URI names.</summary>
/// <param name="TlsaOwner">Where its TLSA records stand (RFC 6698 §3); null where the URI is not https, or the name would be too long.</param>
/// <param name="Position">Of the URI.</param>
public sealed record AltoEndpoint(DomainName Host, DomainName? TlsaOwner, SourcePosition Position);

/// <summary>Makes TLSA records.</summary>
public static class TransportKeys
{
    private const byte DaneEndEntity = 3;
    private const byte SubjectPublicKeyInfo = 1;
    private const byte Sha256 = 1;

    /// <summary>The hosts of a server's URIs in their order; URIs with an address in place of a host have none.</summary>
    public static IEnumerable<AltoEndpoint> EndpointsOf(AltoServerDocument server)
    {
        foreach (var (text, position) in server.Uris)
        {
            if (Uri.TryCreate(text, UriKind.Absolute, out var uri)
                && uri.HostNameType == UriHostNameType.Dns
                && DomainName.TryParse(Encoding.ASCII.GetBytes(uri.Host), DomainName.Root, out var host) == NameError.None)
            {
                yield return new AltoEndpoint(host, uri.Scheme == Uri.UriSchemeHttps ? OwnerOf(host, uri.Port) : null, position);
            }
        }
    }

    /// <summary>The record of one certificate: it says all that a client needs, and outlives a renewal that keeps the key (RFC 7671 §5.1).</summary>
    public static TlsaData RecordOf(CertificateDocument certificate) =>
        new(DaneEndEntity, SubjectPublicKeyInfo, Sha256, SHA256.HashData(certificate.SubjectPublicKeyInfo));

    private static DomainName? OwnerOf(DomainName host, int port)
    {
        var label = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"_{port}"));
        return host.TryPrepend("_tcp"u8, out var transport) && transport.TryPrepend(label, out var owner) ? owner : null;
    }
}
