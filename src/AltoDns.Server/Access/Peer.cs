// Another name server: where it is reached and how both sides know each other.

using System.Net;
using AltoDns.Protocol.Names;

namespace AltoDns.Server.Access;

/// <summary>A primary that zones come from, or a secondary that is told of changes.</summary>
/// <param name="Key">The TSIG key that requests are signed with; null for none.</param>
/// <param name="Tls">Null for plain TCP.</param>
public sealed record Peer(IPEndPoint Endpoint, DomainName? Key = null, PeerTls? Tls = null)
{
    /// <summary>As logs and status show it.</summary>
    public override string ToString() =>
        $"{Endpoint}{(Key is { } key ? $" key {key}" : "")}{(Tls is null ? "" : " over TLS")}";
}

/// <summary>How a transfer over TLS is authenticated (RFC 9103 §9).</summary>
/// <param name="Name">What the peer's certificate has to be for; null where its key is pinned, or nothing is verified (RFC 9103 §9.3.1, opportunistic).</param>
/// <param name="Pins">SHA-256 digests of a public key that is accepted (RFC 7858 §4.2); possibly none.</param>
/// <param name="Authorities">PEM file with the authorities that are trusted; null for the system's.</param>
/// <param name="Certificate">PEM file with our own certificate and key, shown to a peer that wants one; null for none.</param>
public sealed record PeerTls(string? Name, IReadOnlyList<ReadOnlyMemory<byte>> Pins, string? Authorities, string? Certificate);
