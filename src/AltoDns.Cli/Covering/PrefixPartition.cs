// Cuts address space along prefixes: what of each prefix no longer one of the set covers, and one address of that part.
//
//   10.0.0.0/8 ──────────────────────────────────
//         └ 10.1.0.0/16 ────   └ 10.7.0.0/16 ─────     the part of /8: all but the two /16

using AltoDns.Protocol.Names;

namespace AltoDns.Cli.Covering;

/// <summary>The addresses whose longest covering prefix is this one.</summary>
/// <param name="Prefix">One of the set.</param>
/// <param name="Addresses">How many; 2^128 counts as one less.</param>
/// <param name="Sample">One of them, of full length.</param>
internal readonly record struct PrefixPart(IPPrefix Prefix, UInt128 Addresses, IPPrefix Sample);

internal static class PrefixPartition
{
    /// <summary>The parts that hold any address, in the order of their prefixes.</summary>
    public static IReadOnlyList<PrefixPart> Of(IEnumerable<IPPrefix> prefixes)
    {
        var sorted = prefixes.Distinct().ToList();
        sorted.Sort();
        var parts = new List<PrefixPart>(sorted.Count);
        var open = new Stack<OpenPrefix>();
        foreach (var prefix in sorted)
        {
            while (open.Count > 0 && !open.Peek().Prefix.Contains(prefix))
            {
                Close(open, parts);
            }

            if (open.Count > 0)
            {
                open.Peek().TakeOut(prefix);
            }

            open.Push(new OpenPrefix(prefix));
        }

        while (open.Count > 0)
        {
            Close(open, parts);
        }

        parts.Sort((left, right) => left.Prefix.CompareTo(right.Prefix));
        return parts;
    }

    private static void Close(Stack<OpenPrefix> open, List<PrefixPart> parts)
    {
        if (open.Pop().ToPart() is { } part)
        {
            parts.Add(part);
        }
    }

    // A prefix whose longer ones are still being read, in ascending order.
    private sealed class OpenPrefix(IPPrefix prefix)
    {
        private UInt128 _left = SizeOf(prefix);
        private UInt128 _free = prefix.Bits; // the first address that none of those read so far has
        private UInt128? _sample;
        private bool _isUsedUp;

        public IPPrefix Prefix { get; } = prefix;

        public void TakeOut(IPPrefix inner)
        {
            if (_sample is null && !_isUsedUp && inner.Bits > _free)
            {
                _sample = _free;
            }

            _left -= SizeOf(inner);
            var next = inner.Bits + Step(inner);
            _isUsedUp = next == 0; // past the last address of all
            _free = next;
        }

        public PrefixPart? ToPart() =>
            _left == 0 ? null : new PrefixPart(Prefix, _left, IPPrefix.Create(_sample ?? _free, Prefix.AddressLength, Prefix.IsIPv6));

        private static UInt128 SizeOf(IPPrefix prefix) =>
            prefix.AddressLength - prefix.Length == 128 ? UInt128.MaxValue : UInt128.One << (prefix.AddressLength - prefix.Length);

        // Bits are left-aligned: an address is a step of 2^(128 - address length).
        private static UInt128 Step(IPPrefix prefix) => prefix.Length == 0 ? 0 : UInt128.One << (128 - prefix.Length);
    }
}
