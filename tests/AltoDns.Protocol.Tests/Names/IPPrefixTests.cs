// Prefixes as people write them, and the bits that they stand for.

using System.Net;
using AltoDns.Protocol.Names;

namespace AltoDns.Protocol.Tests.Names;

public sealed class IPPrefixTests
{
    [Theory]
    [InlineData("192.0.2.0/24", "192.0.2.0/24")]
    [InlineData("192.0.2.77", "192.0.2.77/32")]
    [InlineData("0.0.0.0/0", "0.0.0.0/0")]
    [InlineData("255.255.255.255/32", "255.255.255.255/32")]
    [InlineData("128.0.0.0/1", "128.0.0.0/1")]
    [InlineData("::/0", "::/0")]
    [InlineData("2001:DB8::/32", "2001:db8::/32")]
    [InlineData("2001:0db8:0000:0000:0000:0000:0000:0001", "2001:db8::1/128")]
    [InlineData("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0/128")]
    [InlineData("::ffff:192.0.2.0/120", "::ffff:192.0.2.0/120")]
    [InlineData("64:ff9b::192.0.2.33", "64:ff9b::c000:221/128")]
    public void Well_formed_prefix_is_read(string text, string printed)
    {
        Assert.Equal(PrefixError.None, IPPrefix.TryParse(text, out var prefix));
        Assert.Equal(printed, prefix.ToString());
        Assert.Equal(prefix, IPPrefix.Parse(printed));
        Assert.Equal(text.Contains(':', StringComparison.Ordinal), prefix.IsIPv6);
        Assert.Equal(prefix.Length == (prefix.IsIPv6 ? 128 : 32), prefix.IsSingleAddress);
    }

    [Theory]
    [InlineData("", PrefixError.NotAnAddress)]
    [InlineData("/24", PrefixError.NotAnAddress)]
    [InlineData("192.0.2/24", PrefixError.NotAnAddress)]
    [InlineData("192.0.2.256/32", PrefixError.NotAnAddress)]
    [InlineData("192.0.02.0/24", PrefixError.NotAnAddress)]
    [InlineData("0xC0.0.2.0/24", PrefixError.NotAnAddress)]
    [InlineData("3221225984/24", PrefixError.NotAnAddress)]
    [InlineData("192.0.2.0.0/24", PrefixError.NotAnAddress)]
    [InlineData(" 192.0.2.0/24", PrefixError.NotAnAddress)]
    [InlineData("192.0.2.0 /24", PrefixError.NotAnAddress)]
    [InlineData("١٩٢.0.2.0/24", PrefixError.NotAnAddress)]
    [InlineData("[2001:db8::]/32", PrefixError.NotAnAddress)]
    [InlineData("fe80::1%1/64", PrefixError.NotAnAddress)]
    [InlineData("fe80::1%/64", PrefixError.NotAnAddress)]
    [InlineData("1::2::3/64", PrefixError.NotAnAddress)]
    [InlineData("1:2:3:4:5:6:7:8::/64", PrefixError.NotAnAddress)]
    [InlineData("::ffff:192.0.02.0/120", PrefixError.NotAnAddress)]
    [InlineData("::192.0.2.0:1/120", PrefixError.NotAnAddress)]
    [InlineData("00000::/32", PrefixError.NotAnAddress)]
    [InlineData(":::/32", PrefixError.NotAnAddress)]
    [InlineData("2001:db8::0000:0000:0000:0000:0000:0000:0000:0000:0000:0000", PrefixError.NotAnAddress)]
    [InlineData("192.0.2.0/", PrefixError.BadLength)]
    [InlineData("192.0.2.0/33", PrefixError.BadLength)]
    [InlineData("192.0.2.0/024", PrefixError.BadLength)]
    [InlineData("192.0.2.0/00", PrefixError.BadLength)]
    [InlineData("192.0.2.0/-1", PrefixError.BadLength)]
    [InlineData("192.0.2.0/+24", PrefixError.BadLength)]
    [InlineData("192.0.2.0/ 24", PrefixError.BadLength)]
    [InlineData("192.0.2.0/24/24", PrefixError.BadLength)]
    [InlineData("192.0.2.0/255.255.255.0", PrefixError.BadLength)]
    [InlineData("192.0.2.0/99999999999", PrefixError.BadLength)]
    [InlineData("2001:db8::/129", PrefixError.BadLength)]
    [InlineData("192.0.2.77/24", PrefixError.HostBits)]
    [InlineData("2001:db8::1/64", PrefixError.HostBits)]
    [InlineData("128.0.0.0/0", PrefixError.HostBits)]
    public void Anything_else_is_refused(string text, PrefixError expected)
    {
        Assert.Equal(expected, IPPrefix.TryParse(text, out var prefix));
        Assert.Throws<FormatException>(() => IPPrefix.Parse(text));
        Assert.True(expected == PrefixError.HostBits || prefix == default);
    }

    [Fact]
    public void Host_bits_are_cleared_for_the_remedy()
    {
        IPPrefix.TryParse("192.0.2.77/26", out var prefix);
        Assert.Equal("192.0.2.64/26", prefix.ToString());
    }

    [Fact]
    public void Random_addresses_are_read_as_the_runtime_reads_them()
    {
        var random = new Random(5952);
        var octets = new byte[16];
        for (var round = 0; round < 2000; round++)
        {
            random.NextBytes(octets);
            for (var zero = random.Next(12); zero > 0; zero--)
            {
                octets[random.Next(16)] = 0;
            }

            var address = new IPAddress(round % 2 == 0 ? octets : octets[..4]);
            Assert.Equal(PrefixError.None, IPPrefix.TryParse(address.ToString(), out var prefix));
            Assert.Equal(IPPrefix.FromAddress(address), prefix);
            Assert.Equal(address, prefix.Address);
        }
    }

    [Theory]
    [InlineData("192.0.2.0/24", "192.0.2.0/24", true)]
    [InlineData("192.0.2.0/24", "192.0.2.128/25", true)]
    [InlineData("192.0.2.128/25", "192.0.2.0/24", false)]
    [InlineData("192.0.2.0/24", "192.0.3.0/32", false)]
    [InlineData("0.0.0.0/0", "255.255.255.255", true)]
    [InlineData("0.0.0.0/0", "::", false)]
    [InlineData("::/0", "0.0.0.0/0", false)]
    [InlineData("2001:db8::/32", "2001:db8:ffff::/48", true)]
    public void Contains_longer_prefixes_of_its_family(string outer, string inner, bool expected) =>
        Assert.Equal(expected, IPPrefix.Parse(outer).Contains(IPPrefix.Parse(inner)));

    [Fact]
    public void Covering_prefix_sorts_first()
    {
        string[] expected = ["0.0.0.0/0", "192.0.2.0/24", "192.0.2.0/25", "192.0.2.0/32", "192.0.2.128/25", "::/0", "2001:db8::/32", "2001:db8::/48"];
        var prefixes = expected.Select(IPPrefix.Parse).ToArray();
        var shuffled = prefixes.ToArray();
        new Random(1).Shuffle(shuffled);
        Assert.Equal(prefixes, shuffled.Order());
        Assert.True(prefixes[0] < prefixes[1] && prefixes[1] >= prefixes[0] && prefixes[1] > prefixes[0] && prefixes[0] <= prefixes[1]);
    }

    [Fact]
    public void Creates_with_the_bits_below_cleared()
    {
        Assert.Equal("255.254.0.0/15", IPPrefix.Create(UInt128.MaxValue, 15, isIPv6: false).ToString());
        Assert.Equal("0.0.0.0/0", IPPrefix.Create(UInt128.MaxValue, 0, isIPv6: false).ToString());
        Assert.Equal("192.0.0.0/16", IPPrefix.Parse("192.0.2.0/24").Truncate(16).ToString());
        Assert.Throws<ArgumentOutOfRangeException>(() => IPPrefix.Create(0, 33, isIPv6: false));
        Assert.Throws<ArgumentOutOfRangeException>(() => IPPrefix.Create(0, -1, isIPv6: true));
        Assert.Throws<ArgumentOutOfRangeException>(() => IPPrefix.Create(0, 129, isIPv6: true));
    }
}
