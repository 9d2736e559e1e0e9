// What an operator wrote about a carrier-grade NAT: which server guides which of the peers that share an address.

using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Zones.Compilation;

namespace AltoDns.Zones.Configuration;

/// <summary>The external addresses of a NAT, and the rules that hold at each of them.</summary>
/// <param name="Prefix">One address or a pool, inside the policy's zones.</param>
/// <param name="Peers">Without duplicates, in the order of the file.</param>
/// <param name="Ports">Without overlap, in the order of the file; those of port blocks and port sets are written out.</param>
public sealed record NatDocument(
    IPPrefix Prefix,
    IReadOnlyList<NatPeerDocument> Peers,
    IReadOnlyList<NatPortsDocument> Ports,
    SourcePosition Position)
{
    /// <summary>IDs that another operator answers for; none at, above or below a peer or another region.</summary>
    public IReadOnlyList<NatRegionDocument> Regions { get; init; } = [];

    /// <summary>Ports that follow from the customers' IPv6 prefixes; null for none. <see cref="Ports"/> is then empty.</summary>
    public NatMapDocument? Map { get; init; }
}

/// <summary>Peer IDs and their server.</summary>
/// <param name="Pattern">LDH labels with dots between them, most specific first, as in <c>c1f3.north</c>; the first may be <c>*</c>, alone or before others.</param>
/// <param name="Server">Index into <see cref="PolicyDocument.Servers"/>.</param>
public sealed record NatPeerDocument(string Pattern, int Server, SourcePosition Position);

/// <summary>A peer ID that is delegated with all IDs below it.</summary>
/// <param name="Id">LDH labels with dots between them.</param>
/// <param name="Nameservers">At least one. None lies below the cut, whose name no host can have (RFC 8552 §1.2).</param>
/// <param name="Ds">The child's DS records, possibly none.</param>
public sealed record NatRegionDocument(
    string Id, IReadOnlyList<Positioned<DomainName>> Nameservers, IReadOnlyList<RecordData> Ds, SourcePosition Position);

/// <summary>External ports and their server.</summary>
/// <param name="First">0 to 65535.</param>
/// <param name="Last">Not below <paramref name="First"/>, and included.</param>
/// <param name="Server">Index into <see cref="PolicyDocument.Servers"/>.</param>
public sealed record NatPortsDocument(ushort First, ushort Last, int Server, SourcePosition Position);

/// <summary>A MAP-E domain (RFC 7597) whose customers have the server of their IPv6 prefix.</summary>
/// <param name="Rule">Its IPv4 prefix is that of the NAT.</param>
/// <param name="Assignments">IPv6 prefixes and their server; null for those of the policy.</param>
public sealed record NatMapDocument(MapRule Rule, IReadOnlyList<AssignmentDocument>? Assignments, SourcePosition Position);
