// A server on ports of its own, with a stub in place of real answers.

using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using AltoDns.Protocol.Names;
using AltoDns.Server.Answering;
using AltoDns.Server.Listening;
using AltoDns.Server.Listening.Linux;

namespace AltoDns.Server.Tests.Support;

/// <summary>Listens on 127.0.0.1 unless told otherwise.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private TestServer(DnsServer server, LogRecorder<DnsServer> log)
    {
        Server = server;
        Log = log;
    }

    public DnsServer Server { get; }

    public LogRecorder<DnsServer> Log { get; }

    public IPEndPoint Endpoint => Server.Endpoints[0];

    public UdpCounters Udp => Server.Counters.Udp;

    public TcpCounters Tcp => Server.Counters.Tcp;

    public static TestServer Start(
        QueryHandler? handler = null,
        TimeProvider? time = null,
        TcpOptions? tcp = null,
        IPAddress? address = null,
        int udpWorkers = 2,
        UdpEngine udpEngine = UdpEngine.Fastest,
        int udpBatchSize = 64,
        int udpMaxAnswer = 4096,
        BatchCalls? batchCalls = null,
        StreamHandler? streamHandler = null,
        IReadOnlyList<IPPrefix>? proxies = null,
        TlsOptions? tls = null)
    {
        var log = new LogRecorder<DnsServer>();
        var options = new ListeningOptions
        {
            Endpoints = [new IPEndPoint(address ?? IPAddress.Loopback, 0)],
            UdpWorkers = udpWorkers,
            UdpEngine = udpEngine,
            UdpBatchSize = udpBatchSize,
            UdpMaxAnswer = udpMaxAnswer,
            BatchCalls = batchCalls ?? BatchCalls.Kernel,
            Tcp = tcp ?? new TcpOptions(),
            Proxies = proxies ?? [],
            Tls = tls,
        };
        var server = new DnsServer(options, handler ?? Echo, time ?? TimeProvider.System, log, streamHandler);
        server.Start();
        return new TestServer(server, log);
    }

    /// <summary>The request with its QR bit set.</summary>
    public static int Echo(ReadOnlySpan<byte> request, Span<byte> response, in QueryContext context)
    {
        request.CopyTo(response);
        response[2] |= 0x80;
        return request.Length;
    }

    /// <summary>A message of at least a header: the ID, then zeros.</summary>
    public static byte[] Query(ushort id, int length = 12)
    {
        var query = new byte[length];
        BinaryPrimitives.WriteUInt16BigEndian(query, id);
        return query;
    }

    /// <summary>What <see cref="Echo"/> makes of <see cref="Query"/>.</summary>
    public static byte[] Answer(ushort id, int length = 12)
    {
        var answer = Query(id, length);
        answer[2] = 0x80;
        return answer;
    }

    /// <summary>A UDP socket that talks to this server only.</summary>
    public Socket ConnectUdp()
    {
        var socket = new Socket(Endpoint.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = 1 << 20 };
        socket.Connect(Endpoint);
        return socket;
    }

    public TcpClientStream ConnectTcp(IPAddress? from = null) => new(Endpoint, from);

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
