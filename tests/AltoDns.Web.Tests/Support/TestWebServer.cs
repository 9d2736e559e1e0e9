// A whole server with HTTP in this process, on ports of its own, with one small policy.

using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Server.Configuration;
using AltoDns.Server.Control;
using AltoDns.Server.Hosting;
using AltoDns.Server.Listening;
using AltoDns.Server.Observing;
using AltoDns.Server.Reloading;
using AltoDns.Web.Serving;
using AltoDns.Zones.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AltoDns.Web.Tests.Support;

internal sealed class TestWebServer : IAsyncDisposable
{
    public const string Policy = """
        zones: [192.0.2.0/24]
        soa: { primary: ns1.isp.example., contact: hostmaster@isp.example, serial: 7, negative-ttl: 5m }
        nameservers: [ns1.isp.example.]
        ttl: 1h
        alto-servers: { core: { uri: https://alto.isp.example/ird } }
        assignments: { 192.0.2.0/25: core }
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("altodns-web-").FullName;
    private readonly CancellationTokenSource _stop = new();
    private readonly ServiceProvider _provider;
    private Task _running = Task.CompletedTask;

    private TestWebServer(string more, Uri? collector, int connectionsPerClient)
    {
        WriteCertificate("first");
        var policy = Path.Combine(_folder, "isp.yaml");
        File.WriteAllText(policy, Policy);
        var file = Path.Combine(_folder, "altodns.yaml");
        File.WriteAllText(file, $$"""
            listen: ["127.0.0.1:0"]
            udp: { workers: 1 }
            policies: [isp.yaml]
            state: {{_folder}}
            control: off
            http: { listen: [127.0.0.1:0]{{more}} }
            doh: { listen: [127.0.0.1:0], certificate: doh.pem, key: doh.key }
            tcp: { max-connections-per-client: {{connectionsPerClient}} }
            {{(collector is null ? "" : $"otlp: {{ endpoint: {collector}, interval: 1s }}")}}
            """);
        var problems = new ProblemList();
        var configuration = ServerConfiguration.Read(file, SettingValues.None, null, problems) ?? throw new InvalidOperationException(string.Join('\n', problems.All));
        var live = new LiveConfiguration(configuration, _ => configuration);
        var loader = new ConfiguredLoader(live, [], now => now.Sources) { KeepsDocuments = true };
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.AddProvider(Log));
        services.AddSingleton<TimeProvider>(Clock);
        services.AddAltoDns(new AltoDnsOptions
        {
            Listening = configuration.Listening,
            LoadZones = loader.Load,
            Reloading = configuration.Reloading with { WatchFiles = false },
            Control = new ControlOptions(null, new LogLevelSwitch(LogLevel.Information), file),
        });
        services.AddAltoDnsWeb(configuration.Web!, () => loader.Served, _folder, configuration.Listening.Tcp);
        _provider = services.BuildServiceProvider();
        Client = new HttpClient(new SocketsHttpHandler { SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = Keep }, PooledConnectionLifetime = TimeSpan.Zero });
    }

    public HttpClient Client { get; }

    public EventRecorder Log { get; } = new();

    public ShiftedTime Clock { get; } = new();

    /// <summary>The subject of the certificate that was shown last.</summary>
    public string? ShownCertificate { get; private set; }

    public Uri Page => new($"http://{_provider.GetRequiredService<WebServer>().PageEndpoints[0]}/");

    public Uri Queries => new($"https://{_provider.GetRequiredService<WebServer>().QueryEndpoints[0]}/dns-query");

    public IPEndPoint Endpoint => _provider.GetRequiredService<DnsServer>().Endpoints[0];

    /// <param name="more">More settings of <c>http</c>, with a comma before them.</param>
    /// <param name="collector">Where metrics are sent each second; null for nowhere.</param>
    public static async Task<TestWebServer> StartAsync(string more = "", Uri? collector = null, int connectionsPerClient = 64)
    {
        var server = new TestWebServer(more, collector, connectionsPerClient);
        var runner = new ServiceRunner(server._provider);
        await runner.StartAsync(CancellationToken.None);
        server._running = runner.RunAsync(server._stop.Token);
        return server;
    }

    /// <summary>Puts another certificate in place of the one in use.</summary>
    public void WriteCertificate(string subject)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={subject}", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        File.WriteAllText(Path.Combine(_folder, "doh.pem"), certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(_folder, "doh.key"), key.ExportPkcs8PrivateKeyPem());
    }

    /// <summary>Loads again.</summary>
    /// <param name="policy">What stands in the policy from now on; null for what stood there.</param>
    public async Task ReloadAsync(string? policy)
    {
        if (policy is not null)
        {
            await File.WriteAllTextAsync(Path.Combine(_folder, "isp.yaml"), policy);
        }

        await _provider.GetRequiredService<ZoneReloader>().ReloadAsync("the test asked for it");
    }

    public void DamageCertificate() => File.WriteAllText(Path.Combine(_folder, "doh.pem"), "no certificate");

    /// <summary>A query as octets.</summary>
    public static byte[] Query(string name, RecordType type)
    {
        var message = new byte[512];
        new MessageHeader(0, MessageFlags.None, Opcode.Query, ResponseCode.NoError, 1, 0, 0, 0).Write(message);
        var writer = new WireWriter(message.AsSpan(MessageHeader.Length));
        new Question(DomainName.Parse(name), type, RecordClass.Internet).Write(ref writer);
        return message[..(MessageHeader.Length + writer.Position)];
    }

    /// <summary>Sends a datagram, and waits for the answer to it.</summary>
    public async Task<byte[]> AskAsync(byte[] query)
    {
        using var socket = new UdpClient();
        await socket.SendAsync(query, Endpoint);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        return (await socket.ReceiveAsync(patience.Token)).Buffer;
    }

    public async Task<HttpResponseMessage> PostAsync(byte[] query, string mediaType = "application/dns-message")
    {
        using var content = new ByteArrayContent(query) { Headers = { ContentType = new MediaTypeHeaderValue(mediaType) } };
        using var request = new HttpRequestMessage(HttpMethod.Post, Queries) { Content = content, Version = HttpVersion.Version20 };
        return await Client.SendAsync(request);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        Client.Dispose();
        await _provider.DisposeAsync();
        _stop.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private bool Keep(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        ShownCertificate = certificate?.Subject;
        return ShownCertificate is not null;
    }
}

/// <summary>The system's time, and more.</summary>
internal sealed class ShiftedTime : TimeProvider
{
    private long _shift;

    public void Advance(TimeSpan time) => Interlocked.Add(ref _shift, (long)(time.TotalSeconds * TimestampFrequency));

    public override long GetTimestamp() => base.GetTimestamp() + Interlocked.Read(ref _shift);
}
