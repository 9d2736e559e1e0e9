// The examples of RFC 7597, Appendix A.

using AltoDns.Protocol.Names;
using AltoDns.Zones.Compilation;

namespace AltoDns.Zones.Tests.Compilation;

public sealed class MapRuleTests
{
    private static readonly IPPrefix Address = IPPrefix.Parse("192.0.2.18");
    private static readonly MapRule Shared = new(IPPrefix.Parse("2001:db8::/40"), IPPrefix.Parse("192.0.2.0/24"), 16);

    [Fact]
    public void Example_1_gives_63_ranges_of_4_ports_to_a_customer()
    {
        Assert.Equal((8, 8, 256), (Shared.SuffixLength, Shared.IdentifierLength, Shared.PortSets));
        var ports = Shared.PortsOf(0x34, 0x34).ToList();

        Assert.Equal(63, ports.Count);
        Assert.Equal(["1232-1235", "2256-2259", "63696-63699", "64720-64723"], new[] { ports[0], ports[1], ports[^2], ports[^1] }.Select(range => range.ToString()));
        Assert.Equal(IPPrefix.Parse("2001:db8:12:3400::/56"), Shared.CustomerOf(Address, 0x34));
    }

    [Fact]
    public void Example_2_finds_the_customer_of_a_port()
    {
        Assert.Equal(0x34, Shared.IdentifierOf(1232));
        Assert.Equal(-1, Shared.IdentifierOf(80));
    }

    [Fact]
    public void Example_4_has_an_address_for_one_customer()
    {
        var rule = new MapRule(IPPrefix.Parse("2001:db8:12:3400::/56"), Address, 0, PortOffset: 0);

        Assert.Equal((0, 0), (rule.SuffixLength, rule.IdentifierLength));
        Assert.Equal("0-65535", Assert.Single(rule.PortsOf(0, 0)).ToString());
        Assert.Equal(rule.IPv6, rule.CustomerOf(Address, 0));
    }

    [Fact]
    public void Example_5_knows_the_port_set_from_elsewhere()
    {
        var rule = new MapRule(IPPrefix.Parse("2001:db8:12:3400::/56"), Address, 0, PortSetLength: 8);

        Assert.Equal(["1232-1235", "64720-64723"], new[] { rule.PortsOf(0x34, 0x34).First(), rule.PortsOf(0x34, 0x34).Last() }.Select(range => range.ToString()));
        Assert.Equal(rule.IPv6, rule.CustomerOf(Address, 0x34));
    }

    [Fact]
    public void Every_port_is_in_the_set_that_it_identifies()
    {
        for (var offset = 0; offset <= 8; offset++)
        {
            var rule = Shared with { PortOffset = offset };
            for (var port = 0; port <= ushort.MaxValue; port += 7)
            {
                var identifier = rule.IdentifierOf((ushort)port);
                Assert.Equal(offset > 0 && port >> (16 - offset) == 0, identifier < 0);
                Assert.True(identifier < 0 || rule.PortsOf(identifier, identifier).Any(range => range.Contains((ushort)port)));
            }
        }
    }
}
