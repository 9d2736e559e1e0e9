// Prefixes as names of the reverse tree, and back.

using AltoDns.Protocol.Names;

namespace AltoDns.Protocol.Tests.Names;

public sealed class ReverseNameTests
{
    /// <summary>The names of RFC 8686 §3.3 and Appendix C.4, and the ends of either tree.</summary>
    [Theory]
    [InlineData("198.51.100.3/32", "3.100.51.198.in-addr.arpa.")]
    [InlineData("198.51.100.0/24", "100.51.198.in-addr.arpa.")]
    [InlineData("198.51.0.0/16", "51.198.in-addr.arpa.")]
    [InlineData("198.0.0.0/8", "198.in-addr.arpa.")]
    [InlineData("0.0.0.0/0", "in-addr.arpa.")]
    [InlineData("0.10.0.100/32", "100.0.10.0.in-addr.arpa.")]
    [InlineData("255.255.255.255/32", "255.255.255.255.in-addr.arpa.")]
    [InlineData("2001:db8:1:2:227:eff:fe6a:de42/128", "2.4.e.d.a.6.e.f.f.f.e.0.7.2.2.0.2.0.0.0.1.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa.")]
    [InlineData("2001:db8:1:2::/64", "2.0.0.0.1.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa.")]
    [InlineData("2001:db8:1::/56", "0.0.1.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa.")]
    [InlineData("2001:db8:1::/48", "1.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa.")]
    [InlineData("2001:db8::/40", "0.0.8.b.d.0.1.0.0.2.ip6.arpa.")]
    [InlineData("2001:db8::/32", "8.b.d.0.1.0.0.2.ip6.arpa.")]
    [InlineData("2000::/4", "2.ip6.arpa.")]
    [InlineData("::/0", "ip6.arpa.")]
    public void Prefix_has_the_name_of_RFC_8686(string prefix, string name)
    {
        var expected = DomainName.Parse(name);
        Assert.Equal(expected, ReverseName.FromPrefix(IPPrefix.Parse(prefix)));
        Assert.Equal(name, ReverseName.FromPrefix(IPPrefix.Parse(prefix)).ToString());
        Assert.True(ReverseName.TryGetPrefix(DomainName.Parse(name.ToUpperInvariant()), out var found));
        Assert.Equal(IPPrefix.Parse(prefix), found);
    }

    [Fact]
    public void Random_prefixes_come_back_from_their_names()
    {
        var random = new Random(3596);
        for (var round = 0; round < 5000; round++)
        {
            var isIPv6 = random.Next(2) == 0;
            var step = ReverseName.BitsPerLabel(isIPv6);
            var bits = new UInt128((ulong)random.NextInt64(long.MinValue, long.MaxValue), (ulong)random.NextInt64(long.MinValue, long.MaxValue));
            var prefix = IPPrefix.Create(bits, random.Next((isIPv6 ? 128 : 32) / step + 1) * step, isIPv6);
            var name = ReverseName.FromPrefix(prefix);
            Assert.Equal(prefix.Length / step + 2, name.LabelCount);
            Assert.True(ReverseName.TryGetPrefix(name, out var found));
            Assert.Equal(prefix, found);
            Assert.True(name.IsSubdomainOf(isIPv6 ? ReverseName.IPv6Root : ReverseName.IPv4Root));
            if (prefix.Length > 0)
            {
                Assert.Equal(name.Parent, ReverseName.FromPrefix(prefix.Truncate(prefix.Length - step)));
            }
        }
    }

    [Theory]
    [InlineData("192.0.2.0/25")]
    [InlineData("10.0.0.0/7")]
    [InlineData("2001:db8::/33")]
    [InlineData("2001:db8::/127")]
    public void Prefix_off_a_label_boundary_has_no_name(string prefix)
    {
        Assert.False(ReverseName.IsOnLabelBoundary(IPPrefix.Parse(prefix)));
        Assert.Throws<ArgumentException>(() => ReverseName.FromPrefix(IPPrefix.Parse(prefix)));
    }

    [Theory]
    [InlineData(".")]
    [InlineData("arpa.")]
    [InlineData("example.")]
    [InlineData("2.0.192.in-addr.example.")]
    [InlineData("64-26.2.0.192.in-addr.arpa.")]
    [InlineData("256.2.0.192.in-addr.arpa.")]
    [InlineData("00.2.0.192.in-addr.arpa.")]
    [InlineData("01.2.0.192.in-addr.arpa.")]
    [InlineData("1000.2.0.192.in-addr.arpa.")]
    [InlineData("+1.2.0.192.in-addr.arpa.")]
    [InlineData("1.1.2.0.192.in-addr.arpa.")]
    [InlineData("a.2.0.192.in-addr.arpa.")]
    [InlineData("_port.1.100.51.198.in-addr.arpa.")]
    [InlineData("x192.in-addr.arpa.")]
    [InlineData("g.ip6.arpa.")]
    [InlineData("10.ip6.arpa.")]
    [InlineData("*.ip6.arpa.")]
    [InlineData("*.192.in-addr.arpa.")]
    [InlineData("0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.ip6.arpa.")]
    [InlineData("192.xin-addr.arpa.")]
    public void Other_names_stand_for_no_prefix(string name)
    {
        Assert.False(ReverseName.TryGetPrefix(DomainName.Parse(name), out var prefix));
        Assert.Equal(default, prefix);
    }
}
