// The client: arguments it refuses, addresses it leaves out, errors it reports, swarms, and zones that mean harm.

using System.Net;
using AltoDns.Discovery.Tests.Support;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;

namespace AltoDns.Discovery.Tests.Procedure;

public sealed class DiscoveryClientTests
{
    private static readonly string[] Isp =
    [
        """100.51.198.in-addr.arpa. 3600 IN NAPTR 100 10 "u" "ALTO:https" "!.*!https://alto.example/ird!" .""",
        """51.198.in-addr.arpa. 3600 IN NAPTR 100 10 "u" "ALTO:https" "!.*!https://wide.example/ird!" .""",
        "100.51.198.in-addr.arpa. 3600 IN TXT \"v=ALTOKEY1; k=rsa; s=a; h=ALTO.example; x=y; p=AQID\"",
        "100.51.198.in-addr.arpa. 3600 IN TXT \"v=ALTOKEY1; k=rsa; s=b; \" \"h=other.example; p=BAUG\"",
        "100.51.198.in-addr.arpa. 3600 IN TXT \"v=spf1 -all\"",
        "100.51.198.in-addr.arpa. 3600 IN TXT \"v=ALTOKEY1; k=rsa; s=c; h=alto.example; p=???\"",
        "100.51.198.in-addr.arpa. 3600 IN TXT \"k=rsa; v=ALTOKEY1; s=d; h=alto.example; p=AQID\"",
    ];

    [Theory]
    [InlineData("10.1.2.3")]
    [InlineData("100.64.0.1")]
    [InlineData("127.0.0.1")]
    [InlineData("169.254.7.7")]
    [InlineData("172.31.255.255")]
    [InlineData("192.168.0.1")]
    [InlineData("224.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("0.0.0.0")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("fe80::1")]
    [InlineData("fd00::1")]
    [InlineData("ff02::1")]
    [InlineData("::ffff:10.0.0.1")]
    public async Task Addresses_of_no_host_on_the_internet_are_not_asked_for(string address)
    {
        await using var server = ZoneAnswers.OfRecords(Isp).Serve();
        await using var client = Clients.Discovery(server);
        await using var willing = new DiscoveryClient(new DiscoveryOptions { Resolver = Clients.Options(server), IncludeSpecialAddresses = true });

        var result = await client.DiscoverAsync(IPAddress.Parse(address));
        Assert.Equal(DiscoveryStatus.NotDiscoverable, result.Status);
        Assert.Empty(server.Queries);

        Assert.Equal(DiscoveryStatus.NotFound, (await willing.DiscoverAsync(IPAddress.Parse(address))).Status);
        Assert.NotEmpty(server.Queries);
    }

    [Fact]
    public async Task Mapped_addresses_are_ipv4()
    {
        await using var server = ZoneAnswers.OfRecords(Isp).Serve();
        await using var client = Clients.Discovery(server);

        var result = await client.DiscoverAsync(IPAddress.Parse("::ffff:198.51.100.3"));

        Assert.Equal(("198.51.100.3", DiscoveryStatus.Found), (result.Subject, result.Status));
    }

    [Fact]
    public async Task Keys_belong_to_the_server_whose_host_they_name()
    {
        await using var server = ZoneAnswers.OfRecords(Isp).Serve();
        await using var client = Clients.Discovery(server);

        var result = await client.DiscoverAsync(IPAddress.Parse("198.51.100.3"));

        Assert.Equal(["a", "b"], result.Keys.Select(key => key.Selector).Order());
        var key = Assert.Single(Assert.Single(result.Servers).Keys);
        Assert.Equal(("rsa", "a", "010203"), (key.Algorithm, key.Selector, Convert.ToHexString(key.SubjectPublicKeyInfo.Span)));
    }

    [Fact]
    public async Task Arguments_that_cannot_be_worked_with_are_named()
    {
        await using var client = new DiscoveryClient();

        AssertFault(DiscoveryError.BadPeerId, "id", Assert.Throws<DiscoveryException>(() => new PeerHint("a..b")));
        AssertFault(DiscoveryError.BadPeerId, "id", Assert.Throws<DiscoveryException>(() => new PeerHint("-a")));
        AssertFault(DiscoveryError.BadPeerId, "id", Assert.Throws<DiscoveryException>(() => new PeerHint(new string('a', 64))));
        AssertFault(DiscoveryError.BadService, "service", await Assert.ThrowsAsync<DiscoveryException>(() => client.DiscoverAsync(IPAddress.Parse("192.0.2.1"), service: "ALTO:")));
        AssertFault(DiscoveryError.BadService, "service", Assert.Throws<DiscoveryException>(() => { client.DiscoverManyAsync(AsyncEnumerable.Empty<Peer>(), "1:x"); }));
        AssertFault(DiscoveryError.BadDomainName, "domain", await Assert.ThrowsAsync<DiscoveryException>(() => client.DiscoverDomainAsync("a..b")));
        AssertFault(DiscoveryError.BadDomainName, "domain", await Assert.ThrowsAsync<DiscoveryException>(() => client.DiscoverDomainAsync(".")));
        AssertFault(DiscoveryError.UnsupportedPrefixLength, "prefix", await Assert.ThrowsAsync<DiscoveryException>(() => client.DiscoverAsync(IPNetwork.Parse("192.0.0.0/7"))));
        AssertFault(DiscoveryError.UnsupportedPrefixLength, "prefix", await Assert.ThrowsAsync<DiscoveryException>(() => client.DiscoverAsync(IPNetwork.Parse("2001:db8::/31"))));

        static void AssertFault(DiscoveryError error, string argument, DiscoveryException exception) =>
            Assert.Equal((error, argument), (exception.Error, exception.ParamName));
    }

    [Theory]
    [InlineData(ResponseCode.ServerFailure)]
    [InlineData(ResponseCode.Refused)]
    public async Task A_name_that_fails_is_passed_over_and_the_caller_told(ResponseCode code)
    {
        var zone = ZoneAnswers.OfRecords(Isp);
        await using var server = new ScriptedServer(query => query.Question.Name == DomainName.Parse("100.51.198.in-addr.arpa.")
            ? [[.. query.Message[..2], 0x80, (byte)code, 0, 1, 0, 0, 0, 0, 0, 0, .. query.Message[12..(12 + query.Question.Name.Length + 4)]]]
            : [zone.Answer(query.Message, query.IsTcp)]);
        await using var client = new DiscoveryClient(new DiscoveryOptions { Resolver = Clients.Options(server), WithKeys = false });

        var result = await client.DiscoverAsync(IPAddress.Parse("198.51.100.3"));

        Assert.Equal(("https://wide.example/ird", true), (Assert.Single(result.Servers).Uri.OriginalString, result.HadTemporaryErrors));
        Assert.Equal(["R32", "R24", "R16"], result.Trace.Select(step => step.Step));
    }

    [Fact]
    public async Task A_name_that_failed_is_asked_for_again_only_after_all_others_and_when_wanted()
    {
        var zone = ZoneAnswers.OfRecords(Isp[..1]);
        var isOver = false;
        await using var server = new ScriptedServer(query => !(isOver |= query.Question.Name == DomainName.Parse("198.in-addr.arpa.")) && query.Question.Name == DomainName.Parse("100.51.198.in-addr.arpa.")
            ? [[.. query.Message[..2], 0x80, 2, 0, 1, 0, 0, 0, 0, 0, 0, .. query.Message[12..(12 + query.Question.Name.Length + 4)]]]
            : [zone.Answer(query.Message, query.IsTcp)]);
        await using var client = new DiscoveryClient(new DiscoveryOptions
        {
            Resolver = Clients.Options(server) with { FailureTimeToLive = TimeSpan.Zero },
            WithKeys = false,
            RetryTemporaryErrors = true,
        });

        var result = await client.DiscoverAsync(IPAddress.Parse("198.51.100.3"));

        Assert.Equal((DiscoveryStatus.Found, true), (result.Status, result.HadTemporaryErrors));
        Assert.Equal(["R32", "R24", "R16", "R8", "R24"], result.Trace.Select(step => step.Step));
    }

    [Fact]
    public async Task A_swarm_costs_one_question_for_each_name_and_groups_by_server()
    {
        var records = Enumerable.Range(0, 20).SelectMany(isp => new[]
        {
            $"""{isp}.51.198.in-addr.arpa. 3600 IN NAPTR 100 10 "u" "ALTO:https" "!.*!https://alto{isp % 5}.example/ird!" .""",
            $"""*.{isp}.51.198.in-addr.arpa. 3600 IN NAPTR 100 10 "u" "ALTO:https" "!.*!https://alto{isp % 5}.example/ird!" .""",
        });
        await using var server = ZoneAnswers.OfRecords(records).Serve();
        await using var client = Clients.Discovery(server);
        var peers = Enumerable.Range(0, 2_000).Select(i => new Peer(IPAddress.Parse($"198.51.{i % 20}.{i % 50}"))).ToList();

        var groups = await client.DiscoverManyAsync(peers.ToAsyncEnumerable()).GroupByServerAsync();

        Assert.Equal(5, groups.Count);
        Assert.Equal(2_000, groups.Sum(group => group.Peers.Count));
        Assert.All(groups, group => Assert.Single(group.Peers.Select(peer => peer.Address.GetAddressBytes()[2] % 5).Distinct()));
        Assert.Equal(peers.Select(peer => peer.Address).Distinct().Count(), server.Queries.Count);
    }

    [Fact]
    public async Task A_swarm_that_is_given_up_stops()
    {
        await using var server = ZoneAnswers.OfRecords(Isp).Serve();
        await using var client = Clients.Discovery(server);

        await foreach (var discovery in client.DiscoverManyAsync(Endless()))
        {
            Assert.NotNull(discovery.Result);
            break;
        }

        static async IAsyncEnumerable<Peer> Endless()
        {
            for (var i = 0u; ; i++)
            {
                await Task.Yield();
                yield return new Peer(new IPAddress(new byte[] { 198, 51, (byte)(i >> 8), (byte)i }));
            }
        }
    }

    [Fact]
    public async Task Hostile_zones_cost_bounded_work()
    {
        // A tree of chains without an end: each name leads to 60 others.
        await using var server = new ScriptedServer(query => [Bush(query)]);
        await using var client = Clients.Discovery(server);

        var result = await client.DiscoverAsync(IPAddress.Parse("198.51.100.3"));

        Assert.Equal(DiscoveryStatus.NotFound, result.Status);
        Assert.InRange(server.Queries.Count(query => !query.IsTcp), 8, new DiscoveryOptions().MaxLookups);
    }

    private static byte[] Bush(ScriptedQuery query)
    {
        var body = new byte[16_000];
        var writer = new WireWriter(body);
        writer.WriteOctets(query.Message.AsSpan(12, query.Question.Name.Length + 4));
        const int Records = 60;
        for (var i = 0; i < Records; i++)
        {
            var target = DomainName.Parse($"n{i}x{query.Question.Name.GetHashCode():x}.example.");
            new ResourceRecord(query.Question.Name, RecordClass.Internet, 60, new AltoDns.Protocol.Records.NaptrData(1, (ushort)i, [], "ALTO:https"u8.ToArray(), [], target)).Write(ref writer);
        }

        byte[] header = [.. query.Message[..2], (byte)(query.IsTcp ? 0x80 : 0x82), 0x80, 0, 1, 0, Records, 0, 0, 0, 0];
        return query.IsTcp ? [.. header, .. writer.Written] : [.. header, .. writer.Written[..(query.Question.Name.Length + 4)]];
    }
}
