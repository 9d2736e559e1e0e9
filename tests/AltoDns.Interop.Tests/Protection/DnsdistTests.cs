// Behind dnsdist, which says whom it asks for: the rules hold for its clients, not for it.

using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using AltoDns.Harness;
using AltoDns.Protocol.Names;

namespace AltoDns.Interop.Tests.Protection;

public sealed class DnsdistTests
{
    private const string Allowed = "127.0.0.7";
    private const string NotAllowed = "127.0.0.8";
    private const string ProxyAddress = "127.0.0.9";

    private static readonly DomainName Origin = DomainName.Parse("example.");

    [Theory]
    [InlineData(false, "+notcp", Allowed, "192.0.2.2")]
    [InlineData(false, "+notcp", NotAllowed, "")]
    [InlineData(false, "+tcp", Allowed, "192.0.2.2")]
    [InlineData(false, "+tcp", NotAllowed, "")]
    [InlineData(true, "+notcp", Allowed, "192.0.2.2")]
    [InlineData(true, "+notcp", NotAllowed, "")]
    public async Task Rules_hold_for_the_clients_of_the_proxy(bool hasTls, string transport, string client, string expected)
    {
        ToolRunner.Require("dnsdist");
        using var folder = new TemporaryFolder();
        var zone = Path.Combine(folder.Path, "example.zone");
        await File.WriteAllTextAsync(zone, "@ 60 SOA ns hostmaster 1 3600 600 86400 60\n@ 60 NS ns\nns 60 A 192.0.2.1\nwww 60 A 192.0.2.2\n");
        var certificate = Path.Combine(folder.Path, "ns1.pem");
        await File.WriteAllTextAsync(certificate, MakeCertificate());
        var tlsPort = LoopbackPort.Find();

        // The test itself asks from 127.0.0.1 until the server is ready.
        string[] options =
        [
            "--zone", $"{Origin}={zone}",
            "--allow-query", "127.0.0.1", "--allow-query", Allowed,
            "--proxy-protocol-from", ProxyAddress,
            "--tls", $"127.0.0.1:{tlsPort}", "--tls-certificate", certificate,
        ];
        await using var server = await AltoDnsServer.StartAsync(options, [new ServedZone(Origin, zone)]);
        var backend = hasTls
            ? $"address='127.0.0.1:{tlsPort}', tls='openssl', subjectName='ns1.example', validateCertificates=false"
            : $"address='{server.Endpoint}'";
        await using var proxy = await RunningServer.StartAsync(Recipe(backend), [new ServedZone(Origin, zone)], TimeSpan.FromSeconds(30));

        var result = await ToolRunner.RunAsync(
            "dig", [$"@{proxy.Endpoint.Address}", "-p", $"{proxy.Endpoint.Port}", "-b", client, transport, "+norec", "www.example.", "A"]);
        Assert.Equal(expected.Length > 0, result.Output.Contains(expected.Length > 0 ? expected : "192.0.2.2", StringComparison.Ordinal));
        Assert.Contains(expected.Length > 0 ? "status: NOERROR" : "status: REFUSED", result.Output, StringComparison.Ordinal);
    }

    // It asks from an address of its own, and nobody else: the check for security updates would ask the Internet.
    private static ServerRecipe Recipe(string backend) => new("dnsdist", ToolRunner.Require("dnsdist"), (folder, port) =>
    {
        var file = Path.Combine(folder.Path, "dnsdist.conf");
        File.WriteAllText(
            file,
            $"setSecurityPollSuffix('')\nsetLocal('127.0.0.1:{port}')\nsetACL('127.0.0.0/8')\nnewServer{{{backend}, source='{ProxyAddress}', useProxyProtocol=true}}\n");
        return ["--supervised", "--disable-syslog", "-C", file];
    })
    {
        // The server refuses nothing to 127.0.0.1, which is where the test asks from.
        IsReady = answer => answer.Answers.Count == 1,
    };

    private static string MakeCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=ns1.example", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return $"{certificate.ExportCertificatePem()}\n{key.ExportPkcs8PrivateKeyPem()}\n";
    }
}
