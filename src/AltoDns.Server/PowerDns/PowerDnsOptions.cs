// What an operator says about answering a PowerDNS server.

namespace AltoDns.Server.PowerDns;

/// <summary>Settings of the socket that the remote backend of PowerDNS connects to.</summary>
/// <param name="SocketPath">Of a Unix socket; what is there is replaced.</param>
public sealed record PowerDnsOptions(string SocketPath)
{
    /// <summary>Connections at a time; PowerDNS has a few for each of its threads.</summary>
    public int MaxConnections { get; init; } = 256;

    /// <summary>Octets of one request; a longer one ends its connection.</summary>
    public int MaxRequest { get; init; } = 1 << 16;

    /// <summary>Octets of one reply. PowerDNS reads 1,500 at a time and begins anew to parse with each, so that a listing of many megabytes would not be done in its time.</summary>
    public int MaxReply { get; init; } = 1 << 24;
}
