// Which name each hash of a zone's NSEC3 chain stands for: PowerDNS makes the record from the types at that name.

using System.Runtime.CompilerServices;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Security;
using AltoDns.Zones.Serving;

namespace AltoDns.Server.PowerDns;

/// <summary>Made for a version of a zone when it is first needed, which takes about a second for a million names. Safe for any number of threads.</summary>
internal sealed class HashedNodes
{
    private static readonly ConditionalWeakTable<ZoneSnapshot, Lazy<int[]>> Made = [];

    /// <summary>The node whose name has the hash of a link; -1 where the chain lists a name that the zone does not have.</summary>
    public static int NodeOf(ZoneSnapshot zone, int link) =>
        Made.GetValue(zone, version => new Lazy<int[]>(() => Make(version))).Value[link];

    private static int[] Make(ZoneSnapshot zone)
    {
        var chain = zone.Nsec3!;
        var nodes = new int[chain.Count];
        Array.Fill(nodes, -1);
        int[] names = [.. zone.InOrder];
        Parallel.For(0, names.Length, place =>
        {
            var node = names[place];
            if ((zone.Node(node).Flags & NodeFlags.Occluded) != 0)
            {
                return;
            }

            Span<byte> name = stackalloc byte[DomainName.MaxLength];
            Span<byte> hash = stackalloc byte[Nsec3Hash.Length];
            Nsec3Hash.Compute(name[..zone.WriteName(node, name)], chain.Parameters, hash);
            if (chain.Find(hash, out var isExact) is var link && isExact)
            {
                nodes[link] = node;
            }
        });
        return nodes;
    }
}
