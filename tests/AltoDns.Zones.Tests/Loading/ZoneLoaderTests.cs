// Policies and plain zones together: all zones or none, all problems, all files that matter.

using AltoDns.Protocol.Names;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.Loading;
using AltoDns.Zones.Tests.Configuration;

namespace AltoDns.Zones.Tests.Loading;

public sealed class ZoneLoaderTests : IDisposable
{
    private readonly ZoneFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Loads_several_policies_and_plain_zones_together()
    {
        _folder.WritePolicy("policies/a.yaml", "192.0.2.0/24");
        _folder.WritePolicy("policies/b.yml", "198.51.100.0/23, alto.isp1.example");
        var loaded = ZoneLoader.Load(new ZoneSources
        {
            Policies = [_folder.At("policies"), _folder.WritePolicy("c.yaml", "203.0.113.0/24")],
            PlainZones = [Plain("example.", _folder.Write("example.zone", ZoneFolder.Apex))],
        });

        // That the ALTO host has no address is said, but refuses nothing.
        Assert.DoesNotContain(loaded.Problems, problem => problem.Severity == Severity.Error);
        Assert.Equal(
            ["100.51.198.in-addr.arpa.", "101.51.198.in-addr.arpa.", "113.0.203.in-addr.arpa.", "2.0.192.in-addr.arpa.", "alto.isp1.example.", "example."],
            ZoneFolder.Origins(loaded));
        Assert.Equal(["a.yaml", "b.yml", "c.yaml"], loaded.Policies.Select(policy => Path.GetFileName(policy.File)));
        Assert.Equal(["c.yaml", "example.zone", "policies", "policies/a.yaml", "policies/b.yml"], _folder.Files(loaded));
    }

    [Fact]
    public void Loads_nothing_when_one_zone_has_a_fault_and_reports_all_faults()
    {
        var loaded = ZoneLoader.Load(new ZoneSources
        {
            Policies = [_folder.WritePolicy("good.yaml", "192.0.2.0/24")],
            PlainZones =
            [
                Plain("one.", _folder.Write("one.zone", ZoneFolder.Apex + "a A 1.2.3\n")),
                Plain("two.", _folder.Write("two.zone", ZoneFolder.Apex)),
                Plain("three.", _folder.At("three.zone")),
                Plain("four.", _folder.Write("four.zone", "$TTL 60\n@ NS ns.invalid.\n")),
            ],
        });

        Assert.Null(loaded.Zones);
        Assert.Equal(
            ["one.zone:4:5", "three.zone", "four.zone"],
            loaded.Problems.Select(problem => Path.GetFileName(problem.Position.ToString())));
        Assert.Contains(_folder.At("three.zone"), loaded.Files);
    }

    [Fact]
    public void Names_both_places_that_claim_a_zone()
    {
        _folder.Write("x.zone", ZoneFolder.Apex);
        var loaded = ZoneLoader.Load(new ZoneSources
        {
            Policies = [_folder.WritePolicy("policy.yaml", "192.0.2.0/24, 198.51.100.0/23, alto.isp1.example")],
            PlainZones = [Plain("101.51.198.IN-ADDR.ARPA.", _folder.At("x.zone")), Plain("example.", _folder.At("x.zone"))],
            ZoneLists = [_folder.Write("zones.list", "a.example. x.zone\nEXAMPLE x.zone\nalto.isp1.example x.zone\na.example x.zone\n")],
        });

        Assert.Null(loaded.Zones);
        Assert.Equal(
            [
                "x.zone: error: Zone 101.51.198.IN-ADDR.ARPA. is also claimed by policy.yaml:1:23. Keep one of the two.",
                "zones.list:2:1: error: Zone EXAMPLE. is also claimed by x.zone. Keep one of the two.",
                "zones.list:3:1: error: Zone alto.isp1.example. is also claimed by policy.yaml:1:40. Keep one of the two.",
                "zones.list:4:1: error: Zone a.example. is also claimed by zones.list:1:1. Keep one of the two.",
            ],
            _folder.Problems(loaded).Where(problem => problem.Contains(" error: ", StringComparison.Ordinal)));
    }

    [Fact]
    public void Names_files_that_are_not_there_and_watches_for_them()
    {
        var loaded = ZoneLoader.Load(new ZoneSources
        {
            Policies = [_folder.At("none.yaml"), _folder.WritePolicy("base.yaml", "192.0.2.0/24", "none.zone")],
            PlainZones = [Plain("example.", _folder.Write("example.zone", ZoneFolder.Apex + "$INCLUDE none.inc\n"))],
            ZoneLists = [_folder.At("none.list")],
        });

        Assert.Null(loaded.Zones);
        Assert.Empty(loaded.Policies);
        Assert.Equal(
            ["none.yaml", "base.yaml:2:7", "none.list", "example.zone:4:10"],
            loaded.Problems.Select(problem => Path.GetFileName(problem.Position.ToString())));
        Assert.Equal(["base.yaml", "example.zone", "none.inc", "none.list", "none.yaml", "none.zone"], _folder.Files(loaded));
    }

    [Fact]
    public void Watches_included_files_also_those_that_give_no_record()
    {
        _folder.Write("base.zone", ZoneFolder.Apex + "$INCLUDE sub/ptr.inc\n");
        _folder.Write("sub/ptr.inc", "$INCLUDE empty.inc\n1 PTR a.isp1.example.\n");
        _folder.Write("sub/empty.inc", "; nothing yet\n");
        _folder.Write("plain.zone", ZoneFolder.Apex + "$INCLUDE broken.inc\n");
        _folder.Write("broken.inc", "a A 1.2.3\n");
        var loaded = ZoneLoader.Load(new ZoneSources
        {
            Policies = [_folder.WritePolicy("policy.yaml", "192.0.2.0/24", "base.zone")],
            PlainZones = [Plain("example.", _folder.At("plain.zone"))],
        });

        Assert.Null(loaded.Zones);
        Assert.Equal(["base.zone", "broken.inc", "plain.zone", "policy.yaml", "sub/empty.inc", "sub/ptr.inc"], _folder.Files(loaded));
    }

    [Fact]
    public void Takes_relative_names_of_a_common_base_for_those_of_the_first_zone_listed()
    {
        _folder.Write("base.zone", ZoneFolder.Apex + "www A 192.0.2.80\n$ORIGIN 2.0.192.in-addr.arpa.\n@ SOA ns.invalid. host.invalid. 9 2 3 4 5\n@ NS ns.invalid.\n");
        var loaded = ZoneLoader.Load(new ZoneSources { Policies = [_folder.WritePolicy("policy.yaml", "isp1.example, 192.0.2.0/24", "base.zone")] });

        Assert.Equal(["2.0.192.in-addr.arpa. 9", "isp1.example. 5"], loaded.Zones!.Zones.Select(zone => $"{zone.Origin} {zone.Serial}").Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("policy.yaml")]
    [InlineData("base.zone")]
    [InlineData("more.inc")]
    [InlineData("core-2026a.pem")]
    [InlineData("alto.pem")]
    public void Numbers_a_policy_by_the_newest_of_its_files(string newest)
    {
        _folder.Write("base.zone", "$TTL 60\n$INCLUDE more.inc\n");
        _folder.Write("more.inc", "alto.isp1.example. A 192.0.2.80\n");
        File.Copy(Path.Combine(PolicyFolder.Good, "keys", "core-2026a.pem"), _folder.At("core-2026a.pem"));
        File.Copy(Path.Combine(PolicyFolder.Good, "certs", "next.pem"), _folder.At("alto.pem"));
        var policy = _folder.Write("policy.yaml", """
            zones: [192.0.2.0/24, alto.isp1.example]
            base: base.zone
            soa: { primary: ns.invalid., contact: host@isp1.example }
            nameservers: ns.invalid.
            alto-servers: { core: { uri: https://alto.isp1.example/ird, key: core-2026a.pem, certificate: alto.pem } }
            assignments: { 192.0.2.0/24: core }
            """);
        foreach (var file in Directory.EnumerateFiles(_folder.At("")))
        {
            File.SetLastWriteTimeUtc(file, DateTime.UnixEpoch.AddSeconds(1_000));
        }

        File.SetLastWriteTimeUtc(_folder.At(newest), DateTime.UnixEpoch.AddSeconds(86_860));
        var loaded = ZoneLoader.Load(new ZoneSources { Policies = [policy] });

        Assert.Empty(loaded.Problems);
        Assert.All(loaded.Zones!.Zones, zone => Assert.Equal(86_860u, zone.Serial));
    }

    [Fact]
    public void Reads_policies_and_what_they_name_through_an_opener()
    {
        var opened = new List<string>();
        var open = PolicyFolder.In(PolicyFolder.Samples);
        var loaded = ZoneLoader.Load(new ZoneSources
        {
            Policies = ["isp1.yaml", "isp2.yaml", "isp3.yaml"],
            Open = path =>
            {
                opened.Add(path);
                return open(path);
            },
        });

        Assert.Empty(loaded.Problems);
        Assert.All(loaded.Zones!.Zones, zone => Assert.Equal(1u, zone.Serial));
        Assert.Equal(opened.Distinct().Order(StringComparer.Ordinal), loaded.Files.Order(StringComparer.Ordinal));
        Assert.Contains("isp1-ptr.zone", opened);
    }

    [Fact]
    public void Refuses_to_serve_nothing()
    {
        var loaded = ZoneLoader.Load(new ZoneSources());

        Assert.Null(loaded.Zones);
        Assert.Equal("There is no zone to serve.", Assert.Single(loaded.Problems).Fault);
    }

    private static PlainZone Plain(string origin, string path) => new(DomainName.Parse(origin), path, new SourcePosition(path, 0, 0));
}
