// How resolvers are written, and how a resolv.conf names them.

using AltoDns.Discovery.Resolving;

namespace AltoDns.Discovery.Tests.Resolving;

public sealed class ResolverAddressTests
{
    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1:53", true)]
    [InlineData("192.0.2.1:5300", "192.0.2.1:5300", false)]
    [InlineData("::1", "[::1]:53", true)]
    [InlineData("2001:db8::1", "[2001:db8::1]:53", false)]
    [InlineData("[2001:db8::1]:5300", "[2001:db8::1]:5300", false)]
    [InlineData("tls://192.0.2.1#dns.example", "tls://192.0.2.1:853#dns.example", false)]
    [InlineData("tls://192.0.2.1:8853", "tls://192.0.2.1:8853#192.0.2.1", false)]
    [InlineData("tls://127.0.0.1", "tls://127.0.0.1:853#127.0.0.1", false)]
    [InlineData("https://dns.example/dns-query", "https://dns.example/dns-query", false)]
    public void Resolvers_are_read(string text, string written, bool isTrusted)
    {
        Assert.True(ResolverAddress.TryParse(text, out var address));
        Assert.Equal((written, isTrusted), (address.ToString(), address.IsTrusted));
    }

    [Theory]
    [InlineData("")]
    [InlineData("dns.example")]
    [InlineData("192.0.2")]
    [InlineData("192.0.2.1:0")]
    [InlineData("192.0.2.1:65536")]
    [InlineData("192.0.2.1:")]
    [InlineData("[2001:db8::1]:x")]
    [InlineData("tls://")]
    [InlineData("tls://192.0.2.1#")]
    [InlineData("https://")]
    public void Other_texts_are_not(string text) => Assert.False(ResolverAddress.TryParse(text, out _));

    [Fact]
    public void Three_nameservers_of_resolv_conf_are_taken()
    {
        var servers = ResolverConfiguration.Parse(
        [
            "# nameserver 192.0.2.9", "search example", "nameserver 192.0.2.1", "nameserver\t2001:db8::1", "nameserver nonsense", "nameserver 127.0.0.53", "nameserver 192.0.2.4",
        ]);

        Assert.Equal(["192.0.2.1:53", "[2001:db8::1]:53", "127.0.0.53:53"], servers.Select(server => server.ToString()));
        Assert.Equal([false, false, true], servers.Select(server => server.IsTrusted));
    }

    [Fact]
    public void Option_trust_ad_makes_them_trusted()
    {
        var server = Assert.Single(ResolverConfiguration.Parse(["nameserver 192.0.2.1", "options edns0 trust-ad"]));

        Assert.True(server.IsTrusted);
    }

    [Fact]
    public void Without_a_nameserver_it_is_the_local_host()
    {
        Assert.Equal("127.0.0.1:53", Assert.Single(ResolverConfiguration.Parse([])).ToString());
    }
}
