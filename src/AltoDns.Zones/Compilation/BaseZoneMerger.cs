// Puts an operator's existing records into the zones of a policy.

using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.ZoneFiles;

namespace AltoDns.Zones.Compilation;

/// <summary>Takes base records one by one; used once.</summary>
internal sealed class BaseZoneMerger(IReadOnlyList<ZoneDraft> zones, ProblemList problems)
{
    private readonly Dictionary<DomainName, ZoneDraft> _byOrigin = zones.ToDictionary(zone => zone.Zone.Origin);

    /// <summary>Adds a record to the zone with the longest origin that encloses its owner.</summary>
    public void Add(ZoneRecord record)
    {
        if (FindEnclosing(record.Owner) is not { } zone)
        {
            problems.Error(
                record.Position,
                $"{record.Owner} lies in none of the policy's zones.",
                "Remove the record, or add the zone that it belongs to.");
        }
        else if (GivesWay(record, out var reason))
        {
            problems.Warn(record.Position, reason, "Remove it from the base zone.");
        }
        else
        {
            zone.Add(record);
        }
    }

    private ZoneDraft? FindEnclosing(DomainName owner)
    {
        if (zones.Count == 1)
        {
            return owner.IsSubdomainOf(zones[0].Zone.Origin) ? zones[0] : null;
        }

        for (var name = owner; ; name = name.Parent)
        {
            if (_byOrigin.TryGetValue(name, out var zone))
            {
                return zone;
            }

            if (name.IsRoot)
            {
                return null;
            }
        }
    }

    // One place says which server guides a prefix, or the longest prefix would not win.
    private static bool GivesWay(ZoneRecord record, out string reason)
    {
        reason = record.Data switch
        {
            NaptrData naptr when DiscoveryRecords.IsAlto(naptr) => $"The ALTO NAPTR of the base zone at {record.Owner} is not served: the policy's assignments take its place.",
            TxtData text when DiscoveryRecords.IsKey(text) => $"The ALTO key record of the base zone at {record.Owner} is not served: the policy's keys take its place.",
            _ => "",
        };
        return reason.Length > 0;
    }
}
