// Puts an operator's existing records into the zones of a policy.

using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.ZoneFiles;

namespace AltoDns.Zones.Compilation;

internal static class BaseZoneMerger
{
    /// <summary>Adds each record to the zone with the longest origin that encloses its owner.</summary>
    public static void Merge(IReadOnlyList<ZoneDraft> zones, IEnumerable<ZoneRecord> records, ProblemList problems)
    {
        var byOrigin = zones.ToDictionary(zone => zone.Zone.Origin);
        foreach (var record in records)
        {
            if (FindEnclosing(byOrigin, record.Owner) is not { } zone)
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

    private static ZoneDraft? FindEnclosing(Dictionary<DomainName, ZoneDraft> zones, DomainName owner)
    {
        for (var name = owner; ; name = name.Parent)
        {
            if (zones.TryGetValue(name, out var zone))
            {
                return zone;
            }

            if (name.IsRoot)
            {
                return null;
            }
        }
    }
}
