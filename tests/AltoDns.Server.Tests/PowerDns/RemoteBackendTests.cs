// What PowerDNS is told: requests and replies as they go over the socket.

using System.Buffers;
using System.Text;
using System.Text.Json;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Security;
using AltoDns.Server.Access;
using AltoDns.Server.PowerDns;
using AltoDns.Server.Transfers;
using AltoDns.Testing;
using AltoDns.Zones.Serving;

namespace AltoDns.Server.Tests.PowerDns;

public sealed class RemoteBackendTests
{
    private const string ZoneText = """
        $TTL 3600
        @ SOA ns hostmaster 7 7200 600 86400 300
        @ NS ns
        ns A 192.0.2.1
        a.ent TXT "one \"two\""
        *.wild A 192.0.2.2
        sub NS ns.sub
        sub DS 1 13 2 2BB183AF5F22588179A53B0A98631FAD1A2921182BB183AF5F22588179A53B0A
        ns.sub A 192.0.2.3
        deep.sub NS ns.deep.sub
        dn DNAME target.test.
        x.dn A 192.0.2.4
        odd TYPE65400 \# 2 ABCD
        """;

    private static readonly DomainName Key = DomainName.Parse("key.test.");

    [Theory]
    [InlineData("ns.example.", "ANY", """A ns.example. 192.0.2.1 1""")]
    [InlineData("NS.example.", "A", """A ns.example. 192.0.2.1 1""")]
    [InlineData("ns.example", "AAAA", "")]
    [InlineData("ent.example.", "ANY", " ent.example.  1")]
    [InlineData("a.ent.example.", "ANY", """TXT a.ent.example. "one \"two\"" 1""")]
    [InlineData("*.wild.example.", "ANY", "A *.wild.example. 192.0.2.2 1")]
    [InlineData("x.wild.example.", "ANY", "")]
    [InlineData("sub.example.", "NS", "NS sub.example. ns.sub.example. 0")]
    [InlineData("sub.example.", "DS", "DS sub.example. 1 13 2 2BB183AF5F22588179A53B0A98631FAD1A2921182BB183AF5F22588179A53B0A 1")]
    [InlineData("ns.sub.example.", "ANY", "A ns.sub.example. 192.0.2.3 0")]
    [InlineData("deep.sub.example.", "ANY", "")]
    [InlineData("dn.example.", "DNAME", "DNAME dn.example. target.test. 1")]
    [InlineData("x.dn.example.", "ANY", "")]
    [InlineData("odd.example.", "ANY", @"TYPE65400 odd.example. \# 2 ABCD 1")]
    [InlineData("example.org.", "SOA", "")]
    [InlineData("example.", "SOA", "SOA example. ns.example. hostmaster.example. 7 7200 600 86400 300 1")]
    public void Looks_names_up_literally(string name, string type, string expected)
    {
        var rows = Ask("lookup", new { qname = name, qtype = type, remote = "192.0.2.99" });

        Assert.Equal(expected, string.Join('|', rows.EnumerateArray().Select(row =>
            $"{row.GetProperty("qtype")} {row.GetProperty("qname")} {row.GetProperty("content")} {row.GetProperty("auth")}")));
    }

    [Fact]
    public void Number_of_a_zone_stays_and_leads_to_it_alone()
    {
        var store = Store();
        var number = Ask("getDomainInfo", new { name = "example." }, store).GetProperty("id").GetInt32();

        Assert.Equal(number, Ask("getDomainInfo", new { name = "example." }, Store()).GetProperty("id").GetInt32());
        Assert.True(number > 0);
        var numberKnown = Ask("getAllDomains", new { }, store).EnumerateArray().Single().GetProperty("id").GetInt32();
        Assert.Equal(number, numberKnown);
    }

    [Fact]
    public void Lists_every_record_but_those_that_PowerDNS_makes()
    {
        var types = Ask("list", new { zonename = "nsec3.example.", domain_id = -1 }, Signed("signed-nsec3.scenario")).EnumerateArray()
            .Select(row => row.GetProperty("qtype").GetString()).Distinct().Order(StringComparer.Ordinal).ToList();

        Assert.Contains("RRSIG", types);
        Assert.Contains("", types);
        Assert.DoesNotContain("NSEC3", types);
        Assert.DoesNotContain("NSEC3PARAM", types);
    }

    [Fact]
    public void Refuses_a_listing_that_is_too_long()
    {
        using var reply = Exchange("""{"method":"list","parameters":{"zonename":"example."}}""", Store(), new PowerDnsOptions("") { MaxReply = 200 }, out var outcome);

        Assert.Equal(BackendOutcome.TooLong, outcome);
        Assert.Equal(JsonValueKind.False, reply.RootElement.GetProperty("result").ValueKind);
        Assert.Contains("longer than 200 octets", reply.RootElement.GetProperty("log")[0].GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("signed-nsec.scenario", "PRESIGNED=1")]
    [InlineData("signed-nsec3.scenario", "PRESIGNED=1;NSEC3PARAM=1 0 0 -")]
    [InlineData("signed-optout.scenario", "PRESIGNED=1;NSEC3PARAM=1 1 0 -")]
    public void Tells_how_a_zone_is_signed(string scenario, string expected)
    {
        var store = Signed(scenario);
        var origin = store.Current.Zones[0].Origin.ToString();

        var all = Ask("getAllDomainMetadata", new { name = origin }, store).EnumerateObject().Select(kind => $"{kind.Name}={kind.Value[0]}");

        Assert.Equal(expected, string.Join(';', all));
        Assert.Equal("1", Ask("getDomainMetadata", new { name = origin, kind = "PRESIGNED" }, store)[0].GetString());
        Assert.Equal(0, Ask("getDomainMetadata", new { name = origin, kind = "SOA-EDIT" }, store).GetArrayLength());
    }

    [Theory]
    [InlineData("www.", "www.", "")]
    [InlineData("zz.", "www.", "")]
    [InlineData(".", "", "alias.")]
    public void Tells_the_names_before_and_after(string name, string before, string after)
    {
        var store = Signed("signed-nsec.scenario");
        var zones = new BackendZones(store);
        _ = zones.Current;
        var neighbours = Ask("getBeforeAndAfterNamesAbsolute", new { id = zones.NumberOf(store.Current.Zones[0].Origin), qname = name }, store);

        Assert.Equal((before, after), (neighbours.GetProperty("before").GetString(), neighbours.GetProperty("after").GetString()));
    }

    [Fact]
    public void Tells_the_name_of_every_hash_and_closes_the_ring()
    {
        var store = Signed("signed-nsec3.scenario");
        var zone = store.Current.Zones[0];
        var zones = new BackendZones(store);
        _ = zones.Current;
        for (var link = 0; link < zone.Nsec3!.Count; link++)
        {
            var hash = Encoding.ASCII.GetString(zone.Nsec3.OwnerOf(link, zone.Origin).FirstLabel).ToUpperInvariant();
            var neighbours = Ask("getBeforeAndAfterNamesAbsolute", new { id = zones.NumberOf(zone.Origin), qname = hash + "." }, store);

            var name = DomainName.Parse(neighbours.GetProperty("unhashed").GetString()!);
            var next = zone.Nsec3.OwnerOf((link + 1) % zone.Nsec3.Count, zone.Origin).FirstLabel;
            var made = new byte[Nsec3Hash.Length];
            Nsec3Hash.Compute(name.ToLower().Wire, zone.Nsec3.Parameters, made);
            Assert.Equal((hash, Encoding.ASCII.GetString(next).ToUpperInvariant()), (neighbours.GetProperty("before").GetString(), neighbours.GetProperty("after").GetString()));
            Assert.True(made.AsSpan().SequenceEqual(zone.Nsec3.HashOf(link)));
        }
    }

    [Fact]
    public void Remembers_which_serial_secondaries_were_told_of()
    {
        var store = Store();
        var zones = new BackendZones(store);
        _ = zones.Current;
        var backend = new RemoteBackend(zones, new TransferOptionsStore(new TransferOptions()), new PowerDnsOptions(""));
        var number = zones.NumberOf(DomainName.Parse("example."));

        Assert.Equal(1, Ask(backend, """{"method":"getUpdatedMasters","parameters":{}}""").GetArrayLength());
        Assert.True(Ask(backend, $$$"""{"method":"setNotified","parameters":{"id":{{{number}}},"serial":7}}""").GetBoolean());
        Assert.Equal(0, Ask(backend, """{"method":"getUpdatedMasters","parameters":{}}""").GetArrayLength());
    }

    [Fact]
    public void Lets_in_by_address_or_key_but_nobody_by_both()
    {
        var transfers = new TransferOptions
        {
            Keys = new Dictionary<DomainName, TsigKey> { [Key] = new TsigKey(Key, TsigAlgorithm.HmacSha256, "secret"u8.ToArray()) },
            Default = new ZoneTransferOptions
            {
                AllowTransfer = new AccessList([new AccessRule(IPPrefix.Parse("192.0.2.0/24"), null), new AccessRule(null, Key), new AccessRule(IPPrefix.Parse("198.51.100.0/24"), Key)]),
            },
        };
        var backend = new RemoteBackend(new BackendZones(Store()), new TransferOptionsStore(transfers), new PowerDnsOptions(""));

        var metadata = Ask(backend, """{"method":"getAllDomainMetadata","parameters":{"name":"example."}}""");
        var key = Ask(backend, """{"method":"getTSIGKey","parameters":{"name":"key.test."}}""");

        Assert.Equal("""{"ALLOW-AXFR-FROM":["192.0.2.0/24"],"TSIG-ALLOW-AXFR":["key.test."]}""", metadata.GetRawText());
        Assert.Equal(("hmac-sha256", "c2VjcmV0"), (key.GetProperty("algorithm").GetString(), key.GetProperty("content").GetString()));
        Assert.False(Ask(backend, """{"method":"getTSIGKey","parameters":{"name":"other.test."}}""").GetBoolean());
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("7")]
    [InlineData("""{"method":7}""")]
    [InlineData("""{"method":"lookup","parameters":[]}""")]
    [InlineData("""{"method":"lookup","parameters":{"a":[[[[[[[[[[]]]]]]]]]]}}""")]
    public void Says_no_to_what_is_no_request(string request)
    {
        using var reply = Exchange(request, Store(), new PowerDnsOptions(""), out var outcome);

        Assert.Equal(BackendOutcome.Malformed, outcome);
        Assert.False(reply.RootElement.GetProperty("result").GetBoolean());
    }

    [Theory]
    [InlineData("""{"method":"feedRecord","parameters":{}}""", "false")]
    [InlineData("""{"method":"somethingNew","parameters":{}}""", "false")]
    [InlineData("""{"method":"initialize"}""", "true")]
    [InlineData("""{"method":"lookup"}""", "[]")]
    [InlineData("""{"method":"lookup","parameters":{"qname":"a..b","qtype":"ANY"}}""", "[]")]
    [InlineData("""{"method":"lookup","parameters":{"qname":"example.","qtype":"NOTHING"}}""", "[]")]
    [InlineData("""{"method":"lookup","parameters":{"qname":"example.","qtype":"SOA","zone-id":4711}}""", "[]")]
    [InlineData("""{"method":"lookup","parameters":{"qname":7,"qtype":{}}}""", "[]")]
    [InlineData("""{"method":"list","parameters":{"zonename":"example.org."}}""", "false")]
    [InlineData("""{"method":"getDomainInfo","parameters":{"name":"sub.example."}}""", "false")]
    [InlineData("""{"method":"getBeforeAndAfterNamesAbsolute","parameters":{"id":-5,"qname":"x."}}""", "false")]
    [InlineData("""{"method":"getDomainKeys","parameters":{"name":"example."}}""", "[]")]
    public void Has_a_reply_for_every_request(string request, string expected)
    {
        using var reply = Exchange(request, Store(), new PowerDnsOptions(""), out _);

        Assert.Equal(expected, reply.RootElement.GetProperty("result").GetRawText());
    }

    private static ZoneStore Store() => new(new ZoneSet([new ScenarioZone("test", DomainName.Parse("example."), ZoneText).Load()]));

    private static ZoneStore Signed(string scenario) =>
        new(ScenarioReader.Read(ScenarioReader.AllFiles.Single(file => Path.GetFileName(file) == scenario)).LoadZones());

    private static JsonElement Ask(string method, object parameters, ZoneStore? store = null)
    {
        var zones = new BackendZones(store ?? Store());
        _ = zones.Current;
        return Ask(new RemoteBackend(zones, new TransferOptionsStore(new TransferOptions()), new PowerDnsOptions("")), JsonSerializer.Serialize(new { method, parameters }));
    }

    private static JsonElement Ask(RemoteBackend backend, string request)
    {
        var buffer = new ArrayBufferWriter<byte>();
        Assert.Equal(BackendOutcome.Answered, backend.Answer(Encoding.UTF8.GetBytes(request), buffer, out _));
        using var reply = JsonDocument.Parse(buffer.WrittenMemory);
        return reply.RootElement.GetProperty("result").Clone();
    }

    private static JsonDocument Exchange(string request, ZoneStore store, PowerDnsOptions options, out BackendOutcome outcome)
    {
        var buffer = new ArrayBufferWriter<byte>();
        outcome = new RemoteBackend(new BackendZones(store), new TransferOptionsStore(new TransferOptions()), options).Answer(Encoding.UTF8.GetBytes(request), buffer, out _);
        Assert.Equal(1, Encoding.UTF8.GetString(buffer.WrittenSpan).Count(character => character == '\n'));
        return JsonDocument.Parse(buffer.WrittenMemory);
    }
}
