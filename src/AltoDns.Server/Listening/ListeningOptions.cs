// Where and how generously to listen. The defaults suit a public server.

using System.Net;

namespace AltoDns.Server.Listening;

/// <summary>Settings of <see cref="DnsServer"/>.</summary>
public sealed record ListeningOptions
{
    /// <summary>Each is served over UDP and TCP on the same port; port 0 lets the system choose one that is free for both.</summary>
    public required IReadOnlyList<IPEndPoint> Endpoints { get; init; }

    /// <summary>UDP threads for each address; null for one per processor.</summary>
    public int? UdpWorkers { get; init; }

    /// <summary>Octets asked of the system for each UDP receive buffer; what it grants may be less.</summary>
    public int UdpReceiveBuffer { get; init; } = 4 * 1024 * 1024;

    /// <summary>Octets asked of the system for each UDP send buffer; what it grants may be less.</summary>
    public int UdpSendBuffer { get; init; } = 1024 * 1024;

    public TcpOptions Tcp { get; init; } = new();

    /// <summary>How long <see cref="DnsServer.StopAsync"/> lets begun answers finish before it cuts them off.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(5);
}

/// <summary>What TCP clients may take of the server (RFC 7766 §6, RFC 9210 §4.1). The counts hold for all endpoints together.</summary>
public sealed record TcpOptions
{
    /// <summary>Open connections; when one more comes, the idlest is closed.</summary>
    public int MaxConnections { get; init; } = 1024;

    /// <summary>Open connections of one IPv4 address or IPv6 /64; one more is refused.</summary>
    public int MaxConnectionsPerClient { get; init; } = 64;

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
