// Two names with one hash, computed backwards.

using System.Buffers.Binary;
using AltoDns.Protocol.Names;
using AltoDns.Zones.Serving;

namespace AltoDns.Zones.Tests.Serving;

internal static class HashTwins
{
    // The length octet and 15 others: two words.
    private const int LabelLength = 15;

    /// <summary>Two names directly below the origin of <see cref="ZoneMaker"/>.</summary>
    public static (DomainName Left, DomainName Right) Find()
    {
        var random = new Random(1);
        while (true)
        {
            var (first, second) = (Words(random), Words(random));

            // What the first words differ by, the last ones make up for.
            var wanted = NameHash.Spread(first.Last) + (NameHash.Spread(first.First) - NameHash.Spread(second.First)) * NameHash.Step;
            second.Last = Inverse(NameHash.WordFactor) * (wanted ^ (wanted >> 32));
            if (TryMakeName(first, out var left) && TryMakeName(second, out var right))
            {
                Assert.NotEqual(left, right);
                Assert.Equal(HashOf(left), HashOf(right));
                return (left, right);
            }
        }
    }

    private static ulong HashOf(DomainName name)
    {
        var lookup = ZoneMaker.Lookup(name);
        lookup.HashTo(lookup.Depth);
        return lookup.Hash(lookup.Depth);
    }

    private static (ulong First, ulong Last) Words(Random random) => ((ulong)random.NextInt64() << 8 | LabelLength, (ulong)random.NextInt64());

    // Upper case is hashed as lower case, so such a label would not do.
    private static bool TryMakeName((ulong First, ulong Last) words, out DomainName name)
    {
        var label = new byte[2 * sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(label, words.First);
        BinaryPrimitives.WriteUInt64LittleEndian(label.AsSpan(sizeof(ulong)), words.Last);
        name = ZoneMaker.Origin;
        return !label.Skip(1).Any(octet => octet is >= (byte)'A' and <= (byte)'Z') && name.TryPrepend(label.AsSpan(1), out name);
    }

    // Newton's iteration: each step doubles the bits that are right.
    private static ulong Inverse(ulong odd)
    {
        var inverse = odd;
        for (var step = 0; step < 6; step++)
        {
            inverse *= 2 - odd * inverse;
        }

        return inverse;
    }
}
