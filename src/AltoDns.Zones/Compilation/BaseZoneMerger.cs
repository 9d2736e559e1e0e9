// Puts an operator's existing records into the zones of a policy.

using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.Serving;
using AltoDns.Zones.ZoneFiles;

namespace AltoDns.Zones.Compilation;

internal static class BaseZoneMerger
{
    /// <summary>Adds each record to the zone with the longest origin that encloses its owner.</summary>
    public static void Merge(IReadOnlyList<ZoneBuilder> zones, IEnumerable<ZoneRecord> records, ProblemList problems)
    {
        var byOrigin = zones.ToDictionary(zone => zone.Origin);
        ZoneBuilder? last = null;
        foreach (var record in records)
        {
            // Records come in runs of one zone.
            if (last is null || zones.Count > 1 || !record.Owner.IsSubdomainOf(last.Origin))
            {
                last = FindEnclosing(byOrigin, record.Owner);
            }

            if (last is null)
            {
                problems.Error(
                    record.Position,
                    $"{record.Owner} lies in none of the policy's zones.",
                    "Remove the record, or add the zone that it belongs to.");
                continue;
            }

            if (GivesWay(record, out var reason))
            {
                problems.Warn(record.Position, reason, "Remove it from the base zone.");
                continue;
            }

            last.AddRecord(last.AddName(record.Owner), record.TimeToLive, record.Data);
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

    private static ZoneBuilder? FindEnclosing(Dictionary<DomainName, ZoneBuilder> zones, DomainName owner)
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
