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
        foreach (var (low, high) in prefixes.Select(RangeOf).OrderBy(range => range.First.High).ThenBy(range => range.First.Low))
        {
            if (last.Count > 0 && !last[^1].IsBefore(low))
            {
                last[^1] = last[^1].IsBefore(high) ? high : last[^1];
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

        // How many ranges begin at the address or before it.
        var wanted = Bound.Of(address);
        var (low, high) = (0, _first.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = wanted.IsBefore(_first[middle]) ? (low, middle) : (middle + 1, high);
        }

        return low > 0 && !_last[low - 1].IsBefore(wanted);
    }

    private static (Bound First, Bound Last) RangeOf(IPPrefix prefix)
    {
        Span<byte> octets = stackalloc byte[16];
        prefix.Address.TryWriteBytes(octets, out var written);
        var first = Bound.Of(octets[..written]);
        var free = prefix.AddressLength - prefix.Length;
        return (first, first.WithLastBits(free));
    }

    private readonly record struct Bound(ulong High, ulong Low)
    {
        public static Bound Of(ReadOnlySpan<byte> address) => address.Length > sizeof(uint)
            ? new Bound(BinaryPrimitives.ReadUInt64BigEndian(address), BinaryPrimitives.ReadUInt64BigEndian(address[sizeof(ulong)..]))
            : new Bound(MappedHigh, MappedLow | BinaryPrimitives.ReadUInt32BigEndian(address));

        public Bound WithLastBits(int count) => new(High | OnesBelow(count - 64), Low | OnesBelow(count));

        public bool IsBefore(Bound other) => High != other.High ? High < other.High : Low < other.Low;

        private static ulong OnesBelow(int count) => count switch
        {
            <= 0 => 0,
            >= 64 => ulong.MaxValue,
            _ => (1UL << count) - 1,
        };
    }
}
