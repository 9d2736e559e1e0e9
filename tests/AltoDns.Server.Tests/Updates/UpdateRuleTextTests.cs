// Rules of update policies as operators write them.

using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Server.Updates;
using AltoDns.Zones.Updating;

namespace AltoDns.Server.Tests.Updates;

public sealed class UpdateRuleTextTests
{
    [Theory]
    [InlineData("key=dhcp", "a.example.", RecordType.A, true)]
    [InlineData("key=dhcp", "a.example.", RecordType.NS, false)]
    [InlineData("key=dhcp types=NS", "a.example.", RecordType.NS, true)]
    [InlineData("key=dhcp types=NS", "a.example.", RecordType.A, false)]
    [InlineData("key=dhcp names=_peer", "x._peer.1.2.0.192.in-addr.arpa.", RecordType.NAPTR, true)]
    [InlineData("key=dhcp names=_peer", "1.2.0.192.in-addr.arpa.", RecordType.NAPTR, false)]
    [InlineData("key=dhcp names=subtree:b.example", "a.b.example.", RecordType.A, true)]
    [InlineData("key=dhcp names=subtree:b.example", "ab.example.", RecordType.A, false)]
    [InlineData("key=dhcp names=name:b.example", "a.b.example.", RecordType.A, false)]
    [InlineData("key=dhcp names=name:B.example", "b.example.", RecordType.A, true)]
    [InlineData("key=host.example names=self", "host.example.", RecordType.A, true)]
    [InlineData("key=host.example names=self", "x.host.example.", RecordType.A, true)]
    [InlineData("key=host.example names=self", "other.example.", RecordType.A, false)]
    public void Permits_what_a_rule_says(string text, string owner, RecordType type, bool expected)
    {
        Assert.True(UpdateRuleText.TryParse(text, out var rule, out var fault), fault);

        Assert.Equal(expected, rule.Permits(DomainName.Parse(owner), type));
    }

    [Theory]
    [InlineData("zone=example.", "names no key")]
    [InlineData("key=dhcp types=A,NONSENSE", "'NONSENSE' is not a record type")]
    [InlineData("key=dhcp types=ANY", "'ANY' is not a record type")]
    [InlineData("key=dhcp names=some", "'some' is no choice of names")]
    [InlineData("key=dhcp names=subtree", "has no domain name")]
    [InlineData("key=a..b", "cannot name a key")]
    [InlineData("key=dhcp zone=a..b", "is not a domain name")]
    [InlineData("dhcp", "is not part of a rule")]
    public void Tells_what_is_wrong_with_a_rule(string text, string expected)
    {
        Assert.False(UpdateRuleText.TryParse(text, out _, out var fault));

        Assert.Contains(expected, fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Lets_a_key_delete_all_of_a_name_where_it_may_delete_each_type()
    {
        Assert.True(UpdateRuleText.TryParse("key=dhcp types=A,TXT", out var rule, out _));
        var permission = new UpdatePermission([rule]);
        var owner = DomainName.Parse("a.example.");

        Assert.True(permission.Permits(owner, RecordType.ANY, [RecordType.A, RecordType.TXT]));
        Assert.True(permission.Permits(owner, RecordType.ANY, []));
        Assert.False(permission.Permits(owner, RecordType.ANY, [RecordType.A, RecordType.MX]));
    }
}
