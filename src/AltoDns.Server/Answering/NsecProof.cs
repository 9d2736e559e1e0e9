// Proofs from the names of a zone in their order (RFC 4035 §3.1.3): one or two NSEC RRsets.

using AltoDns.Zones.Serving;

namespace AltoDns.Server.Answering;

/// <summary>Adds NSEC RRsets to the authority section. A chain with a hole gives less than a proof, never a fault.</summary>
internal static class NsecProof
{
    /// <param name="name">The name that was looked up.</param>
    /// <param name="found">A name error, no data, a wildcard that stands in for the name, or a cut without DS.</param>
    public static void Add(ZoneSnapshot zone, LookupName name, LookupResult found, AnswerPlan plan)
    {
        switch (found.Outcome)
        {
            case LookupOutcome.NameError:
                // RFC 4035 §3.1.3.2: neither the name nor the wildcard that could stand in for it.
                AddCovering(zone, name, found.Node, plan);
                AddIfThere(zone, NsecLookup.FindCovering(zone, found.Node, LookupName.WildcardLabel), plan);
                break;
            case LookupOutcome.NoData or LookupOutcome.Delegation:
                // RFC 4035 §3.1.3.1, §3.1.4: the types of the name itself, or of the wildcard that stands in for it (§3.1.3.4).
                AddIfThere(zone, NsecLookup.Find(zone, found.Node), plan);
                break;
            default:
                break;
        }

        if (found.FromWildcard)
        {
            // RFC 4035 §3.1.3.3: no closer name exists.
            AddCovering(zone, name, zone.Node(found.Node).Parent, plan);
        }
    }

    private static void AddCovering(ZoneSnapshot zone, LookupName name, int closestEncloser, AnswerPlan plan)
    {
        var label = name.Label(zone.Node(closestEncloser).Depth + 1);
        AddIfThere(zone, NsecLookup.FindCovering(zone, closestEncloser, label), plan);
    }

    private static void AddIfThere(ZoneSnapshot zone, NsecLink link, AnswerPlan plan)
    {
        if (link.RRset >= 0)
        {
            plan.AddProof(zone, link);
        }
    }
}
