// Discovery through three real resolvers over three ISPs' real servers: the right server, secure where signed, nothing from what is bogus.

using System.Net;
using AltoDns.Discovery.Resolving;
using AltoDns.Discovery.Validating;

namespace AltoDns.Discovery.Tests.Interop;

public sealed class IspTreeTests(IspTree tree) : IClassFixture<IspTree>
{
    public static TheoryData<string, bool> Ways => new(
        from resolver in new[] { "unbound", "BIND", "Knot Resolver" }
        from validates in new[] { true, false }
        select new TheoryDataRow<string, bool>(resolver, validates));

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Every_address_finds_its_server_secured_as_it_is_signed(string resolver, bool validates)
    {
        await using var client = Client(resolver, validates);
        var unsigned = validates ? LookupSecurity.Insecure : LookupSecurity.Indeterminate;

        // address, ID, port → server, security, where
        await ExpectAsync(client, "192.0.2.77", null, "https://alto1.isp1.example/ird", unsigned, "77.2.0.192.in-addr.arpa.");
        await ExpectAsync(client, "192.0.2.140", null, "https://alto2.isp1.example/ird", unsigned, "140.2.0.192.in-addr.arpa.");
        await ExpectAsync(client, "192.0.2.200", null, "https://customer.example/ird", unsigned, "200.2.0.192.in-addr.arpa.");
        await ExpectAsync(client, "198.51.100.1", null, "https://alto.isp2.example/ird", LookupSecurity.Secure, "1.100.51.198.in-addr.arpa.");
        await ExpectAsync(client, "198.51.100.1", new PeerHint("c1f3.north"), "https://north.alto.isp2.example/ird", LookupSecurity.Secure, "c1f3.north._peer.1.100.51.198.in-addr.arpa.");
        await ExpectAsync(client, "198.51.100.70", new PeerHint(port: 40123), "https://north.alto.isp2.example/ird", LookupSecurity.Secure, "b.b.c.9._port.70.100.51.198.in-addr.arpa.");
        await ExpectAsync(client, "2001:db8:2:8000::c", null, "https://north.alto.isp2.example/ird", LookupSecurity.Secure, "c.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.2.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa.");
        await ExpectAsync(client, "203.0.113.10", null, "https://alto.isp3.example/ird", LookupSecurity.Secure, "113.0.203.in-addr.arpa.");
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Bogus_data_is_refused(string resolver, bool validates)
    {
        await using var client = Client(resolver, validates);

        var result = await client.DiscoverAsync(IPNetwork.Parse("198.18.0.0/16"));

        Assert.Equal((DiscoveryStatus.NotFound, true), (result.Status, result.HadTemporaryErrors));
        Assert.Empty(result.Servers);
    }

    [Fact]
    public async Task Keys_say_how_they_were_secured()
    {
        await using var client = Client("unbound", true);

        var signed = await client.DiscoverAsync(IPAddress.Parse("203.0.113.10"));
        var unsigned = await client.DiscoverAsync(IPAddress.Parse("192.0.2.77"));

        Assert.Equal(LookupSecurity.Secure, Assert.Single(Assert.Single(signed.Servers).Keys).Security);
        Assert.Equal(LookupSecurity.Insecure, Assert.Single(Assert.Single(unsigned.Servers).Keys).Security);
    }

    [Fact]
    public async Task One_gap_of_a_signed_zone_answers_for_all_addresses_in_it()
    {
        await using var resolver = new Resolver(Options("unbound", true));
        await using var client = new DiscoveryClient(resolver, new DiscoveryOptions { WithKeys = false });
        await client.DiscoverAsync(IPAddress.Parse("198.51.100.200"));
        var before = resolver.Questions;

        for (var host = 201; host < 251; host++)
        {
            var result = await client.DiscoverAsync(IPAddress.Parse($"198.51.100.{host}"));
            Assert.Equal(("https://alto.isp2.example/ird", LookupSecurity.Secure), (Assert.Single(result.Servers).Uri.OriginalString, result.Security));
        }

        Assert.Equal(before, resolver.Questions);
    }

    private static async Task ExpectAsync(DiscoveryClient client, string address, PeerHint? hint, string uri, LookupSecurity security, string name)
    {
        var result = await client.DiscoverAsync(IPAddress.Parse(address), hint);

        Assert.True(
            result.Servers.Count > 0
            && result.Servers[0].Uri.OriginalString == uri
            && result.Servers[0].Security == security
            && result.AnsweringName.ToString() == name
            && !result.HadTemporaryErrors,
            $"{address}\n{string.Join('\n', result.Servers)}\n{string.Join('\n', result.Trace)}");
    }

    private DiscoveryClient Client(string resolver, bool validates) => new(new DiscoveryOptions { Resolver = Options(resolver, validates) });

    private ResolverOptions Options(string resolver, bool validates) => new()
    {
        Servers = [ResolverAddress.ForPlain(tree.Resolvers[resolver].Endpoint)],
        Validate = validates,
        TrustAnchors = TrustAnchors.ParseRecords(tree.Anchor),
        Deadline = TimeSpan.FromSeconds(30),
    };
}
