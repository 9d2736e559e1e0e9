// Which names of a zone under construction are not names but hashes of them: the owners of NSEC3 records.

using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Records;

namespace AltoDns.Zones.Serving;

/// <summary>
/// The owners of a zone's NSEC3 chain. They are answered from only to prove something (RFC 5155 §7.2.8), so a snapshot keeps them apart.
/// </summary>
internal sealed class HashedOwners
{
    private readonly HashSet<int> _nodes;

    private HashedOwners(HashSet<int> nodes, Nsec3ParamData parameters)
    {
        _nodes = nodes;
        Parameters = parameters;
    }

    /// <summary>The chain's hash, iterations and salt.</summary>
    public Nsec3ParamData Parameters { get; }

    public bool Contains(int node) => _nodes.Contains(node);

    /// <summary>Whether an owner's record has the chain's parameters; while they change there is a second chain, not to be mixed with it (RFC 5155 §10.4).</summary>
    public bool IsInChain(ZoneBuilder builder, int node)
    {
        for (var record = builder.Nodes[node].FirstRecord; record >= 0; record = builder.Records[record].Next)
        {
            var entry = builder.Records[record];
            var reader = new WireReader(builder.Data.Slice(entry.Offset, entry.Length));
            if (entry.Type == RecordType.NSEC3 && Nsec3ParamData.TryRead(ref reader, out var used)
                && used.HashAlgorithm == Parameters.HashAlgorithm && used.Iterations == Parameters.Iterations && used.Salt.Span.SequenceEqual(Parameters.Salt.Span))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Null where the apex has no NSEC3PARAM that may be used (RFC 5155 §4.1.2): the zone has no chain then.</summary>
    public static HashedOwners? Of(ZoneBuilder builder)
    {
        if (ParametersOf(builder) is not { } parameters)
        {
            return null;
        }

        var hasChildren = new HashSet<int>();
        var nodes = new HashSet<int>();
        for (var node = 1; node < builder.NodeCount; node++)
        {
            var parent = builder.ParentOf(node);
            if (parent == ZoneSnapshot.Apex)
            {
                if (HasOnlyProof(builder, node))
                {
                    nodes.Add(node);
                }
            }
            else
            {
                hasChildren.Add(parent);
            }
        }

        nodes.ExceptWith(hasChildren);
        return new HashedOwners(nodes, parameters);
    }

    private static Nsec3ParamData? ParametersOf(ZoneBuilder builder)
    {
        for (var record = builder.Nodes[ZoneSnapshot.Apex].FirstRecord; record >= 0; record = builder.Records[record].Next)
        {
            var entry = builder.Records[record];
            var reader = new WireReader(builder.Data.Slice(entry.Offset, entry.Length));
            if (entry.Type == RecordType.NSEC3PARAM && Nsec3ParamData.TryRead(ref reader, out var parameters)
                && parameters is { HashAlgorithm: 1, Flags: 0 })
            {
                return parameters;
            }
        }

        return null;
    }

    private static bool HasOnlyProof(ZoneBuilder builder, int node)
    {
        var hasNsec3 = false;
        for (var record = builder.Nodes[node].FirstRecord; record >= 0; record = builder.Records[record].Next)
        {
            var type = builder.Records[record].Type;
            if (type is not (RecordType.NSEC3 or RecordType.RRSIG))
            {
                return false;
            }

            hasNsec3 |= type == RecordType.NSEC3;
        }

        return hasNsec3 && builder.SharedOf(node) == 0;
    }
}
