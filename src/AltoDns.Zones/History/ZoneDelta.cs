// What changed between two versions of a zone, as IXFR tells it.

using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Zones.Serving;

namespace AltoDns.Zones.History;

/// <summary>A record that is in one version and not in the other. A signature has the TTL of what it covers (RFC 4034 §3).</summary>
/// <param name="Data">Names uncompressed.</param>
public readonly record struct DeltaRecord(DomainName Owner, RecordType Type, uint TimeToLive, ReadOnlyMemory<byte> Data);

/// <summary>
/// The records to take out of one version and to put in to get the other (RFC 1995 §4); those that zone files and transfers leave out
/// are in neither. A record whose TTL changes is in both lists. Immutable, and holds neither version.
/// </summary>
public sealed class ZoneDelta
{
    internal ZoneDelta(ZoneSnapshot before, ZoneSnapshot after, DeltaRecorder records)
    {
        Origin = after.Origin;
        SerialBefore = before.Serial;
        SerialAfter = after.Serial;
        Removed = records.Removed;
        Added = records.Added;
        ChangedNames = records.Names;
    }

    public DomainName Origin { get; }

    public uint SerialBefore { get; }

    public uint SerialAfter { get; }

    /// <summary>In canonical order of owners; the SOA, where it changed, comes first. Owners of NSEC3 records come last.</summary>
    public IReadOnlyList<DeltaRecord> Removed { get; }

    /// <summary>In the order of <see cref="Removed"/>.</summary>
    public IReadOnlyList<DeltaRecord> Added { get; }

    /// <summary>Owners of removed or added records, each once, in canonical order; owners of NSEC3 records are not among them.</summary>
    public IReadOnlyList<DomainName> ChangedNames { get; }

    /// <summary>Whether both versions have the same records.</summary>
    public bool IsEmpty => Removed.Count + Added.Count == 0;

    /// <summary>Compares two versions name by name; where one was edited out of the other, only names that were edited are looked at if the log of their nodes tells them.</summary>
    /// <exception cref="ArgumentException">The versions are of different zones.</exception>
    public static ZoneDelta Between(ZoneSnapshot before, ZoneSnapshot after)
    {
        var records = new DeltaRecorder(before, after);
        if (HaveOneLog(before, after))
        {
            // None of these hides others, or it would be in another log.
            Compare(before, after, AppendedNames(before, after), records);
        }
        else
        {
            new SnapshotComparer(before, after).Compare(records.Compare);
        }

        records.CompareChains();
        return new ZoneDelta(before, after, records);
    }

    /// <summary>Compares the names that may have changed, none of which begins or ceases to hide the names below it.</summary>
    /// <param name="names">All names whose RRsets differ, in any order; others do no harm.</param>
    /// <inheritdoc cref="Between"/>
    public static ZoneDelta Of(ZoneSnapshot before, ZoneSnapshot after, IEnumerable<DomainName> names)
    {
        if (HaveOneLog(before, after))
        {
            return Between(before, after);
        }

        var records = new DeltaRecorder(before, after);
        if (!Compare(before, after, names, records))
        {
            return Between(before, after);
        }

        records.CompareChains();
        return new ZoneDelta(before, after, records);
    }

    private static bool HaveOneLog(ZoneSnapshot before, ZoneSnapshot after) =>
        before.Origin == after.Origin && before.Parts.Log == after.Parts.Log && before.Parts.Lineage == after.Parts.Lineage;

    // Whichever of two versions in one log is the later has a node of its own for each name by which they differ, save the apex.
    private static IEnumerable<DomainName> AppendedNames(ZoneSnapshot before, ZoneSnapshot after)
    {
        var (earlier, later) = before.NodeEnd <= after.NodeEnd ? (before, after) : (after, before);
        return Enumerable.Range(earlier.NodeEnd, later.NodeEnd - earlier.NodeEnd).Select(later.NameOf).Append(after.Origin);
    }

    // Returns whether none hides or lays open those below.
    private static bool Compare(ZoneSnapshot before, ZoneSnapshot after, IEnumerable<DomainName> names, DeltaRecorder records)
    {
        var lookup = new LookupName();
        var isComplete = true;
        foreach (var name in names.Distinct().Order())
        {
            lookup.Set(name.Wire);
            var (left, right) = (before.FindNode(lookup), after.FindNode(lookup));
            isComplete &= HidingOf(before, left) == HidingOf(after, right);
            records.Compare(left, right);
        }

        return isComplete;
    }

    private static NodeFlags HidingOf(ZoneSnapshot zone, int node) =>
        node < 0 ? NodeFlags.None : zone.Node(node).Flags & (NodeFlags.Cut | NodeFlags.Dname | NodeFlags.Occluded);
}
