// Proofs from hashed names (RFC 5155 §7.2): each hashes three names at most, more only above delegations that opt out.

using AltoDns.Protocol.Names;
using AltoDns.Protocol.Security;
using AltoDns.Zones.Serving;

namespace AltoDns.Server.Answering;

/// <summary>Adds NSEC3 RRsets to the authority section. A chain with a hole gives less than a proof, never a fault.</summary>
internal static class Nsec3Proof
{
    /// <param name="name">The name that was looked up.</param>
    /// <param name="found">A name error, no data, a wildcard that stands in for the name, or a cut without DS.</param>
    public static void Add(ZoneSnapshot zone, Nsec3Chain chain, LookupName name, LookupResult found, AnswerPlan plan)
    {
        int depth = zone.Node(found.Node).Depth;
        int provable;
        switch (found.Outcome)
        {
            case LookupOutcome.NameError:
                // RFC 5155 §7.2.2. Above delegations that opt out the wildcard is denied where the closest encloser can be proved.
                provable = AddClosestProvable(zone, chain, name, depth, plan);
                AddCovering(zone, chain, name.Suffix(provable + 1), plan);
                AddWildcard(zone, chain, name, provable, plan);
                break;
            case LookupOutcome.NoData when found.FromWildcard:
                // RFC 5155 §7.2.5.
                provable = AddClosestProvable(zone, chain, name, depth - 1, plan);
                AddCovering(zone, chain, name.Suffix(provable + 1), plan);
                AddWildcard(zone, chain, name, depth - 1, plan);
                break;
            case LookupOutcome.NoData or LookupOutcome.Delegation:
                // RFC 5155 §7.2.3, §7.2.4, §7.2.7: the types of the name, or the opt-out that covers it.
                provable = AddClosestProvable(zone, chain, name, depth, plan);
                if (provable < depth)
                {
                    AddCovering(zone, chain, name.Suffix(provable + 1), plan);
                }

                break;
            default:
                // RFC 5155 §7.2.6: the closest encloser is known from the signature's number of labels. A wildcard has as many as the next closer name.
                AddCovering(zone, chain, name.Suffix(depth), plan);
                break;
        }
    }

    /// <summary>
    /// Adds the link of the deepest name, at or above the one of this depth, that is in the chain (RFC 5155 §7.2.1). Unsigned delegations
    /// and empty non-terminals with nothing else below may be missing from a chain that opts out.
    /// </summary>
    /// <returns>Its depth.</returns>
    private static int AddClosestProvable(ZoneSnapshot zone, Nsec3Chain chain, LookupName name, int depth, AnswerPlan plan)
    {
        var link = Find(chain, name.Suffix(depth), out var isMatch);
        while (!isMatch && depth > zone.OriginDepth)
        {
            link = Find(chain, name.Suffix(--depth), out isMatch);
        }

        if (isMatch)
        {
            plan.AddProof(zone, chain, link);
        }

        return depth;
    }

    private static void AddCovering(ZoneSnapshot zone, Nsec3Chain chain, ReadOnlySpan<byte> name, AnswerPlan plan)
    {
        var link = Find(chain, name, out var isMatch);
        if (!isMatch)
        {
            plan.AddProof(zone, chain, link);
        }
    }

    /// <summary>Adds what tells of the wildcard below a name: that it is not there, or which types it has.</summary>
    private static void AddWildcard(ZoneSnapshot zone, Nsec3Chain chain, LookupName name, int depth, AnswerPlan plan)
    {
        var parent = name.Suffix(depth);
        Span<byte> wildcard = stackalloc byte[LookupName.WildcardLabel.Length + DomainName.MaxLength];
        LookupName.WildcardLabel.CopyTo(wildcard);
        parent.CopyTo(wildcard[LookupName.WildcardLabel.Length..]);
        plan.AddProof(zone, chain, Find(chain, wildcard[..(LookupName.WildcardLabel.Length + parent.Length)], out _));
    }

    private static int Find(Nsec3Chain chain, ReadOnlySpan<byte> name, out bool isMatch)
    {
        Span<byte> hash = stackalloc byte[Nsec3Hash.Length];
        Nsec3Hash.Compute(name, chain.Parameters, hash);
        return chain.Find(hash, out isMatch);
    }
}
