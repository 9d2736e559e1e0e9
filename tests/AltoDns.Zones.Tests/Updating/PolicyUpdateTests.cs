// Updates of zones that a policy makes: what they may change, and what the compile rule makes of it.

using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Zones.Loading;
using AltoDns.Zones.Tests.Loading;
using AltoDns.Zones.Updating;

namespace AltoDns.Zones.Tests.Updating;

public sealed class PolicyUpdateTests
{
    private const string Core = "NAPTR 100 10 \"u\" \"ALTO:https\" \"!.*!https://alto.isp1.example/ird!\" .";
    private const string Mobile = "NAPTR 100 10 \"u\" \"ALTO:https\" \"!.*!https://mobile.isp1.example/ird!\" .";
    private const string Own = "NAPTR 100 10 \"u\" \"ALTO:https\" \"!.*!https://own.isp1.example/ird!\" .";

    [Fact]
    public void Gives_a_new_address_the_server_of_its_prefix()
    {
        using var zone = UpdatedZone.OfPolicy();

        Assert.Equal(ResponseCode.NoError, zone.Apply("add 77.2.0.192.in-addr.arpa. 60 PTR host77.isp1.example.", "add 9.7.0.192.in-addr.arpa. 60 PTR host9.isp1.example."));

        Assert.Equal($"{Mobile}; PTR host77.isp1.example.", zone.At("77.2.0.192.in-addr.arpa."));
        Assert.Equal($"{Core}; PTR host9.isp1.example.", zone.At("9.7.0.192.in-addr.arpa."));
        Assert.Equal(Core, zone.At("7.0.192.in-addr.arpa."));
        Assert.Equal(Core, zone.At("*.7.0.192.in-addr.arpa."));
    }

    [Fact]
    public void Leaves_nothing_of_names_that_are_gone()
    {
        using var zone = UpdatedZone.OfPolicy();
        var before = UpdatedZone.RecordsOf(zone.Zone.Content);

        zone.Apply("add 9.7.0.192.in-addr.arpa. 60 PTR host9.isp1.example.", "add 8.7.0.192.in-addr.arpa. 60 PTR host8.isp1.example.");
        zone.Apply("delete 9.7.0.192.in-addr.arpa.");
        Assert.Equal(Core, zone.At("7.0.192.in-addr.arpa."));
        zone.Apply("delete 8.7.0.192.in-addr.arpa. PTR");

        Assert.Equal(before, UpdatedZone.RecordsOf(zone.Zone.Content));
        Assert.Equal(zone.Zone.Base.NodeCount, zone.Zone.Content.NodeCount);
    }

    [Fact]
    public void Lets_a_peer_have_its_own_server_and_those_beside_it_theirs()
    {
        using var zone = UpdatedZone.OfPolicy();

        Assert.Equal(ResponseCode.NoError, zone.Apply($"add c1f3.a.north._peer.1.2.0.192.in-addr.arpa. 60 {Own}", $"add c1f3._peer.5.7.0.192.in-addr.arpa. 60 {Own}"));

        Assert.Equal(Own, zone.At("c1f3.a.north._peer.1.2.0.192.in-addr.arpa."));
        Assert.Equal(Mobile, zone.At("a.north._peer.1.2.0.192.in-addr.arpa."));
        Assert.Equal(Mobile, zone.At("*.a.north._peer.1.2.0.192.in-addr.arpa."));
        Assert.Equal(Core, zone.At("5.7.0.192.in-addr.arpa."));
        Assert.Equal(Core, zone.At("_peer.5.7.0.192.in-addr.arpa."));
        Assert.Equal(Core, zone.At("*._peer.5.7.0.192.in-addr.arpa."));
    }

    [Theory]
    [InlineData("delete 2.0.192.in-addr.arpa. NAPTR")]
    [InlineData($"delete 2.0.192.in-addr.arpa. {Mobile}")]
    [InlineData($"add 2.0.192.in-addr.arpa. 60 {Own}")]
    [InlineData($"add 77.2.0.192.in-addr.arpa. 60 {Own}")]
    [InlineData("add 2.0.192.in-addr.arpa. 60 TXT \"v=ALTOKEY1;\"")]
    [InlineData($"add fixed._peer.1.2.0.192.in-addr.arpa. 60 {Own}")]
    [InlineData("delete 0.192.in-addr.arpa. NS")]
    [InlineData("add 0.192.in-addr.arpa. 60 NS ns2.invalid.")]
    [InlineData("add 0.192.in-addr.arpa. 60 SOA ns.invalid. host.invalid. 99 1 1 1 1")]
    [InlineData("delete 9.9.0.192.in-addr.arpa. NS")]
    [InlineData("add 7.7.0.192.in-addr.arpa. 60 RRSIG A 13 4 60 20300101000000 20200101000000 1 example. AAAA")]
    public void Refuses_to_change_what_the_policy_makes(string line)
    {
        using var zone = UpdatedZone.OfPolicy("9.9 NS ns.customer.example.\n");
        var before = zone.Zone;

        Assert.Equal(ResponseCode.Refused, zone.Apply("add 88.2.0.192.in-addr.arpa. 60 PTR host88.isp1.example.", line));

        Assert.Same(before.Content, zone.Zone.Content);
        Assert.Equal(before.Content.Serial, zone.Replay().Content.Serial);
    }

    [Fact]
    public void Deletes_of_a_name_only_what_is_not_the_policys()
    {
        using var zone = UpdatedZone.OfPolicy("7.2 PTR host7.isp1.example.\n7.2 TXT \"room\"\n");

        Assert.Equal(ResponseCode.NoError, zone.Apply("delete 7.2.0.192.in-addr.arpa."));

        Assert.Equal(Mobile, zone.At("7.2.0.192.in-addr.arpa."));
    }

    [Fact]
    public void Takes_the_servers_records_from_a_name_that_becomes_a_cut_and_gives_them_back()
    {
        using var zone = UpdatedZone.OfPolicy();

        zone.Apply("add 7.7.0.192.in-addr.arpa. 60 NS ns.customer.example.");
        Assert.Equal("NS ns.customer.example.", zone.At("7.7.0.192.in-addr.arpa."));
        zone.Apply("add 7.7.0.192.in-addr.arpa. 60 PTR host7.isp1.example.", "delete 7.7.0.192.in-addr.arpa. NS");

        Assert.Equal($"{Core}; PTR host7.isp1.example.", zone.At("7.7.0.192.in-addr.arpa."));
    }

    [Fact]
    public void Keeps_what_was_updated_when_the_policy_changes()
    {
        using var zone = UpdatedZone.OfPolicy("7.2 PTR host7.isp1.example.\n");
        zone.Apply("add 77.2.0.192.in-addr.arpa. 60 PTR host77.isp1.example.", "delete 7.2.0.192.in-addr.arpa. PTR");
        using var folder = new ZoneFolder();
        var path = UpdatedZone.WritePolicy(folder, "7.2 PTR host7.isp1.example.\n8.2 PTR host8.isp1.example.\n");
        File.WriteAllText(path, File.ReadAllText(path).Replace("192.0.2.0/24: mobile", "192.0.2.0/24: core", StringComparison.Ordinal));
        var changed = ZoneLoader.Load(new ZoneSources { Policies = [path] }).Zones!.Zones[0];

        var records = UpdatedZone.RecordsOf(zone.Replay(changed).Content, includeTime: false);

        Assert.Contains("77.2.0.192.in-addr.arpa. PTR host77.isp1.example.", records);
        Assert.Contains($"77.2.0.192.in-addr.arpa. {Core}", records);
        Assert.Contains("8.2.0.192.in-addr.arpa. PTR host8.isp1.example.", records);
        Assert.DoesNotContain("7.2.0.192.in-addr.arpa. PTR host7.isp1.example.", records);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Makes_the_zone_that_compiling_all_records_makes(int seed)
    {
        var random = new Random(seed);
        string[] names = ["77.2", "78.2", "1.7", "7", "x.1.7", "9.200.7", "130.2", "_peer.3.3", "a._peer.3.3"];
        string[] data = ["PTR a.isp1.example.", "PTR b.isp1.example.", "TXT \"x\"", "MX 5 m.isp1.example."];
        using var zone = UpdatedZone.OfPolicy("50.2 PTR host50.isp1.example.\n");
        var kept = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < 60; i++)
        {
            var record = $"{names[random.Next(names.Length)]} {data[random.Next(data.Length)]}";
            var (owner, content) = (record[..record.IndexOf(' ', StringComparison.Ordinal)], record[(record.IndexOf(' ', StringComparison.Ordinal) + 1)..]);
            var isAdded = random.Next(5) < 3;
            _ = isAdded ? kept.Add(record) : kept.Remove(record);
            Assert.Equal(ResponseCode.NoError, zone.Apply(isAdded ? $"add {owner}.0.192.in-addr.arpa. 3600 {content}" : $"delete {owner}.0.192.in-addr.arpa. {content}"));

            Assert.Equal(UpdatedZone.RecordsOf(zone.Zone.Content), UpdatedZone.RecordsOf(zone.Replay().Content));
        }

        using var folder = new ZoneFolder();
        var path = UpdatedZone.WritePolicy(folder, "50.2 PTR host50.isp1.example.\n" + string.Concat(kept.Select(record => record + "\n")));
        var compiled = ZoneLoader.Load(new ZoneSources { Policies = [path] }).Zones!.Zones[0];
        Assert.Equal(Addresses(UpdatedZone.RecordsOf(compiled)), Addresses(UpdatedZone.RecordsOf(zone.Zone.Content)));
    }

    // A peer that an update adds brings the default to the names beside it; a base zone's does not.
    private static IEnumerable<string> Addresses(IReadOnlyList<string> records) =>
        records.Where(record => !record.Contains("_peer.3.3", StringComparison.Ordinal) || !record.Contains("NAPTR", StringComparison.Ordinal));

    [Fact]
    public void Refuses_names_that_a_pool_redirects()
    {
        var terms = new UpdateRule(UpdatedZone.Key, null, PermittedNames.Peers, null, []);

        Assert.True(terms.Permits(DomainName.Parse("a._peer.1.2.0.192.in-addr.arpa."), Protocol.Records.RecordType.NAPTR));
        Assert.False(terms.Permits(DomainName.Parse("_peer.1.2.0.192.in-addr.arpa."), Protocol.Records.RecordType.NAPTR));
        Assert.False(terms.Permits(DomainName.Parse("a._peer.1.2.0.192.in-addr.arpa."), Protocol.Records.RecordType.NS));
    }
}
