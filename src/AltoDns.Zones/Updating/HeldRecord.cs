// A record as the dynamic layer compares and keeps it.

using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Zones.Compilation;
using AltoDns.Zones.Serving;

namespace AltoDns.Zones.Updating;

/// <summary>One record of a name.</summary>
/// <param name="TimeToLive">Seconds.</param>
/// <param name="Data">Names uncompressed.</param>
internal readonly record struct HeldRecord(RecordType Type, uint TimeToLive, ReadOnlyMemory<byte> Data)
{
    /// <summary>Whether both are the same record of one RRset: names in the data compare without regard to case (RFC 4034 §6.2).</summary>
    public bool IsSame(RecordType type, ReadOnlySpan<byte> data) =>
        Type == type && (Data.Span.SequenceEqual(data) || (Data.Length == data.Length && Canonical(type, Data.Span).AsSpan().SequenceEqual(Canonical(type, data))));

    /// <summary>Whether it says which ALTO server guides, or its key: what a policy's assignments decide about.</summary>
    public bool IsDiscovery
    {
        get
        {
            var reader = WireReader.OverData(Data.Span);
            return Type switch
            {
                RecordType.NAPTR => NaptrData.TryRead(ref reader, out var naptr) && DiscoveryRecords.IsAlto(naptr),
                RecordType.TXT => TxtData.TryRead(ref reader, out var text) && DiscoveryRecords.IsKey(text),
                _ => false,
            };
        }
    }

    /// <summary>The records of a name of a zone; none where <paramref name="node"/> is negative.</summary>
    public static List<HeldRecord> Of(ZoneSnapshot zone, int node)
    {
        var records = new List<HeldRecord>();
        for (var i = 0; node >= 0 && i < zone.RRsetsOf(node).Length; i++)
        {
            ref readonly var rrset = ref zone.RRset(zone.FirstRRset(node) + i);
            foreach (var data in new RRsetDataEnumerator(zone.DataOf(rrset)))
            {
                records.Add(new HeldRecord(rrset.Type, rrset.TimeToLive, data.ToArray()));
            }
        }

        return records;
    }

    /// <summary>The node of a name, or -1.</summary>
    public static int Find(ZoneSnapshot zone, LookupName lookup, DomainName name)
    {
        lookup.Set(name.Wire);
        return zone.FindNode(lookup);
    }

    private static byte[] Canonical(RecordType type, ReadOnlySpan<byte> wire)
    {
        var reader = WireReader.OverData(wire);
        return RecordTypes.TryReadData(type, ref reader, out var data) ? data.ToWire(canonical: true) : wire.ToArray();
    }
}
