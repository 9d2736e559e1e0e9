// Adds to an answer from a signed zone what lets a validator believe what is not in it (RFC 4035 §3.1.3, RFC 5155 §7.2).

using AltoDns.Protocol.Records;
using AltoDns.Zones.Serving;

namespace AltoDns.Server.Answering;

internal static class DenialSelector
{
    /// <summary>Adds the proofs that one step of an answer needs to the authority section, and to a referral its DS RRset.</summary>
    /// <param name="zone">A signed zone.</param>
    /// <param name="name">The name that was looked up.</param>
    /// <param name="found">What was found.</param>
    public static void Select(ZoneSnapshot zone, LookupName name, LookupResult found, AnswerPlan plan)
    {
        switch (found.Outcome)
        {
            case LookupOutcome.NoData or LookupOutcome.NameError:
            case LookupOutcome.Found or LookupOutcome.Alias when found.FromWildcard:
                AddProof(zone, name, found, plan);
                break;
            case LookupOutcome.Delegation:
                // RFC 4035 §3.1.4: the DS RRset, or that there is none.
                var ds = zone.FindRRset(found.Node, RecordType.DS);
                if (ds >= 0)
                {
                    plan.Add(Section.Authority, zone, found.Node, ds);
                }
                else
                {
                    AddProof(zone, name, found, plan);
                }

                break;
            default:
                break;
        }
    }

    private static void AddProof(ZoneSnapshot zone, LookupName name, LookupResult found, AnswerPlan plan)
    {
        if (zone.Nsec3 is not { Count: > 0 } chain)
        {
            NsecProof.Add(zone, name, found, plan);
        }
        else if (chain.IsAffordable)
        {
            Nsec3Proof.Add(zone, chain, name, found, plan);
        }
        else
        {
            // RFC 9276 §3.2: one record tells a validator that there are too many iterations, and it looks no further.
            plan.AddProof(zone, chain, 0);
        }
    }
}
