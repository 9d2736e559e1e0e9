// Labels of a zone, each kept once: a reverse tree of millions of names has a few hundred of them.

namespace AltoDns.Zones.Serving;

/// <summary>Gives equal labels (lower case, length octet first) one offset in one array.</summary>
internal sealed class LabelStore
{
    private readonly Dictionary<Label, int>.AlternateLookup<ReadOnlySpan<byte>> _lookup;
    private byte[] _octets = new byte[64];
    private int _length;

    public LabelStore()
    {
        _lookup = new Dictionary<Label, int>(new LabelComparer()).GetAlternateLookup<ReadOnlySpan<byte>>();

        // Offset 0 is the root's empty label, so that no other label has it.
        _octets[_length++] = 0;
    }

    /// <summary>Where the label is, added if it is new.</summary>
    public int Add(ReadOnlySpan<byte> label)
    {
        if (_lookup.TryGetValue(label, out var offset))
        {
            return offset;
        }

        GrowableArray.EnsureRoom(ref _octets, _length + label.Length);
        label.CopyTo(_octets.AsSpan(_length));
        offset = _length;
        _length += label.Length;
        _lookup[label] = offset;
        return offset;
    }

    /// <summary>The label at an offset, length octet first.</summary>
    public ReadOnlySpan<byte> Get(int offset) => _octets.AsSpan(offset, _octets[offset] + 1);

    public byte[] ToArray() => _octets.AsSpan(0, _length).ToArray();

    private readonly record struct Label(byte[] Octets);

    private sealed class LabelComparer : IEqualityComparer<Label>, IAlternateEqualityComparer<ReadOnlySpan<byte>, Label>
    {
        public bool Equals(Label x, Label y) => x.Octets.AsSpan().SequenceEqual(y.Octets);

        public int GetHashCode(Label obj) => GetHashCode(obj.Octets.AsSpan());

        public bool Equals(ReadOnlySpan<byte> alternate, Label other) => alternate.SequenceEqual(other.Octets);

        public int GetHashCode(ReadOnlySpan<byte> alternate)
        {
            var hash = default(HashCode);
            hash.AddBytes(alternate);
            return hash.ToHashCode();
        }

        public Label Create(ReadOnlySpan<byte> alternate) => new(alternate.ToArray());
    }
}
