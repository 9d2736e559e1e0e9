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

    /// <summary>Compares two versions name by name; where one was edited out of the other, what they share is not looked at.</summary>
    /// <exception cref="ArgumentException">The versions are of different zones.</exception>
    public static ZoneDelta Between(ZoneSnapshot before, ZoneSnapshot after)
    {
        var records = new DeltaRecorder(before, after);
        new SnapshotComparer(before, after).Compare(records.Compare);
        records.CompareChains();
        return new ZoneDelta(before, after, records);
    }

    /// <summary>Compares the names that may have changed, none of which begins or ceases to hide the names below it.</summary>
    /// <param name="names">All names whose RRsets differ, in any order; others do no harm.</param>
    /// <inheritdoc cref="Between"/>
    public static ZoneDelta Of(ZoneSnapshot before, ZoneSnapshot after, IEnumerable<DomainName> names)
    {
        var records = new DeltaRecorder(before, after);
        var lookup = new LookupName();
        foreach (var name in names.Distinct().Order())
        {
            lookup.Set(name.Wire);
            var (left, right) = (before.FindNode(lookup), after.FindNode(lookup));
            if (HidingOf(before, left) != HidingOf(after, right))
            {
                return Between(before, after);
            }

            records.Compare(left, right);
        }

        records.CompareChains();
        return new ZoneDelta(before, after, records);
    }

    private static NodeFlags HidingOf(ZoneSnapshot zone, int node) =>
        node < 0 ? NodeFlags.None : zone.Node(node).Flags & (NodeFlags.Cut | NodeFlags.Dname | NodeFlags.Occluded);
}
