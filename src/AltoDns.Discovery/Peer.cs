// What a tracker knows of a peer: its address as seen from outside, and what tells it from others behind the same address.

using System.Net;
using AltoDns.Protocol.Names;

namespace AltoDns.Discovery;

/// <summary>What tells peers behind one address apart (docs/peer-labels.md); either may be missing.</summary>
public sealed record PeerHint
{
    /// <param name="id">The ID that the peer told, labels with dots between them, such as <c>c1f3.north</c>; null for none.</param>
    /// <param name="port">The external port that the tracker saw; null where unknown.</param>
    /// <exception cref="DiscoveryException">The ID is not of that form. It comes from a stranger: check it with <see cref="PeerName.IsId"/>, or leave it out.</exception>
    public PeerHint(string? id = null, ushort? port = null)
    {
        if (id is not null && !PeerName.IsId(id))
        {
            throw new DiscoveryException(
                DiscoveryError.BadPeerId,
                nameof(id),
                $"A peer's ID is labels of letters, digits and inner hyphens with dots between them, at most {PeerName.MaxIdLength} characters.");
        }

        Id = id;
        Port = port;
    }

    public string? Id { get; }

    public ushort? Port { get; }
}

/// <summary>One peer of a swarm.</summary>
/// <param name="Address">As the tracker sees it.</param>
/// <param name="Hint">Null where only the address is known.</param>
public readonly record struct Peer(IPAddress Address, PeerHint? Hint = null);
