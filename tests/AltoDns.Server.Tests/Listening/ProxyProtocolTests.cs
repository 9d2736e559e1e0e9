// Queries that proxies hand on, over UDP, TCP and TLS: who counts as the client, and what is dropped.

using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using AltoDns.Protocol.Names;
using AltoDns.Server.Answering;
using AltoDns.Server.Listening;
using AltoDns.Server.Tests.Support;
using AltoDns.Testing;

namespace AltoDns.Server.Tests.Listening;

public sealed class ProxyProtocolTests
{
    private const string V4 = "0d0a0d0a000d0a515549540a" + "2112000c" + "c6336407" + "7f000001" + "c0de0035";
    private const string V6 = "0d0a0d0a000d0a515549540a" + "21220024" + "20010db8000000000000000000000007" + "20010db8000000000000000000000001" + "c0de0035";
    private const string V4WithMore = "0d0a0d0a000d0a515549540a" + "21120011" + "c6336407" + "7f000001" + "c0de0035" + "0200026869";
    private const string Local = "0d0a0d0a000d0a515549540a" + "20000000";
    private const string Unspecified = "0d0a0d0a000d0a515549540a" + "21000003" + "010203";

    private static readonly IPPrefix[] Proxies = [IPPrefix.Parse("127.0.0.0/30")];

    public static TheoryData<string, string> Headers => new()
    {
        { V4, "198.51.100.7:49374" },
        { V6, "[2001:db8::7]:49374" },
        { V4WithMore, "198.51.100.7:49374" },
        { Local, "127.0.0.1" },
        { Unspecified, "127.0.0.1" },
    };

    public static TheoryData<string> BadHeaders =>
    [
        "0d0a0d0a000d0a515549540b" + V4[24..],
        V4.Replace("2112", "1112", StringComparison.Ordinal),
        V4.Replace("2112", "2212", StringComparison.Ordinal),
        V4.Replace("2112", "2132", StringComparison.Ordinal),
        V4.Replace("2112", "2113", StringComparison.Ordinal),
        V4.Replace("2112000c", "2112000b", StringComparison.Ordinal),
        V4.Replace("2112000c", "2112ffff", StringComparison.Ordinal),
        "50524f5859205443503420312e322e332e3420352e362e372e38203120320d0a",
        "0001000000000000000000000000",
    ];

    [Theory]
    [MemberData(nameof(Headers))]
    public async Task Takes_the_client_that_the_header_names(string header, string expected)
    {
        var clients = new ConcurrentQueue<string>();
        await using var server = TestServer.Start(Note(clients), proxies: Proxies);
        using (var udp = server.ConnectUdp())
        {
            udp.Send([.. Convert.FromHexString(header), .. TestServer.Query(1)]);
            Assert.Equal(TestServer.Answer(1), await ReceiveAsync(udp));
        }

        using var tcp = server.ConnectTcp();
        await tcp.SendAsync(Convert.FromHexString(header));
        Assert.Equal(TestServer.Answer(2), await tcp.AskAsync(TestServer.Query(2)));
        Assert.Equal(TestServer.Answer(3), await tcp.AskAsync(TestServer.Query(3)));

        Assert.Equal(3, clients.Count);
        Assert.All(clients, client => Assert.StartsWith(expected, client, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(BadHeaders))]
    public async Task Drops_and_counts_what_has_no_right_header(string header)
    {
        await using var server = TestServer.Start(proxies: Proxies);
        using (var udp = server.ConnectUdp())
        {
            udp.Send([.. Convert.FromHexString(header), .. TestServer.Query(1)]);
            await Eventually.IsTrue(() => server.Udp.MalformedProxy == 1, "the datagram is counted");
        }

        using var tcp = server.ConnectTcp();
        await tcp.TrySendAsync([.. Convert.FromHexString(header), .. TcpClientStream.Frame(TestServer.Query(2))]);
        tcp.EndSending();
        Assert.Null(await tcp.ReceiveAsync());
        await Eventually.IsTrue(() => server.Tcp is { Open: 0, MalformedProxy: 1 }, "the connection is counted");
    }

    [Fact]
    public async Task Takes_a_header_in_any_pieces()
    {
        await using var server = TestServer.Start(proxies: Proxies);
        byte[] octets = [.. Convert.FromHexString(V4WithMore), .. TcpClientStream.Frame(TestServer.Query(1))];
        for (var cut = 1; cut < octets.Length; cut += 5)
        {
            using var tcp = server.ConnectTcp();
            await tcp.SendAsync(octets[..cut]);
            await tcp.SendAsync(octets[cut..]);
            Assert.Equal(TestServer.Answer(1), await tcp.ReceiveAsync());
        }
    }

    [Fact]
    public async Task Believes_nobody_else()
    {
        await using var server = TestServer.Start(proxies: [IPPrefix.Parse("127.0.0.2/32")]);
        using var tcp = server.ConnectTcp(from: IPAddress.Parse("127.0.0.3"));
        Assert.Equal(TestServer.Answer(1), await tcp.AskAsync(TestServer.Query(1)));

        // To everybody else a header is a strange message.
        using var stranger = server.ConnectTcp(from: IPAddress.Parse("127.0.0.3"));
        await stranger.TrySendAsync(Convert.FromHexString(V4));
        stranger.EndSending();
        Assert.Null(await stranger.ReceiveAsync());
        Assert.Equal(0, server.Tcp.MalformedProxy);
    }

    [Fact]
    public async Task Counts_connections_for_the_client_and_none_for_the_proxy()
    {
        await using var server = TestServer.Start(tcp: new TcpOptions { MaxConnectionsPerClient = 2 }, proxies: Proxies);
        var open = new List<TcpClientStream>();
        foreach (var (header, isTaken) in new[] { (V4, true), (V4, true), (V6, true), (V6, true), (Local, true), (Local, true), (Local, true), (V4, false), (V6, false) })
        {
            var tcp = server.ConnectTcp();
            open.Add(tcp);
            await tcp.TrySendAsync(Convert.FromHexString(header));
            Assert.Equal(isTaken, await tcp.AskAsync(TestServer.Query(1)) is not null);
        }

        Assert.Equal(2, server.Tcp.Refused);
        open.ForEach(tcp => tcp.Dispose());
        await Eventually.IsTrue(() => server.Tcp.Open == 0, "all are forgotten");
        using var again = server.ConnectTcp();
        await again.SendAsync(Convert.FromHexString(V4));
        Assert.NotNull(await again.AskAsync(TestServer.Query(1)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Takes_a_header_before_TLS_or_within(bool isWithin)
    {
        var clients = new ConcurrentQueue<string>();
        var file = Path.Combine(Path.GetTempPath(), $"altodns-{Guid.NewGuid():N}.pem");
        try
        {
            var pem = MakeCertificate();
            using var expected = X509Certificate2.CreateFromPem(pem);
            await File.WriteAllTextAsync(file, pem);
            var tls = new TlsOptions { Endpoints = [new IPEndPoint(IPAddress.Loopback, 0)], CertificateFile = file, KeyFile = file };
            await using var server = TestServer.Start(Note(clients), proxies: Proxies, tls: tls);
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(server.Server.TlsEndpoints[0]);
            await using var stream = new SslStream(new NetworkStream(socket), leaveInnerStreamOpen: false, (_, shown, _, _) => expected.Equals(shown));
            if (!isWithin)
            {
                await socket.SendAsync(Convert.FromHexString(V4));
            }

            await stream.AuthenticateAsClientAsync("ns1.example").InTime();
            byte[] first = [.. isWithin ? Convert.FromHexString(V4) : [], .. TcpClientStream.Frame(TestServer.Query(1))];
            await stream.WriteAsync(first);
            var answer = new byte[14];
            await stream.ReadExactlyAsync(answer).AsTask().InTime();

            Assert.Equal(TestServer.Answer(1), answer[2..]);
            Assert.Equal(["198.51.100.7:49374 TLS"], clients);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static QueryHandler Note(ConcurrentQueue<string> clients) => (ReadOnlySpan<byte> request, Span<byte> response, in QueryContext context) =>
    {
        clients.Enqueue($"{new IPEndPoint(new IPAddress(context.ClientAddress), context.ClientPort)}{(context.IsEncrypted ? " TLS" : "")}");
        return TestServer.Echo(request, response, context);
    };

    private static string MakeCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=ns1.example", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return $"{certificate.ExportCertificatePem()}\n{key.ExportPkcs8PrivateKeyPem()}\n";
    }

    private static async Task<byte[]> ReceiveAsync(Socket socket)
    {
        var buffer = new byte[1024];
        return buffer[..await socket.ReceiveAsync(buffer).InTime()];
    }
}
