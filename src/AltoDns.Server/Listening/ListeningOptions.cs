// Where and how generously to listen. The defaults suit a public server.

using System.Net;
using AltoDns.Server.Handover;
using AltoDns.Protocol.Names;
using AltoDns.Server.Listening.Linux;

namespace AltoDns.Server.Listening;

/// <summary>Settings of <see cref="DnsServer"/>.</summary>
public sealed record ListeningOptions
{
    /// <summary>Each is served over UDP and TCP on the same port; port 0 lets the system choose one that is free for both.</summary>
    public required IReadOnlyList<IPEndPoint> Endpoints { get; init; }

    /// <summary>What is bound for TCP as well, for others to accept from; see <see cref="DnsServer.OtherSockets"/>.</summary>
    public IReadOnlyList<IPEndPoint> Others { get; init; } = [];

    /// <summary>UDP threads for each address; null for one per processor.</summary>
    public int? UdpWorkers { get; init; }

    /// <summary>Octets asked of the system for each UDP receive buffer; what it grants may be less.</summary>
    public int UdpReceiveBuffer { get; init; } = 4 * 1024 * 1024;

    /// <summary>Octets asked of the system for each UDP send buffer; what it grants may be less.</summary>
    public int UdpSendBuffer { get; init; } = 1024 * 1024;

    /// <summary>The largest UDP answer, in octets: what the handler gets to write to. At least 1,232, at most 65,535.</summary>
    public int UdpMaxAnswer { get; init; } = 4096;

    public UdpEngine UdpEngine { get; init; }

    /// <summary>Datagrams that <see cref="UdpEngine.Batches"/> takes from the system at once, 1 to 1,024.</summary>
    public int UdpBatchSize { get; init; } = 64;

    /// <summary>What tests put faults in place of.</summary>
    internal BatchCalls BatchCalls { get; init; } = BatchCalls.Kernel;

    /// <summary>Interfaces whose UDP queries are taken by XDP, past the sockets; where that cannot be, the sockets answer them.</summary>
    public IReadOnlyList<XdpInterface> Xdp { get; init; } = [];

    /// <summary>Bound sockets from a service manager or a predecessor, used where they fit an endpoint, otherwise closed; null for none.</summary>
    public InheritedSockets? Inherited { get; init; }

    public TcpOptions Tcp { get; init; } = new();

    /// <summary>Null for no TLS.</summary>
    public TlsOptions? Tls { get; init; }

    /// <summary>Proxies that say in a header whom they ask for (PROXY protocol, version 2); what comes from them without one is dropped.</summary>
    public IReadOnlyList<IPPrefix> Proxies { get; init; } = [];

    /// <summary>How long <see cref="DnsServer.StopAsync"/> lets begun answers finish before it cuts them off.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(5);
}

/// <summary>Queries and transfers over TLS (RFC 7858, RFC 9103). TLS 1.3 and the protocol name <c>dot</c> are asked of every client that names one.</summary>
public sealed record TlsOptions
{
    /// <summary>At least one; port 0 lets the system choose.</summary>
    public required IReadOnlyList<IPEndPoint> Endpoints { get; init; }

    /// <summary>PEM: the certificate, then those that lead to the authority. Read again when it changes.</summary>
    public required string CertificateFile { get; init; }

    /// <summary>PEM, not encrypted; may be the same file.</summary>
    public required string KeyFile { get; init; }

    /// <summary>PEM: the authorities that a client's certificate has to come from; null where clients need none.</summary>
    public string? ClientAuthorities { get; init; }
}

/// <summary>How datagrams are read and written.</summary>
public enum UdpEngine
{
    /// <summary><see cref="Batches"/> where the system has and permits them, otherwise <see cref="Sockets"/>.</summary>
    Fastest,

    /// <summary>One system call for each datagram each way, on every platform.</summary>
    Sockets,

    /// <summary>One system call for many datagrams each way, or no start at all; 64-bit Linux only.</summary>
    Batches,
}

/// <summary>What TCP clients may take of the server (RFC 7766 §6, RFC 9210 §4.1). The counts hold for all endpoints together.</summary>
public sealed record TcpOptions
{
    /// <summary>Open connections; when one more comes, the idlest is closed.</summary>
    public int MaxConnections { get; init; } = 1024;

    /// <summary>Open connections of one client; one more is refused.</summary>
    public int MaxConnectionsPerClient { get; init; } = 64;

    /// <summary>Bits of an IPv4 address that tell one client from another, 1 to 32.</summary>
    public int ClientIPv4Length { get; init; } = 32;

    /// <summary>Bits of an IPv6 address that tell one client from another, 1 to 64: one host may take all addresses of a /64.</summary>
    public int ClientIPv6Length { get; init; } = 64;

    /// <summary>How long a connection without a query stays open while at most half of <see cref="MaxConnections"/> are open.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>What <see cref="IdleTimeout"/> shrinks to, evenly, as the last half of the connections fills up.</summary>
    public TimeSpan BusyIdleTimeout { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long a message may take from its first octet to its last.</summary>
    public TimeSpan MessageTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a batch of answers may wait for a client that does not read.</summary>
    public TimeSpan WriteTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Connections that the system holds until they are accepted; it may hold fewer.</summary>
    public int Backlog { get; init; } = 1024;
}
