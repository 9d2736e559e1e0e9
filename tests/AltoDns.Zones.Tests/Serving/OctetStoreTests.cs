// Octets of several versions of a zone in shared segments: each version reads what it wrote, whoever appends.

using AltoDns.Zones.Serving;

namespace AltoDns.Zones.Tests.Serving;

public sealed class OctetStoreTests
{
    [Fact]
    public void Keeps_every_version_as_it_was_when_others_append()
    {
        var random = new Random(20261122);
        var versions = new List<(OctetStore Store, List<(uint Start, byte[] Octets)> Runs)> { (new OctetStoreBuilder().Build(trim: true), []) };
        for (var step = 0; step < 300; step++)
        {
            // Mostly the newest version goes on; sometimes an old one does, which must not write into the newer ones' octets.
            var (store, runs) = versions[random.Next(4) == 0 ? random.Next(versions.Count) : versions.Count - 1];
            var builder = new OctetStoreBuilder(store);
            var next = runs.ToList();
            for (var i = random.Next(5); i > 0; i--)
            {
                var octets = new byte[random.Next(1, 200)];
                random.NextBytes(octets);
                next.Add((builder.Append(octets), octets));
            }

            versions.Add((builder.Build(trim: random.Next(3) == 0), next));
        }

        foreach (var (store, runs) in versions)
        {
            Assert.All(runs, run => Assert.Equal(run.Octets, store.Get(run.Start, run.Octets.Length).ToArray()));
        }
    }

    [Fact]
    public void Goes_on_in_a_further_segment()
    {
        var builder = new OctetStoreBuilder();
        var large = new byte[40 << 20];
        large[^1] = 7;
        var first = builder.Append(large);
        var second = builder.Append(large);
        var third = builder.Append([1, 2, 3]);
        var store = builder.Build(trim: true);

        Assert.Equal(2, store.Segments.Length);
        Assert.Equal(7, store.Get(first, large.Length)[^1]);
        Assert.Equal(7, store.Get(second, large.Length)[^1]);
        Assert.Equal([1, 2, 3], store.Get(third, 3).ToArray());
    }

    [Fact]
    public void Rejects_what_no_segment_holds() =>
        Assert.Throws<ArgumentException>(() => new OctetStoreBuilder().Reserve((64 << 20) + 1, out _));
}
