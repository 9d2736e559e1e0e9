// One step from a version of a zone to the next, as another server tells it (RFC 1995 §4).

using AltoDns.Protocol.Records;
using AltoDns.Zones.Serving;

namespace AltoDns.Zones.History;

/// <summary>Records to take out of one version and to put in to get the next. Immutable; not checked against any version.</summary>
/// <param name="Removed">The SOA of the version before is among them; TTLs do not count.</param>
/// <param name="Added">The SOA of the version after is among them.</param>
public sealed record ZoneIncrement(uint SerialBefore, uint SerialAfter, IReadOnlyList<DeltaRecord> Removed, IReadOnlyList<DeltaRecord> Added)
{
    // RFC 1035 §4.1.3: type, class, TTL and length.
    private const int RecordHeader = 10;

    /// <summary>Makes the version after a chain of changes; <paramref name="before"/> stays as it is.</summary>
    /// <param name="changes">At least one, each beginning where the one before ended, the first at <paramref name="before"/>.</param>
    /// <param name="fault">Why the changes cannot be made, as the end of a sentence; null where they were.</param>
    /// <returns>Null where they do not fit the zone, or do not leave a zone: nothing is half done.</returns>
    public static ZoneSnapshot? Apply(ZoneSnapshot before, IReadOnlyList<ZoneIncrement> changes, out string? fault) =>
        new DeltaApplier(before).Run(changes, out fault);

    /// <summary>Octets of all records, names uncompressed.</summary>
    public long Octets => Removed.Concat(Added).Sum(record => (long)record.Owner.Length + RecordHeader + record.Data.Length);

    /// <summary>Whether two records of a type are the same (RFC 4034 §6.2).</summary>
    internal static bool IsSameData(RecordType type, ReadOnlySpan<byte> left, ReadOnlySpan<byte> right) =>
        left.Length == right.Length && (left.SequenceEqual(right) || Decode(type, left).Equals(Decode(type, right)));

    private static RecordData Decode(RecordType type, ReadOnlySpan<byte> data)
    {
        var reader = Protocol.Messages.WireReader.OverData(data);
        return RecordTypes.TryReadData(type, ref reader, out var decoded) ? decoded : new UnknownData(type, data.ToArray());
    }
}
