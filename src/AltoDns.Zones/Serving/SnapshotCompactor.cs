// Gives back what earlier versions of a zone have left: labels, RRsets and data that no name needs.

using System.Numerics;
using System.Runtime.CompilerServices;

namespace AltoDns.Zones.Serving;

/// <summary>Linear in the size of the zone, and so done only when at least half of what is stored may be unused. Takes zones that are frozen.</summary>
internal static class SnapshotCompactor
{
    // Less than this is not worth the work.
    private const int LeastUnused = 1 << 16;

    /// <summary>Octets of the entries of RRsets, without their data.</summary>
    public static long OctetsOfRRsets(ZoneSnapshot zone, int count) =>
        (long)count * (Unsafe.SizeOf<RRset>() + (zone.HasSignatures ? Unsafe.SizeOf<SignatureRun>() : 0));

    /// <summary>Octets of a name's RRsets and their data; several names may have the same.</summary>
    public static long OctetsOwnedBy(ZoneSnapshot zone, int node)
    {
        var octets = OctetsOfRRsets(zone, zone.Node(node).RRsetCount);
        foreach (ref readonly var rrset in zone.RRsetsOf(node))
        {
            octets += rrset.Length;
        }

        return octets;
    }

    /// <summary>The same zone without what no name needs, where that is more than half; else as it is, with the count of unused octets made exact where it was too high.</summary>
    public static ZoneParts CompactIfWorthwhile(ZoneParts parts)
    {
        if (!IsDue(parts))
        {
            return parts;
        }

        var used = UsedParts.Of(parts);
        var unused = StoredOctets(parts) - used.Octets;
        return unused < StoredOctets(parts) / 2 ? parts with { Unused = unused } : Compact(parts, used);
    }

    /// <inheritdoc cref="CompactIfWorthwhile"/>
    public static ZoneSnapshot Compacted(ZoneSnapshot zone) =>
        CompactIfWorthwhile(zone.Parts) is var parts && ReferenceEquals(parts, zone.Parts) ? zone : new ZoneSnapshot(zone.Origin, parts);

    /// <summary>Whether more than half of what is stored may be unused.</summary>
    public static bool IsDue(ZoneParts parts) => parts.Unused >= LeastUnused && parts.Unused >= StoredOctets(parts) / 2;

    private static long StoredOctets(ZoneParts parts) =>
        (long)parts.RRsetCount * EntryOctets(parts) + parts.LabelsLength + parts.Data.UsedLength;

    private static int EntryOctets(ZoneParts parts) =>
        Unsafe.SizeOf<RRset>() + (parts.HasSignatures ? Unsafe.SizeOf<SignatureRun>() : 0);

    private static ZoneParts Compact(ZoneParts parts, UsedParts used)
    {
        var data = new OctetStoreBuilder();
        var moved = new uint?[used.Runs.Count];
        var rrsets = new RRset[used.RRsets.Count];
        var signatures = !parts.HasSignatures ? [] : new SignatureRun[rrsets.Length];
        foreach (var old in used.RRsets.All)
        {
            var i = used.RRsets.RankOf(old);
            var entry = parts.RRsets[(int)old];
            rrsets[i] = new RRset
            {
                Type = entry.Type,
                Count = entry.Count,
                TimeToLive = entry.TimeToLive,
                Length = entry.Length,
                Offset = Move(entry.Offset, entry.Length),
            };
            if (signatures.Length > 0 && parts.Signatures[(int)old] is { Length: > 0 } run)
            {
                signatures[i] = run with { Offset = Move(run.Offset, run.Length) };
            }
        }

        var labels = new List<byte>();
        var newLabels = new int[used.Labels.Count];
        foreach (var old in used.Labels.All)
        {
            newLabels[used.Labels.RankOf(old)] = labels.Count;
            labels.AddRange(parts.Labels.Slice((int)old, parts.Labels[(int)old] + 1));
        }

        var nodes = new ZoneNode[parts.NodeCount];
        for (var node = 0; node < nodes.Length; node++)
        {
            var entry = node == ZoneSnapshot.Apex ? parts.Apex : parts.Nodes[node];
            nodes[node] = entry with
            {
                Label = newLabels[used.Labels.RankOf((uint)entry.Label)],
                FirstRRset = entry.RRsetCount == 0 ? 0 : used.RRsets.RankOf((uint)entry.FirstRRset),
            };
        }

        return parts with
        {
            Nodes = new(nodes),
            Apex = nodes[ZoneSnapshot.Apex],
            RRsets = new(rrsets),
            Signatures = new(signatures),
            RRsetCount = rrsets.Length,
            RRsetTail = new StoreTail(rrsets.Length),
            Lineage = new RRsetLineage(parts.Lineage.HasNsec),
            Labels = new([.. labels]),
            LabelsLength = labels.Count,
            LabelTail = new StoreTail(labels.Count),
            Data = data.Build(trim: true),
            Nsec3 = parts.Nsec3?.WithRRsets(rrset => used.RRsets.RankOf((uint)rrset)),
            Unused = 0,
        };

        uint Move(uint offset, int length) => moved[used.Runs.RankOf(offset)] ??= data.Append(parts.Data.Get(offset, length));
    }

    private sealed class UsedParts
    {
        private UsedParts(ZoneParts parts)
        {
            Labels = new MarkSet((uint)parts.LabelsLength);
            RRsets = new MarkSet((uint)parts.RRsetCount);
            Runs = new MarkSet(parts.Data.EndOfStarts);
        }

        public MarkSet Labels { get; }

        public MarkSet RRsets { get; }

        public MarkSet Runs { get; }

        public long Octets { get; private set; }

        public static UsedParts Of(ZoneParts parts)
        {
            var used = new UsedParts(parts);
            used.MarkLabel(parts, 0);
            for (var i = 0; i < parts.NodeCount; i++)
            {
                used.Mark(parts, i == ZoneSnapshot.Apex ? parts.Apex : parts.Nodes[i]);
            }

            for (var link = 0; link < (parts.Nsec3?.Count ?? 0); link++)
            {
                used.MarkRRset(parts, parts.Nsec3!.RRsetOf(link));
            }

            used.Labels.CountRanks();
            used.RRsets.CountRanks();
            used.Runs.CountRanks();
            return used;
        }

        private void Mark(ZoneParts parts, in ZoneNode node)
        {
            MarkLabel(parts, node.Label);
            for (var i = 0; i < node.RRsetCount; i++)
            {
                MarkRRset(parts, node.FirstRRset + i);
            }
        }

        private void MarkLabel(ZoneParts parts, int label) => Octets += Labels.TryMark((uint)label) ? parts.Labels[label] + 1 : 0;

        private void MarkRRset(ZoneParts parts, int rrset)
        {
            if (!RRsets.TryMark((uint)rrset))
            {
                return;
            }

            Octets += EntryOctets(parts);
            MarkRun(parts.RRsets[rrset].Offset, parts.RRsets[rrset].Length);
            if (parts.HasSignatures && parts.Signatures[rrset] is { Length: > 0 } run)
            {
                MarkRun(run.Offset, run.Length);
            }
        }

        private void MarkRun(uint offset, int length) => Octets += Runs.TryMark(offset) ? length : 0;
    }

    /// <summary>A set of small numbers that knows how many of them are below another.</summary>
    private sealed class MarkSet(uint end)
    {
        private readonly ulong[] _marks = new ulong[end / 64 + 1];
        private int[] _ranks = [];

        public int Count { get; private set; }

        /// <summary>In ascending order.</summary>
        public IEnumerable<uint> All
        {
            get
            {
                for (var word = 0; word < _marks.Length; word++)
                {
                    for (var rest = _marks[word]; rest != 0; rest &= rest - 1)
                    {
                        yield return (uint)word * 64 + (uint)BitOperations.TrailingZeroCount(rest);
                    }
                }
            }
        }

        /// <summary>False where the number is in the set already.</summary>
        public bool TryMark(uint number)
        {
            ref var word = ref _marks[number / 64];
            var mark = 1UL << (int)(number % 64);
            var isNew = (word & mark) == 0;
            word |= mark;
            return isNew;
        }

        /// <summary>To be called when all are marked.</summary>
        public void CountRanks()
        {
            _ranks = new int[_marks.Length];
            for (var word = 0; word < _marks.Length; word++)
            {
                _ranks[word] = Count;
                Count += BitOperations.PopCount(_marks[word]);
            }
        }

        public int RankOf(uint number) =>
            _ranks[number / 64] + BitOperations.PopCount(_marks[number / 64] & ((1UL << (int)(number % 64)) - 1));
    }
}
