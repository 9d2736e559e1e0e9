// AltoDns with everything that it serves over HTTP, in a process of its own.

using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using AltoDns.Harness;
using AltoDns.Protocol.Names;
using AltoDns.Testing;

namespace AltoDns.Interop.Tests.Web;

internal sealed class WebServerSetup : IAsyncDisposable
{
    private readonly TemporaryFolder _folder;

    private WebServerSetup(TemporaryFolder folder, RunningServer server, int page, int queries)
    {
        _folder = folder;
        Server = server;
        Page = new Uri($"http://127.0.0.1:{page}/");
        QueryPort = queries;
    }

    public RunningServer Server { get; }

    public Uri Page { get; }

    public int QueryPort { get; }

    /// <summary>A folder for what a test needs.</summary>
    public TemporaryFolder Folder => _folder;

    /// <summary>The certificate's file.</summary>
    public string Certificate => Path.Combine(_folder.Path, "doh.pem");

    /// <summary>Serves the samples.</summary>
    public static async Task<WebServerSetup> StartAsync()
    {
        var folder = new TemporaryFolder();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        folder.Write("doh.pem", certificate.ExportCertificatePem());
        folder.Write("doh.key", key.ExportPkcs8PrivateKeyPem());
        var (page, queries) = (LoopbackPort.Find(), LoopbackPort.Find());
        var server = await AltoDnsServer.StartAsync(
            [
                "--http", $"{page}", "--doh", $"127.0.0.1:{queries}",
                "--doh-certificate", Path.Combine(folder.Path, "doh.pem"), "--doh-key", Path.Combine(folder.Path, "doh.key"),
            ],
            [new ServedZone(DomainName.Parse("2.0.192.in-addr.arpa."), "")]);
        foreach (var port in new[] { page, queries })
        {
            // HTTP comes after DNS, for which the server was waited already.
            await Eventually.IsTrue(() => IsListening(port), $"the server listens on port {port}");
        }

        return new WebServerSetup(folder, server, page, queries);
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        _folder.Dispose();
    }

    private static bool IsListening(int port)
    {
        using var client = new TcpClient();
        try
        {
            client.Connect(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
