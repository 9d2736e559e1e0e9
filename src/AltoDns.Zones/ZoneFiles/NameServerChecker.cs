// Says which name servers of a zone and of its delegations cannot be reached by the addresses that the zone gives.

using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Zones.Serving;

namespace AltoDns.Zones.ZoneFiles;

/// <summary>Looks at the targets of NS records that lie in the zone; all its findings are warnings.</summary>
internal sealed class NameServerChecker(ZoneDraft draft, ZoneSurvey survey)
{
    private readonly ZoneBuilder _zone = draft.Zone;
    private readonly HashSet<DomainName> _reported = [];

    /// <summary>Checks the NS records of the apex and of every cut that is not hidden itself.</summary>
    public void Check()
    {
        for (var node = 0; node < _zone.NodeCount; node++)
        {
            if (!survey.HasNameServers(node) || survey.OccluderOf(node) >= 0)
            {
                continue;
            }

            for (var record = _zone.Nodes[node].FirstRecord; record >= 0; record = _zone.Records[record].Next)
            {
                var entry = _zone.Records[record];
                if (entry.Type == RecordType.NS
                    && DomainName.TryFromWire(_zone.Data.Slice(entry.Offset, entry.Length), out var target)
                    && target.IsSubdomainOf(_zone.Origin))
                {
                    CheckTarget(node, record, target);
                }
            }
        }
    }

    private void CheckTarget(int node, int record, DomainName target)
    {
        var encloser = ClosestEncloser(target, out var exists);
        var cut = survey.CutAt(encloser);
        if (cut < 0 && (survey.IsBelowSubtreeAlias(encloser) || (survey.IsSubtreeAlias(encloser) && !exists)))
        {
            Warn(record, target, $"The name server {target} lies below a DNAME; resolvers may refuse to follow it.", "Name the server by its real name (RFC 2181 §10.3).");
        }
        else if (cut < 0 && exists && survey.IsAlias(encloser))
        {
            Warn(record, target, $"The name server {target} is an alias; resolvers may refuse to follow it.", "Name the server by its real name (RFC 2181 §10.3).");
        }
        else if (exists && survey.HasAddress(encloser))
        {
            return;
        }
        else if (cut == node && node != ZoneSnapshot.Apex)
        {
            Warn(record, null, $"The name server {target} of {survey.NameOf(node)} lies in the delegated zone and has no address here.", "Add its A or AAAA record as glue (RFC 9471).");
        }
        else if (cut < 0 && (exists || !HasWildcardAddress(encloser)))
        {
            Warn(record, target, $"The name server {target} has no address in this zone.", "Add its A or AAAA record.");
        }
    }

    /// <summary>The node of the name or of its nearest ancestor that exists.</summary>
    private int ClosestEncloser(DomainName name, out bool exists)
    {
        var node = _zone.FindName(name);
        exists = node >= 0;
        while (node < 0)
        {
            name = name.Parent;
            node = _zone.FindName(name);
        }

        return node;
    }

    // RFC 4592 §3.3.1: the wildcard directly below the closest encloser is the one that answers.
    private bool HasWildcardAddress(int encloser) =>
        survey.NameOf(encloser).TryPrependWildcard(out var wildcard) && _zone.FindName(wildcard) is >= 0 and var node && survey.HasAddress(node);

    /// <param name="once">A name server that is reported once however many zones it serves; null to report each time.</param>
    private void Warn(int record, DomainName? once, string fault, string remedy)
    {
        if (once is not { } name || _reported.Add(name))
        {
            draft.Problems.Warn(draft.PositionOf(record), fault, remedy);
        }
    }
}
