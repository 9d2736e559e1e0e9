// Reads the TLS certificates of an ALTO server, and says which of their records belong into a zone that is not served here.

using AltoDns.Zones.Compilation;
using AltoDns.Zones.Configuration.Yaml;

namespace AltoDns.Zones.Configuration;

internal static class CertificateReader
{
    private static readonly NodeShape Shape = new("'certificate'", "a PEM file or a list of them", "certificate: certs/alto1.pem");

    /// <summary>Reads the keys of all files; what has a fault is noted and left out.</summary>
    public static IReadOnlyList<CertificateDocument> Read(YamlNode node, PolicyContext context)
    {
        var certificates = new List<CertificateDocument>();
        foreach (var path in Shape.ReadTexts(node, context.Problems))
        {
            var file = context.Resolve(path.Text);
            if (certificates.Find(other => other.Path == file) is { } earlier)
            {
                context.Error(path.Position, $"The certificate file is already listed at {earlier.Position}.", "Keep one of the two.");
            }
            else if (context.ReadSmallFile(path, "certificate file") is { } octets
                && PublicKeyFile.ReadCertificate(octets, path.Text, path.Position, context.Problems) is { } key)
            {
                certificates.Add(new CertificateDocument(file, key, path.Position));
            }
        }

        return certificates;
    }

    /// <summary>Warns of certificates that make no record in the policy's forward zones, with the record to put elsewhere.</summary>
    public static void WarnOfUnserved(IReadOnlyList<AltoServerDocument> servers, ZoneIndex zones, ProblemList problems)
    {
        foreach (var server in servers)
        {
            var owners = TransportKeys.EndpointsOf(server).Where(endpoint => endpoint.TlsaOwner is not null).ToList();
            foreach (var certificate in server.Certificates)
            {
                if (owners.Count == 0)
                {
                    problems.Warn(
                        certificate.Position,
                        $"ALTO server '{server.Name}' has no https URI with a host name, so its certificate makes no TLSA record.",
                        "Use such a URI, or remove 'certificate'.");
                }

                foreach (var endpoint in owners.Where(endpoint => !zones.EnclosesHost(endpoint.Host)).DistinctBy(endpoint => endpoint.TlsaOwner))
                {
                    problems.Warn(
                        certificate.Position,
                        $"Host {endpoint.Host} lies in no forward zone of this policy, so its TLSA record is not served here.",
                        $"List its zone under 'zones', or add to the zone where it is: {endpoint.TlsaOwner} IN TLSA {TransportKeys.RecordOf(certificate)}.");
                }
            }
        }
    }
}
