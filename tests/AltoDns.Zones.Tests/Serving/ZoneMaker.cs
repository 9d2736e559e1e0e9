// Small zones for tests of what is served, and random ones from a seed.

using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Zones.Serving;

namespace AltoDns.Zones.Tests.Serving;

internal static class ZoneMaker
{
    public static DomainName Origin { get; } = DomainName.Parse("example.");

    /// <summary>A builder with an SOA at its apex.</summary>
    public static ZoneBuilder Start(DomainName origin)
    {
        var builder = new ZoneBuilder(origin);
        builder.AddRecord(0, 3600, Data(RecordType.SOA, new byte[2 + 5 * sizeof(uint)]));
        return builder;
    }

    public static RecordData Data(RecordType type, params byte[] octets) => new UnknownData(type, octets);

    /// <summary>A name as lookups want it.</summary>
    public static LookupName Lookup(DomainName name)
    {
        var lookup = new LookupName();
        lookup.Set(name.Wire);
        return lookup;
    }

    /// <summary>A label of a few letters, a wildcard, digits, odd octets or great length.</summary>
    public static byte[] Label(Random random)
    {
        switch (random.Next(8))
        {
            case 0:
                return "*"u8.ToArray();
            case 1:
                var odd = new byte[random.Next(1, 4)];
                random.NextBytes(odd);
                return odd;
            case 2:
                // A long run of one octet, so that only the end tells labels apart.
                return [.. Enumerable.Repeat((byte)'x', random.Next(6, 10)), (byte)('a' + random.Next(2))];
            default:
                return [(byte)('a' + random.Next(3))];
        }
    }

    /// <summary>A name at or below an origin, up to five labels deeper.</summary>
    public static DomainName Name(Random random, DomainName origin)
    {
        var name = origin;
        for (var labels = random.Next(6); labels > 0; labels--)
        {
            Assert.True(name.TryPrepend(Label(random), out name));
        }

        return name;
    }
}
