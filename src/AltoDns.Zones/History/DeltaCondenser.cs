// Makes one difference of several that follow each other, without what came and went between (RFC 1995 §5).

using System.Buffers;
using AltoDns.Protocol.Records;

namespace AltoDns.Zones.History;

internal sealed class DeltaCondenser
{
    private readonly HashSet<ReadOnlyMemory<byte>> _removed = new(OctetComparer.Instance);
    private readonly HashSet<ReadOnlyMemory<byte>> _added = new(OctetComparer.Instance);
    private ReadOnlyMemory<byte> _firstSoa;
    private ReadOnlyMemory<byte> _lastSoa;

    /// <param name="deltas">In the form of <see cref="DeltaEncoding"/>, oldest first, at least one.</param>
    public static byte[] Condense(IReadOnlyList<byte[]> deltas)
    {
        if (deltas.Count == 1)
        {
            return deltas[0];
        }

        var condenser = new DeltaCondenser();
        foreach (var delta in deltas)
        {
            condenser.Add(delta);
        }

        return condenser.Build();
    }

    private void Add(ReadOnlyMemory<byte> delta)
    {
        var soas = 0;
        while (!delta.IsEmpty)
        {
            var record = delta[..DeltaEncoding.Read(delta.Span, out _, out var type, out _, out _)];
            delta = delta[record.Length..];
            if (type == RecordType.SOA)
            {
                _firstSoa = _firstSoa.IsEmpty ? record : _firstSoa;
                _lastSoa = record;
                soas++;
                continue;
            }

            var (into, outOf) = soas == 1 ? (_removed, _added) : (_added, _removed);
            if (!outOf.Remove(record))
            {
                into.Add(record);
            }
        }
    }

    private byte[] Build()
    {
        var output = new ArrayBufferWriter<byte>();
        output.Write(_firstSoa.Span);
        foreach (var record in _removed)
        {
            output.Write(record.Span);
        }

        output.Write(_lastSoa.Span);
        foreach (var record in _added)
        {
            output.Write(record.Span);
        }

        return output.WrittenSpan.ToArray();
    }

    private sealed class OctetComparer : IEqualityComparer<ReadOnlyMemory<byte>>
    {
        public static OctetComparer Instance { get; } = new();

        public bool Equals(ReadOnlyMemory<byte> x, ReadOnlyMemory<byte> y) => x.Span.SequenceEqual(y.Span);

        public int GetHashCode(ReadOnlyMemory<byte> obj)
        {
            var hash = default(HashCode);
            hash.AddBytes(obj.Span);
            return hash.ToHashCode();
        }
    }
}
