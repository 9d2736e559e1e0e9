// Puts an operator's existing records into the zones of a policy.

using AltoDns.Protocol.Names;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.ZoneFiles;

namespace AltoDns.Zones.Compilation;

/// <summary>Takes base records one by one; used once.</summary>
internal sealed class BaseZoneMerger(IReadOnlyList<(ZoneContent Content, ZoneDraft Draft)> zones, ProblemList problems)
{
    private readonly Dictionary<DomainName, int> _byOrigin = zones.Index().ToDictionary(pair => pair.Item.Content.Origin, pair => pair.Index);

    /// <summary>Adds a record to the zone with the longest origin that encloses its owner.</summary>
    public void Add(ZoneRecord record)
    {
        var zone = FindEnclosing(record.Owner);
        if (zone < 0)
        {
            problems.Error(
                record.Position,
                $"{record.Owner} lies in none of the policy's zones.",
                "Remove the record, or add the zone that it belongs to.");
        }
        else if (zones[zone].Content.ReasonToLeaveOut(record) is { } reason)
        {
            problems.Warn(record.Position, reason, "Remove it from the base zone.");
        }
        else
        {
            zones[zone].Draft.Add(record);
        }
    }

    // The index of the zone, or -1.
    private int FindEnclosing(DomainName owner)
    {
        if (zones.Count == 1)
        {
            return owner.IsSubdomainOf(zones[0].Content.Origin) ? 0 : -1;
        }

        for (var name = owner; ; name = name.Parent)
        {
            if (_byOrigin.TryGetValue(name, out var zone))
            {
                return zone;
            }

            if (name.IsRoot)
            {
                return -1;
            }
        }
    }
}
