// Notes the records by which the names of two versions of a zone differ.

using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Zones.Serving;
using AltoDns.Zones.ZoneFiles;

namespace AltoDns.Zones.History;

/// <summary>Takes names in canonical order; used once.</summary>
internal sealed class DeltaRecorder(ZoneSnapshot before, ZoneSnapshot after)
{
    private readonly List<DeltaRecord> _left = [];
    private readonly List<DeltaRecord> _right = [];

    public List<DeltaRecord> Removed { get; } = [];

    public List<DeltaRecord> Added { get; } = [];

    public List<DomainName> Names { get; } = [];

    /// <summary>Notes what differs at one name.</summary>
    /// <param name="left">Its node in the version before; -1 for none.</param>
    /// <param name="right">Its node in the version after; -1 for none.</param>
    public void Compare(int left, int right)
    {
        if (left < 0 && right < 0)
        {
            return;
        }

        var name = left >= 0 ? before.NameOf(left) : after.NameOf(right);
        AddRecords(before, left, name, _left);
        AddRecords(after, right, name, _right);
        if (NoteDifference(isApex: (left < 0 ? right : left) == ZoneSnapshot.Apex))
        {
            Names.Add(name);
        }
    }

    /// <summary>Notes what differs between the chains of hashed names; after all names.</summary>
    public void CompareChains()
    {
        if (ReferenceEquals(before.Nsec3, after.Nsec3))
        {
            return;
        }

        if (before.Parts.Lineage == after.Parts.Lineage)
        {
            // Equal places have equal RRsets.
            foreach (var (leftLink, rightLink) in Nsec3Difference.Between(before.Nsec3, after.Nsec3))
            {
                AddLink(before, leftLink, _left);
                AddLink(after, rightLink, _right);
                NoteDifference(isApex: false);
            }

            return;
        }

        var (left, right) = (0, 0);
        var (leftCount, rightCount) = (before.Nsec3?.Count ?? 0, after.Nsec3?.Count ?? 0);
        while (left < leftCount || right < rightCount)
        {
            var order = left == leftCount ? 1
                : right == rightCount ? -1
                : before.Nsec3!.HashOf(left).SequenceCompareTo(after.Nsec3!.HashOf(right));
            AddLink(before, order <= 0 ? left : -1, _left);
            AddLink(after, order >= 0 ? right : -1, _right);
            NoteDifference(isApex: false);
            left += order <= 0 ? 1 : 0;
            right += order >= 0 ? 1 : 0;
        }
    }

    private static void AddLink(ZoneSnapshot zone, int link, List<DeltaRecord> records)
    {
        if (link >= 0)
        {
            AddRRset(zone, zone.Nsec3!.RRsetOf(link), zone.Nsec3.OwnerOf(link, zone.Origin), records);
        }
    }

    private static void AddRecords(ZoneSnapshot zone, int node, DomainName name, List<DeltaRecord> records)
    {
        if (node < 0)
        {
            return;
        }

        var first = zone.FirstRRset(node);
        for (var i = 0; i < zone.RRsetsOf(node).Length; i++)
        {
            if (!ZoneExporter.IsLeftOut(zone, node, zone.RRset(first + i).Type))
            {
                AddRRset(zone, first + i, name, records);
            }
        }
    }

    private static void AddRRset(ZoneSnapshot zone, int rrset, DomainName name, List<DeltaRecord> records)
    {
        ref readonly var set = ref zone.RRset(rrset);
        foreach (var data in new RRsetDataEnumerator(zone.DataOf(set)))
        {
            records.Add(new DeltaRecord(name, set.Type, set.TimeToLive, data.ToArray()));
        }

        foreach (var data in new RRsetDataEnumerator(zone.SignaturesOf(rrset)))
        {
            records.Add(new DeltaRecord(name, RecordType.RRSIG, set.TimeToLive, data.ToArray()));
        }
    }

    // Empties the records of the name at hand; returns whether they differ.
    private bool NoteDifference(bool isApex)
    {
        var (removed, added) = (Removed.Count, Added.Count);
        foreach (var record in _left.Where(record => !_right.Exists(other => IsSame(record, other))))
        {
            // RFC 1995 §4: the SOA comes first.
            Removed.Insert(isApex && record.Type == RecordType.SOA ? 0 : Removed.Count, record);
        }

        foreach (var record in _right.Where(record => !_left.Exists(other => IsSame(record, other))))
        {
            Added.Insert(isApex && record.Type == RecordType.SOA ? 0 : Added.Count, record);
        }

        _left.Clear();
        _right.Clear();
        return Removed.Count != removed || Added.Count != added;
    }

    private static bool IsSame(in DeltaRecord left, in DeltaRecord right) =>
        left.Type == right.Type && left.TimeToLive == right.TimeToLive && left.Data.Span.SequenceEqual(right.Data.Span);
}
