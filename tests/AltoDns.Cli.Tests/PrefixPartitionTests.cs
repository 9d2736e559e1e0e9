// Cutting address space along prefixes, against counting addresses one by one.

using AltoDns.Cli.Covering;
using AltoDns.Protocol.Names;

namespace AltoDns.Cli.Tests;

public sealed class PrefixPartitionTests
{
    [Fact]
    public void Parts_are_the_addresses_whose_longest_prefix_it_is()
    {
        var random = new Random(5);
        for (var round = 0; round < 300; round++)
        {
            var prefixes = Enumerable.Range(0, random.Next(1, 30))
                .Select(_ => IPPrefix.Create((UInt128)(0xC0000200u | (uint)random.Next(256)) << 96, random.Next(24, 33), isIPv6: false)).ToList();

            var parts = PrefixPartition.Of(prefixes);

            var expected = Enumerable.Range(0, 256)
                .Select(host => IPPrefix.Create((UInt128)(0xC0000200u | (uint)host) << 96, 32, isIPv6: false))
                .Select(address => prefixes.Where(prefix => prefix.Contains(address)).OrderByDescending(prefix => prefix.Length).Cast<IPPrefix?>().FirstOrDefault())
                .OfType<IPPrefix>()
                .GroupBy(prefix => prefix)
                .ToDictionary(group => group.Key, group => (UInt128)group.Count());
            Assert.Equal(expected, parts.ToDictionary(part => part.Prefix, part => part.Addresses));
            Assert.All(parts, part => Assert.Equal(part.Prefix, prefixes.Where(prefix => prefix.Contains(part.Sample)).MaxBy(prefix => prefix.Length)));
        }
    }

    [Fact]
    public void The_ends_of_address_space_do_no_harm()
    {
        var parts = PrefixPartition.Of([IPPrefix.Parse("::/0"), IPPrefix.Parse("ffff::/16"), IPPrefix.Parse("::/1"), IPPrefix.Parse("0.0.0.0/0"), IPPrefix.Parse("128.0.0.0/1")]);

        Assert.Equal(["0.0.0.0/0 0.0.0.0", "128.0.0.0/1 128.0.0.0", "::/0 8000::", "::/1 ::", "ffff::/16 ffff::"], parts.Select(part => $"{part.Prefix} {part.Sample.Address}"));
    }
}
