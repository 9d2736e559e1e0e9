// Whether an address lies in a list of prefixes.

using System.Net;
using AltoDns.Protocol.Names;
using AltoDns.Server.Access;

namespace AltoDns.Server.Tests.Protection;

public sealed class AddressRangesTests
{
    private static readonly AddressRanges Ranges = new(
        new[] { "192.0.2.0/24", "192.0.2.128/25", "192.0.3.0/31", "203.0.113.7/32", "2001:db8::/32", "2001:db8:1::/48", "2001:dc0::/127" }.Select(IPPrefix.Parse));

    [Theory]
    [InlineData("192.0.2.0", true)]
    [InlineData("192.0.2.255", true)]
    [InlineData("192.0.1.255", false)]
    [InlineData("192.0.3.1", true)]
    [InlineData("192.0.3.2", false)]
    [InlineData("203.0.113.7", true)]
    [InlineData("203.0.113.8", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("::ffff:192.0.2.9", true)]
    [InlineData("::ffff:192.0.4.9", false)]
    [InlineData("2001:db8::", true)]
    [InlineData("2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", true)]
    [InlineData("2001:db9::", false)]
    [InlineData("2001:dc0::1", true)]
    [InlineData("2001:dc0::2", false)]
    [InlineData("::", false)]
    public void Tells_who_is_within(string address, bool isWithin) =>
        Assert.Equal(isWithin, Ranges.Contains(IPAddress.Parse(address).GetAddressBytes()));

    [Theory]
    [InlineData("0.0.0.0/0", "255.255.255.255", true)]
    [InlineData("0.0.0.0/0", "2001:db8::1", false)]
    [InlineData("::/0", "2001:db8::1", true)]
    public void Takes_a_whole_family(string prefix, string address, bool isWithin) =>
        Assert.Equal(isWithin, new AddressRanges([IPPrefix.Parse(prefix)]).Contains(IPAddress.Parse(address).GetAddressBytes()));

    [Fact]
    public void Contains_nothing_when_empty() => Assert.False(AddressRanges.None.Contains([192, 0, 2, 1]));
}
