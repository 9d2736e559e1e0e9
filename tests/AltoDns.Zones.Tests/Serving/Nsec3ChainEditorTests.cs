// A chain of hashed names in many pages: edits, searches and differences are those of a sorted list.

using AltoDns.Protocol.Records;
using AltoDns.Protocol.Security;
using AltoDns.Zones.Serving;

namespace AltoDns.Zones.Tests.Serving;

public sealed class Nsec3ChainEditorTests
{
    private static readonly Nsec3ParamData Parameters = new(1, 0, 0, []);

    private static readonly Comparer<byte[]> ByHash = Comparer<byte[]>.Create((left, right) => left.AsSpan().SequenceCompareTo(right));

    public static TheoryData<int> Seeds() => [.. Enumerable.Range(1, 6)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Edits_make_the_chain_that_a_sorted_list_is(int seed)
    {
        var random = new Random(seed);
        var model = new SortedDictionary<byte[], int>(ByHash);
        for (var i = random.Next(3) * 3000; i > 0; i--)
        {
            model[Hash(random)] = i;
        }

        var chain = new Nsec3Chain(Parameters, [.. model.Keys.SelectMany(hash => hash)], [.. model.Values]);
        var place = 1_000_000;
        for (var version = 0; version < 40; version++)
        {
            var before = (Chain: chain, Links: model.ToDictionary(ByHashEquality.Instance));
            var editor = new Nsec3ChainEditor(chain);
            for (var edits = random.Next(1, version % 10 == 0 ? 2000 : 20); edits > 0; edits--)
            {
                Edit(editor, model, random, ++place);
            }

            chain = editor.Build()!;
            AssertSame(model, chain, random);
            AssertDifference(before.Links, model, Nsec3Difference.Between(before.Chain, chain).ToList(), before.Chain, chain);
        }
    }

    [Fact]
    public void An_edit_copies_a_page_and_shares_the_others()
    {
        var random = new Random(1);
        var hashes = Enumerable.Range(0, 20_000).Select(_ => Hash(random)).Order(ByHash).ToList();
        var chain = new Nsec3Chain(Parameters, [.. hashes.SelectMany(hash => hash)], [.. Enumerable.Range(0, hashes.Count)]);
        var editor = new Nsec3ChainEditor(chain);
        editor.Set(hashes[7000], 1);
        var pages = chain.Pages.ToArray().ToHashSet<Nsec3Page>(ReferenceEqualityComparer.Instance);
        Assert.Single(editor.Build()!.Pages.ToArray(), page => !pages.Contains(page));
    }

    [Fact]
    public void A_chain_may_lose_all_links_and_get_others()
    {
        var random = new Random(2);
        var hash = Hash(random);
        var chain = new Nsec3Chain(Parameters, hash, [5]);
        var editor = new Nsec3ChainEditor(chain);
        editor.Remove(hash);
        var empty = editor.Build()!;
        Assert.Equal(0, empty.Count);
        Assert.Equal(-1, empty.Find(hash, out _));
        editor = new Nsec3ChainEditor(empty);
        editor.Set(hash, 6);
        Assert.Equal(6, editor.Build()!.RRsetOf(0));
    }

    private static void Edit(Nsec3ChainEditor editor, SortedDictionary<byte[], int> model, Random random, int place)
    {
        var hash = model.Count > 0 && random.Next(2) == 0 ? model.Keys.ElementAt(random.Next(model.Count)) : Hash(random);
        if (random.Next(3) == 0)
        {
            editor.Remove(hash);
            model.Remove(hash);
        }
        else
        {
            editor.Set(hash, place);
            model[hash] = place;
        }
    }

    private static void AssertSame(SortedDictionary<byte[], int> model, Nsec3Chain chain, Random random)
    {
        Assert.Equal(model.Keys, Enumerable.Range(0, chain.Count).Select(link => chain.HashOf(link).ToArray()));
        Assert.Equal(model.Values, Enumerable.Range(0, chain.Count).Select(chain.RRsetOf));
        var keys = model.Keys.ToList();
        for (var i = 0; i < 50; i++)
        {
            var hash = keys.Count > 0 && i % 2 == 0 ? keys[random.Next(keys.Count)] : Hash(random);
            var place = keys.BinarySearch(hash, ByHash);
            Assert.Equal(place >= 0 ? place : ~place == 0 ? keys.Count - 1 : ~place - 1, chain.Find(hash, out var isExact));
            Assert.Equal(place >= 0, isExact);
        }
    }

    private static void AssertDifference(
        Dictionary<byte[], int> before, SortedDictionary<byte[], int> after, List<(int Left, int Right)> found, Nsec3Chain left, Nsec3Chain right)
    {
        var expected = before.Keys.Concat(after.Keys).Distinct(ByHashEquality.Instance).Order(ByHash)
            .Where(hash => !before.TryGetValue(hash, out var old) || !after.TryGetValue(hash, out var now) || old != now);
        Assert.Equal(expected, found.Select(link => (link.Left >= 0 ? left.HashOf(link.Left) : right.HashOf(link.Right)).ToArray()));
        Assert.All(found, link => Assert.True(link.Left < 0 || link.Right < 0 || left.HashOf(link.Left).SequenceEqual(right.HashOf(link.Right))));
    }

    private static byte[] Hash(Random random)
    {
        var hash = new byte[Nsec3Hash.Length];
        random.NextBytes(hash);
        return hash;
    }

    private sealed class ByHashEquality : IEqualityComparer<byte[]>
    {
        public static ByHashEquality Instance { get; } = new();

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(byte[] obj) => BitConverter.ToInt32(obj);
    }
}
