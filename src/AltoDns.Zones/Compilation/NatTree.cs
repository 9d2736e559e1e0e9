// Writes the rules of a NAT as names below one node: IDs below _peer, ports below _port, a default wherever nothing matches.
//
//   *                       the address's default
//   _peer   *               the default, or what "*" says
//           north           as *, and its own wildcard where there is a rule *.north
//   _port   *               the default
//           9   *           the default: some ports below have a server of their own
//               c   *       a block of 256 ports

using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.Serving;

namespace AltoDns.Zones.Compilation;

/// <param name="servers">For each server of the policy what <see cref="ZoneBuilder.DefineShared"/> returned.</param>
internal sealed class NatTree(ZoneBuilder builder, IReadOnlyList<int> servers, uint timeToLive, ProblemList problems)
{
    private static readonly byte[] Nibbles = [.. "0123456789abcdef"u8];

    /// <summary>Writes the names below a node.</summary>
    /// <param name="byDefault">The shared records of IDs and ports that match nothing; 0 for none, which leaves those names out.</param>
    public void Write(int node, NatDocument nat, IReadOnlyList<NatPorts> ports, int byDefault)
    {
        ShareWildcard(node, byDefault, nat);
        if (nat.Peers.Count + nat.Regions.Count > 0)
        {
            WritePeers(builder.AddChild(node, PeerName.PeerLabel), PeerPattern.TreeOf(nat), byDefault, nat);
        }

        if (ports.Count > 0)
        {
            WritePorts(builder.AddChild(node, PeerName.PortLabel), ports, byDefault, nat);
        }
    }

    private void WritePeers(int node, PeerPattern pattern, int inherited, NatDocument nat)
    {
        if (pattern.Region is { } region)
        {
            WriteCut(node, region);
            return;
        }

        Share(node, pattern.Own is { } own ? servers[own.Server] : inherited, nat);
        var below = pattern.Wildcard is { } wildcard ? servers[wildcard.Server] : inherited;
        ShareWildcard(node, below, nat);
        foreach (var child in pattern.Children)
        {
            WritePeers(builder.AddChild(node, System.Text.Encoding.ASCII.GetBytes(child.Label)), child, below, nat);
        }
    }

    private void WritePorts(int root, IReadOnlyList<NatPorts> ports, int byDefault, NatDocument nat)
    {
        ShareWithWildcard(root, byDefault, nat);
        foreach (var (range, server) in ports)
        {
            // What has the default needs no name: it is there already.
            if (servers[server] == byDefault)
            {
                continue;
            }

            foreach (var block in range.ToBlocks())
            {
                WriteBlock(root, block, servers[server], byDefault, nat);
            }
        }
    }

    private void WriteBlock(int root, PortBlock block, int shared, int byDefault, NatDocument nat)
    {
        var node = root;
        for (var nibble = 0; nibble < block.Nibbles; nibble++)
        {
            var known = builder.NodeCount;
            node = builder.AddChild(node, Nibbles.AsSpan(block.First >> (12 - nibble * 4) & 0xF, 1));

            // RFC 4592 §2.2.2: a name that exists hides the wildcard beside it, so it gets what that would have given.
            if (node == known && nibble < block.Nibbles - 1)
            {
                ShareWithWildcard(node, byDefault, nat);
            }
        }

        if (block.Nibbles < PeerName.PortLabels)
        {
            ShareWithWildcard(node, shared, nat);
        }
        else
        {
            Share(node, shared, nat);
        }
    }

    private void WriteCut(int node, NatRegionDocument region)
    {
        foreach (var nameserver in region.Nameservers)
        {
            builder.AddRecord(node, timeToLive, new NsData(nameserver.Value));
        }

        foreach (var ds in region.Ds)
        {
            builder.AddRecord(node, timeToLive, ds);
        }
    }

    private void ShareWithWildcard(int node, int shared, NatDocument nat)
    {
        Share(node, shared, nat);
        ShareWildcard(node, shared, nat);
    }

    private void ShareWildcard(int node, int shared, NatDocument nat)
    {
        if (shared != 0)
        {
            Share(builder.AddWildcard(node), shared, nat);
        }
    }

    private void Share(int node, int shared, NatDocument nat)
    {
        if (builder.HasRecord(node, RecordType.NS) || builder.HasRecord(node, RecordType.CNAME) || builder.HasRecord(node, RecordType.DNAME))
        {
            problems.Warn(
                nat.Position,
                $"The NAT {nat.Prefix} is hidden, wholly or in part: the base zone delegates or redirects {builder.NameOf(node)}.",
                "Remove that from the base zone, or publish the rules where it leads.");
            return;
        }

        builder.Share(node, shared);
    }
}
