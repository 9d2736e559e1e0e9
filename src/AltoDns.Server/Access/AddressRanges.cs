// Which addresses lie in any of a list of prefixes, told without allocation and in few steps however long the list is.

using System.Buffers.Binary;
using AltoDns.Protocol.Names;

namespace AltoDns.Server.Access;

/// <summary>Sorted ranges that neither touch nor overlap. IPv4 addresses stand at ::ffff:0:0/96, as IPv6 sockets show them. Immutable.</summary>
public sealed class AddressRanges
{
    private const ulong MappedHigh = 0;
    private const ulong MappedLow = 0xFFFF_0000_0000;

    // Bounds in two halves each: code with UInt128 fields cannot be compiled before it runs.
    private readonly Bound[] _first;
    private readonly Bound[] _last;

    /// <param name="prefixes">In any order; they may overlap.</param>
    public AddressRanges(IEnumerable<IPPrefix> prefixes)
    {
        var first = new List<Bound>();
        var last = new List<Bound>();
        foreach (var (low, high) in prefixes.Select(RangeOf).OrderBy(range => range.First).ThenBy(range => range.Last))
        {
            if (last.Count > 0 && low.CompareTo(last[^1]) <= 0)
            {
                last[^1] = last[^1].CompareTo(high) < 0 ? high : last[^1];
                continue;
            }

            first.Add(low);
            last.Add(high);
        }

        _first = [.. first];
        _last = [.. last];
    }

    public static AddressRanges None { get; } = new([]);

    public bool IsEmpty => _first.Length == 0;

    /// <param name="address">4 or 16 octets in network order.</param>
    public bool Contains(ReadOnlySpan<byte> address)
    {
        if (_first.Length == 0)
        {
            return false;
        }

        var wanted = Bound.Of(address);
        var index = Array.BinarySearch(_first, wanted);
        index = index < 0 ? ~index - 1 : index;
        return index >= 0 && wanted.CompareTo(_last[index]) <= 0;
    }

    private static (Bound First, Bound Last) RangeOf(IPPrefix prefix)
    {
        Span<byte> octets = stackalloc byte[16];
        prefix.Address.TryWriteBytes(octets, out var written);
        var first = Bound.Of(octets[..written]);
        var free = prefix.AddressLength - prefix.Length;
        return (first, first.WithLastBits(free));
    }

    private readonly record struct Bound(ulong High, ulong Low) : IComparable<Bound>
    {
        public static Bound Of(ReadOnlySpan<byte> address) => address.Length > sizeof(uint)
            ? new Bound(BinaryPrimitives.ReadUInt64BigEndian(address), BinaryPrimitives.ReadUInt64BigEndian(address[sizeof(ulong)..]))
            : new Bound(MappedHigh, MappedLow | BinaryPrimitives.ReadUInt32BigEndian(address));

        public Bound WithLastBits(int count) => new(High | OnesBelow(count - 64), Low | OnesBelow(count));

        public int CompareTo(Bound other) => High != other.High ? High.CompareTo(other.High) : Low.CompareTo(other.Low);

        private static ulong OnesBelow(int count) => count switch
        {
            <= 0 => 0,
            >= 64 => ulong.MaxValue,
            _ => (1UL << count) - 1,
        };
    }
}
