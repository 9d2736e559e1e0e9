// What an operator wrote about a carrier-grade NAT: which server guides which of the peers that share an address.

using AltoDns.Protocol.Names;

namespace AltoDns.Zones.Configuration;

/// <summary>The external addresses of a NAT, and the rules that hold at each of them.</summary>
/// <param name="Prefix">One address or a pool, inside the policy's zones.</param>
/// <param name="Peers">Without duplicates, in the order of the file.</param>
/// <param name="Ports">Without overlap, in the order of the file.</param>
public sealed record NatDocument(
    IPPrefix Prefix,
    IReadOnlyList<NatPeerDocument> Peers,
    IReadOnlyList<NatPortsDocument> Ports,
    SourcePosition Position);

/// <summary>Peer IDs and their server.</summary>
/// <param name="Pattern">LDH labels with dots between them, most specific first, as in <c>c1f3.north</c>; the first may be <c>*</c>, alone or before others.</param>
/// <param name="Server">Index into <see cref="PolicyDocument.Servers"/>.</param>
public sealed record NatPeerDocument(string Pattern, int Server, SourcePosition Position);

/// <summary>External ports and their server.</summary>
/// <param name="First">0 to 65535.</param>
/// <param name="Last">Not below <paramref name="First"/>, and included.</param>
/// <param name="Server">Index into <see cref="PolicyDocument.Servers"/>.</param>
public sealed record NatPortsDocument(ushort First, ushort Last, int Server, SourcePosition Position);
