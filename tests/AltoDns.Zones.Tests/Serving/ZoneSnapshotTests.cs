// A frozen zone against a plain set of names: order, closest enclosers, flags and wildcards.

using System.Buffers.Binary;
using System.Text;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Zones.Serving;

namespace AltoDns.Zones.Tests.Serving;

public sealed class ZoneSnapshotTests
{
    private const int RandomZones = 200;
    private const int QuestionsPerZone = 100;

    [Fact]
    public void Stands_in_canonical_order_with_every_ancestor()
    {
        ForRandomZones((zone, records, _) =>
        {
            var expected = records.Keys.SelectMany(Ancestors).Append(zone.Origin).Distinct().Order().ToList();
            Assert.Equal(expected, Enumerable.Range(0, zone.NodeCount).Select(zone.NameOf));
        });
    }

    [Fact]
    public void Finds_the_deepest_existing_name()
    {
        ForRandomZones((zone, records, random) =>
        {
            var names = records.Keys.SelectMany(Ancestors).Append(zone.Origin).ToHashSet();
            for (var i = 0; i < QuestionsPerZone; i++)
            {
                var asked = ZoneMaker.Name(random, zone.Origin);
                var expected = asked;
                while (!names.Contains(expected))
                {
                    expected = expected.Parent;
                }

                Assert.Equal(expected, zone.NameOf(zone.FindDeepest(ZoneMaker.Lookup(asked))));
                Assert.Equal(names.Contains(asked), zone.FindNode(ZoneMaker.Lookup(asked)) >= 0);
            }
        });
    }

    [Fact]
    public void Marks_cuts_aliases_and_what_they_occlude()
    {
        ForRandomZones((zone, records, _) =>
        {
            for (var node = 0; node < zone.NodeCount; node++)
            {
                var name = zone.NameOf(node);
                var expected = Own(name) | (Ancestors(name.Parent).Append(zone.Origin).Any(ancestor => name != zone.Origin && Occludes(ancestor)) ? NodeFlags.Occluded : NodeFlags.None);
                Assert.Equal(expected, zone.Node(node).Flags);

                var occluder = Ancestors(name).Append(zone.Origin).OrderBy(ancestor => ancestor.LabelCount).FirstOrDefault(Occludes, name);
                Assert.Equal(occluder, zone.NameOf(zone.FindOccluder(node)));
            }

            bool Occludes(DomainName name) => (Own(name) & (NodeFlags.Cut | NodeFlags.Dname)) != 0;

            NodeFlags Own(DomainName name) => records.GetValueOrDefault(name) switch
            {
                RecordType.NS when name != zone.Origin && !name.IsWildcard => NodeFlags.Cut,
                RecordType.DNAME => NodeFlags.Dname,
                RecordType.CNAME => NodeFlags.Cname,
                _ => NodeFlags.None,
            };
        });
    }

    [Fact]
    public void Links_each_name_to_its_wildcard()
    {
        ForRandomZones((zone, _, _) =>
        {
            for (var node = 0; node < zone.NodeCount; node++)
            {
                var hasWildcard = zone.NameOf(node).TryPrependWildcard(out var wildcard) && zone.FindNode(ZoneMaker.Lookup(wildcard)) >= 0;
                Assert.Equal(hasWildcard ? zone.FindNode(ZoneMaker.Lookup(wildcard)) : 0, zone.Node(node).Wildcard);
            }
        });
    }

    [Fact]
    public void Tells_names_of_equal_hash_apart()
    {
        var (first, second) = CollidingNames();
        Assert.Equal(HashOf(first), HashOf(second));
        Assert.NotEqual(first, second);
        var builder = ZoneMaker.Start(ZoneMaker.Origin);
        builder.AddName(first);
        Assert.Equal(-1, builder.FindName(second));
        builder.AddName(second);

        // Below both the same label stands for different names again, of which one exists.
        builder.AddName(Below(first));
        Assert.Equal(-1, builder.FindName(Below(second)));
        foreach (var name in new[] { second, Below(first) })
        {
            builder.AddRecord(builder.AddName(name), 60, ZoneMaker.Data(RecordType.A, 1));
        }

        var zone = builder.Freeze();
        foreach (var name in new[] { first, second, Below(first) })
        {
            Assert.Equal(name, zone.NameOf(zone.FindDeepest(ZoneMaker.Lookup(name))));
        }

        Assert.Equal(second, zone.NameOf(zone.FindDeepest(ZoneMaker.Lookup(Below(second)))));
        Assert.Equal(-1, zone.FindNode(ZoneMaker.Lookup(Below(second))));
        Assert.Equal(second, zone.NameOf(zone.FindDeepest(ZoneMaker.Lookup(Below(Below(second))))));
        Assert.Equal(Below(first), zone.NameOf(zone.FindDeepest(ZoneMaker.Lookup(Below(Below(first))))));
    }

    [Fact]
    public void Finds_names_of_127_labels()
    {
        var builder = ZoneMaker.Start(DomainName.Root);
        var deepest = DomainName.Parse(string.Concat(Enumerable.Repeat("a.", DomainName.MaxLabels)));
        Assert.Equal(DomainName.MaxLength, deepest.Length);
        builder.AddRecord(builder.AddName(deepest), 60, ZoneMaker.Data(RecordType.A, 1));
        var zone = builder.Freeze();
        Assert.Equal(DomainName.MaxLabels + 1, zone.NodeCount);
        for (var name = deepest; ; name = name.Parent)
        {
            Assert.Equal(name, zone.NameOf(zone.FindDeepest(ZoneMaker.Lookup(name))));
            if (name.IsRoot)
            {
                break;
            }

            Assert.True(name.Parent.TryPrepend("b"u8, out var neighbour));
            Assert.Equal(name.Parent, zone.NameOf(zone.FindDeepest(ZoneMaker.Lookup(neighbour))));
        }
    }

    private static DomainName Below(DomainName name)
    {
        Assert.True(name.TryPrepend("same"u8, out var below));
        return below;
    }

    /// <summary>The name and its ancestors below the origin of the tests.</summary>
    private static IEnumerable<DomainName> Ancestors(DomainName name)
    {
        for (; name.LabelCount > ZoneMaker.Origin.LabelCount; name = name.Parent)
        {
            yield return name;
        }
    }

    private static void ForRandomZones(Action<ZoneSnapshot, IReadOnlyDictionary<DomainName, RecordType>, Random> check)
    {
        for (var seed = 1; seed <= RandomZones; seed++)
        {
            var random = new Random(seed);
            var builder = ZoneMaker.Start(ZoneMaker.Origin);
            var records = new Dictionary<DomainName, RecordType>();
            for (var names = random.Next(1, 60); names > 0; names--)
            {
                var name = ZoneMaker.Name(random, ZoneMaker.Origin).ToLower();
                var type = random.Next(8) switch { 0 => RecordType.NS, 1 => RecordType.DNAME, 2 => RecordType.CNAME, _ => RecordType.TXT };
                if (name != ZoneMaker.Origin && records.TryAdd(name, type))
                {
                    builder.AddRecord(builder.AddName(name), 3600, ZoneMaker.Data(type, 0));
                }
            }

            check(builder.Freeze(), records, random);
        }
    }

    // What a label of seven octets adds to the hash of its parent can be undone, so a label below another parent can make up
    // for the parents' difference; it has to be one of seven octets again, without capital letters, which would be folded.
    private static (DomainName First, DomainName Second) CollidingNames()
    {
        var parent = DomainName.Parse($"p0.{ZoneMaker.Origin}");
        for (var number = 1; ; number++)
        {
            var otherParent = DomainName.Parse($"p{number}.{ZoneMaker.Origin}");
            var difference = unchecked((HashOf(parent) - HashOf(otherParent)) * NameHash.Step);
            var first = Encoding.ASCII.GetBytes($"{number:d7}");
            var second = new byte[sizeof(ulong)];
            BinaryPrimitives.WriteUInt64LittleEndian(second, Unspread(unchecked(NameHash.Spread(WordOf(first)) + difference)));
            if (second[0] == first.Length && !second.AsSpan(1).ContainsAnyInRange((byte)'A', (byte)'Z'))
            {
                Assert.True(parent.TryPrepend(first, out var firstName));
                Assert.True(otherParent.TryPrepend(second.AsSpan(1), out var secondName));
                return (firstName, secondName);
            }
        }
    }

    private static ulong WordOf(ReadOnlySpan<byte> label)
    {
        Span<byte> word = [(byte)label.Length, .. label];
        return BinaryPrimitives.ReadUInt64LittleEndian(word);
    }

    private static ulong Unspread(ulong sum)
    {
        // Newton's iteration doubles the right bits of the inverse of an odd factor modulo 2^64.
        var factor = NameHash.WordFactor;
        var inverse = factor;
        for (var i = 0; i < 6; i++)
        {
            inverse *= unchecked(2 - factor * inverse);
        }

        return unchecked((sum ^ (sum >> 32)) * inverse);
    }

    private static ulong HashOf(DomainName name)
    {
        var lookup = ZoneMaker.Lookup(name);
        lookup.HashTo(name.LabelCount);
        return lookup.Hash(name.LabelCount);
    }
}
