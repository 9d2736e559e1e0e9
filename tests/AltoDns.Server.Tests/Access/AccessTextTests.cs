// Rules of access and peers as operators write them.

using System.Net;
using AltoDns.Protocol.Names;
using AltoDns.Server.Access;

namespace AltoDns.Server.Tests.Access;

public sealed class AccessTextTests
{
    [Theory]
    [InlineData("192.0.2.0/24", "192.0.2.9", null, true)]
    [InlineData("192.0.2.0/24", "192.0.3.9", null, false)]
    [InlineData("192.0.2.9", "192.0.2.9", "other.", true)]
    [InlineData("2001:db8::/32", "2001:db8::9", null, true)]
    [InlineData("192.0.2.0/24 key a", "192.0.2.9", "A.", true)]
    [InlineData("192.0.2.0/24 key a", "192.0.2.9", null, false)]
    [InlineData("192.0.2.0/24 key a.", "192.0.3.9", "a.", false)]
    [InlineData("key:a", "2001:db8::9", "a.", true)]
    [InlineData("key:a", "2001:db8::9", "b.", false)]
    [InlineData("any", "192.0.2.9", null, true)]
    [InlineData("any key a", "192.0.2.9", null, false)]
    [InlineData("192.0.2.0/24", "::ffff:192.0.2.9", null, true)]
    public void Allows_by_address_and_key(string text, string client, string? key, bool expected)
    {
        Assert.True(AccessRuleText.TryParse(text, out var rule, out _));
        var list = new AccessList([rule]);
        Assert.Equal(expected, list.Allows(IPAddress.Parse(client), key is null ? null : DomainName.Parse(key)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("192.0.2.1/24")]
    [InlineData("192.0.2.0/33")]
    [InlineData("everybody")]
    [InlineData("192.0.2.0/24 a")]
    [InlineData("192.0.2.0/24 key")]
    [InlineData("key:")]
    [InlineData("key:a..b")]
    [InlineData("192.0.2.0/24 key a..b")]
    public void Refuses_what_is_no_rule(string text)
    {
        Assert.False(AccessRuleText.TryParse(text, out _, out var fault));
        Assert.EndsWith(".", fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("192.0.2.53", "192.0.2.53:53")]
    [InlineData("192.0.2.53:5300", "192.0.2.53:5300")]
    [InlineData("2001:db8::53", "[2001:db8::53]:53")]
    [InlineData("[2001:db8::53]:5300 key A", "[2001:db8::53]:5300 key A.")]
    public void Reads_peers(string text, string expected)
    {
        Assert.True(PeerText.TryParse(text, out var peer, out _));
        Assert.Equal(expected, peer.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("ns1.example.")]
    [InlineData("192.0.2.53:0")]
    [InlineData("0.0.0.0")]
    [InlineData("192.0.2.53 transfer")]
    [InlineData("192.0.2.53 key a..b")]
    public void Refuses_what_is_no_peer(string text)
    {
        Assert.False(PeerText.TryParse(text, out _, out var fault));
        Assert.EndsWith(".", fault, StringComparison.Ordinal);
    }
}
