// Discovery over TLS and over HTTPS, to unbound; and not where the certificate is not the one that it should be.

using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using AltoDns.Discovery.Resolving;
using AltoDns.Harness;
using AltoDns.Protocol.Names;

namespace AltoDns.Discovery.Tests.Interop;

public sealed class EncryptedResolverTests
{
    [Fact]
    public async Task Discovery_works_over_tls_and_https_with_the_right_certificate_only()
    {
        using var folder = new TemporaryFolder();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=resolver.example", key, HashAlgorithmName.SHA256);
        var alternatives = new SubjectAlternativeNameBuilder();
        alternatives.AddDnsName("resolver.example");
        alternatives.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(alternatives.Build());
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        var (tlsPort, httpsPort) = (LoopbackPort.Find(), LoopbackPort.Find());
        var extra = $"""
              interface: 127.0.0.1@{tlsPort}
              tls-port: {tlsPort}
              interface: 127.0.0.1@{httpsPort}
              https-port: {httpsPort}
              tls-service-pem: "{folder.Write("resolver.pem", certificate.ExportCertificatePem() + "\n")}"
              tls-service-key: "{folder.Write("resolver.key", key.ExportPkcs8PrivateKeyPem() + "\n")}"

            """;
        await using var authority = await AltoDnsServer.StartSamplesAsync();
        await using var unbound = await UnboundServer.StartAsync([new StubZone(DomainName.Parse("2.0.192.in-addr.arpa."), authority.Endpoint)], [], extra);
        string[] resolvers = [$"tls://127.0.0.1:{tlsPort}#resolver.example", $"tls://127.0.0.1:{tlsPort}", $"https://127.0.0.1:{httpsPort}/dns-query"];

        foreach (var resolver in resolvers)
        {
            // Trusted is this very certificate, as a user's own authority would make it; the name must fit as well.
            var right = await DiscoverAsync(resolver, (_, shown, _, errors) =>
                shown!.GetCertHashString() == certificate.GetCertHashString() && (errors & SslPolicyErrors.RemoteCertificateNameMismatch) == 0);
            Assert.True(right is { Status: DiscoveryStatus.Found, HadTemporaryErrors: false }, $"{resolver}: {string.Join('\n', right.Trace)}");
            Assert.StartsWith(resolver, right.Trace[0].Resolver, StringComparison.Ordinal);

            var wrong = await DiscoverAsync(resolver, null);
            Assert.Equal((DiscoveryStatus.NotFound, true), (wrong.Status, wrong.HadTemporaryErrors));
        }

        var other = await DiscoverAsync($"tls://127.0.0.1:{tlsPort}#other.example", (_, _, _, errors) => (errors & SslPolicyErrors.RemoteCertificateNameMismatch) == 0);
        Assert.Equal(DiscoveryStatus.NotFound, other.Status);
    }

    private static async Task<DiscoveryResult> DiscoverAsync(string resolver, RemoteCertificateValidationCallback? validation)
    {
        Assert.True(ResolverAddress.TryParse(resolver, out var address));
        await using var client = new DiscoveryClient(new DiscoveryOptions
        {
            Resolver = new ResolverOptions { Servers = [address], CertificateValidation = validation, Deadline = TimeSpan.FromSeconds(20), FirstTimeout = TimeSpan.FromSeconds(5), AttemptsPerServer = 1 },
        });
        return await client.DiscoverAsync(IPAddress.Parse("192.0.2.77"));
    }
}
