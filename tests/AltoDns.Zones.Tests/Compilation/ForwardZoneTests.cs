// Forward zones of a policy: their TLSA records, what stands in the way of these, and what is said about it.

using System.Text;
using AltoDns.Protocol.Names;
using AltoDns.Zones.Compilation;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.Serving;
using AltoDns.Zones.Tests.Configuration;
using AltoDns.Zones.ZoneFiles;

namespace AltoDns.Zones.Tests.Compilation;

public sealed class ForwardZoneTests
{
    // SHA-256 of the DER that openssl makes of the keys in chain.pem and next.pem.
    private const string Old = "3 1 1 5AE65E9150DB585A5FEA7AD86AC30538167E4DF2F4BC07D59DBFD647BD2432A8";
    private const string New = "3 1 1 AF7502CDA5C3BFF79FB6D28BF7A7CECBD8616DA0EC698D9547EAB6490CED730F";
    private const string P521 = "3 1 1 25A3AE7DBCC5A923F6AFC34B5EE710ACD3DC61A8DF686162ED18550822998ACA";

    private const string Addresses = "alto1 A 192.0.2.80\nalto2 A 192.0.2.81\n";

    [Theory]
    [InlineData("https://alto1.isp1.example/ird", "certs/chain.pem", "_443._tcp.alto1 TLSA " + Old)]
    [InlineData("HTTPS://ALTO1.isp1.example.:8443/ird", "certs/chain.pem", "_8443._tcp.alto1 TLSA " + Old)]
    [InlineData("https://alto1.isp1.example/ird", "certs/p521.pem", "_443._tcp.alto1 TLSA " + P521)]
    [InlineData("https://alto1.isp1.example/ird", "[certs/chain.pem, certs/next.pem]", "_443._tcp.alto1 TLSA " + Old, "_443._tcp.alto1 TLSA " + New)]
    [InlineData("https://alto1.isp1.example/ird", "[certs/chain.pem, certs/renewed.pem]", "_443._tcp.alto1 TLSA " + Old)]
    [InlineData("[https://alto1.isp1.example/ird, https://alto1.isp1.example/other]", "certs/chain.pem", "_443._tcp.alto1 TLSA " + Old)]
    [InlineData(
        "[https://alto1.isp1.example/ird, 'https://alto2.isp1.example:444', http://alto2.isp1.example]",
        "certs/chain.pem",
        "_443._tcp.alto1 TLSA " + Old,
        "_444._tcp.alto2 TLSA " + Old)]
    public void Publishes_the_key_of_each_certificate_at_each_https_host(string uri, string certificate, params string[] expected)
    {
        var compiled = Compile($"core: {{ uri: {uri}, certificate: {certificate} }}", Addresses);

        Assert.DoesNotContain(compiled.Problems, problem => !problem.Contains("not protected by TLS", StringComparison.Ordinal));
        Assert.Equal(expected, compiled.Records.Where(record => record.Contains(" TLSA ", StringComparison.Ordinal)));
    }

    [Fact]
    public void Joins_the_keys_of_servers_on_one_host()
    {
        var compiled = Compile(
            """
            core: { uri: https://alto1.isp1.example/core, certificate: certs/chain.pem }
              rest: { uri: https://alto1.isp1.example/rest, certificate: certs/next.pem }
            """,
            Addresses,
            "core, 192.0.2.0/25: rest");

        Assert.Empty(compiled.Problems);
        Assert.Equal(["_443._tcp.alto1 TLSA " + Old, "_443._tcp.alto1 TLSA " + New], compiled.Records.Where(record => record.StartsWith('_')));
    }

    [Fact]
    public void Heads_the_zone_like_the_others_and_keeps_its_records()
    {
        var compiled = Compile(
            "core: { uri: https://alto1.isp1.example/ird, certificate: certs/chain.pem }",
            Addresses + "@ NAPTR 100 10 \"u\" \"ALTO:https\" \"!.*!https://alto1.isp1.example/ird!\" .\n@ TXT \"v=ALTOKEY1; k=x\"\n");

        Assert.Empty(compiled.Problems);
        Assert.Equal(
            [
                "@ SOA ns1.isp2.example. hostmaster.isp1.example. 7 14400 3600 1209600 3600",
                "@ NS ns1.isp2.example.",
                "@ TXT \"v=ALTOKEY1; k=x\"",
                "@ NAPTR 100 10 \"u\" \"ALTO:https\" \"!.*!https://alto1.isp1.example/ird!\" .",
                "alto1 A 192.0.2.80",
                "_443._tcp.alto1 TLSA " + Old,
                "alto2 A 192.0.2.81",
            ],
            compiled.Records);
    }

    [Theory]
    [InlineData("_443._tcp.alto1 TLSA " + New, "base.zone:4:1: warning: The TLSA record of the base zone at _443._tcp.alto1.isp1.example. is not served: those of the policy's certificates take its place. Remove it from the base zone.")]
    [InlineData("_443._tcp.alto1 TLSA " + Old)]
    [InlineData("_444._tcp.alto1 TLSA " + New)]
    public void Puts_certificates_before_TLSA_records_of_the_base(string record, params string[] expected)
    {
        var compiled = Compile("core: { uri: https://alto1.isp1.example/ird, certificate: certs/chain.pem }", Addresses + record + "\n");

        Assert.Equal(expected, compiled.Problems);
        Assert.Equal(["_443._tcp.alto1 TLSA " + Old], compiled.Records.Where(line => line.StartsWith("_443", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("alto1 A 192.0.2.80\n_443._tcp.alto1 CNAME tlsa.isp2.example.", "_443._tcp.alto1.isp1.example. is an alias")]
    [InlineData("alto1 NS ns.isp2.example.", "alto1.isp1.example. is delegated to other name servers")]
    [InlineData("alto1 A 192.0.2.80\nalto1 DNAME alto.isp2.example.", "alto1.isp1.example. is redirected by a DNAME")]
    public void Leaves_a_key_out_where_another_record_answers(string records, string reason)
    {
        var compiled = Compile("core: { uri: https://alto1.isp1.example/ird, certificate: certs/chain.pem }", records + "\n");

        Assert.Equal(
            [$"policy.yaml:6:61: warning: The TLSA record of _443._tcp.alto1.isp1.example. is not served: {reason}. Add it where that leads: _443._tcp.alto1.isp1.example. IN TLSA {Old}."],
            compiled.Problems);
        Assert.DoesNotContain(compiled.Records, record => record.Contains("TLSA 3 1 1", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("certificate: certs/chain.pem", "alto1 AAAA 2001:db8:1::80")]
    [InlineData("certificate: certs/chain.pem", "alto1 CNAME web.isp2.example.")]
    [InlineData("certificate: certs/chain.pem", "alto1 TXT x", "")]
    [InlineData("certificate: certs/chain.pem", "* A 192.0.2.80", ", as a wildcard does not reach a name with records at or below it")]
    [InlineData("", "* A 192.0.2.80")]
    [InlineData("", "* CNAME web.isp2.example.")]
    [InlineData("", "* TXT x", "")]
    [InlineData("", "x A 192.0.2.80", "")]
    public void Warns_of_a_host_without_an_address(string certificate, string record, string? warning = null)
    {
        var compiled = Compile($"core: {{ uri: https://alto1.isp1.example/ird, {certificate} }}", record + "\n");

        Assert.Equal(
            warning is null ? [] : [$"policy.yaml:6:16: warning: Host alto1.isp1.example. has no address in zone isp1.example.{warning}. Add its A or AAAA record to the base of the zone."],
            compiled.Problems);
    }

    [Fact]
    public void Takes_ALTO_records_of_the_base_out_of_the_reverse_zone_only()
    {
        var compiled = Compile(
            "core: { uri: https://alto1.isp1.example/ird }",
            Addresses + "$ORIGIN 2.0.192.in-addr.arpa.\n1 NAPTR 100 10 \"u\" \"ALTO:https\" \"!.*!https://old.isp1.example/ird!\" .\n");

        Assert.Equal(
            ["base.zone:5:1: warning: The ALTO NAPTR of the base zone at 1.2.0.192.in-addr.arpa. is not served: the policy's assignments take its place. Remove it from the base zone."],
            compiled.Problems);
    }

    private static (IReadOnlyList<string> Records, IReadOnlyList<string> Problems) Compile(string servers, string zone, string assignments = "core")
    {
        var problems = new ProblemList();
        var policy = PolicyFolder.ReadText(
            $$"""
            zones: [192.0.2.0/24, isp1.example]
            base: isp1-ptr.zone
            soa: { primary: ns1.isp2.example., contact: hostmaster@isp1.example }
            nameservers: ns1.isp2.example.
            alto-servers:
              {{servers}}
            assignments: { 192.0.2.0/24: {{assignments}} }
            """,
            problems);
        Assert.NotNull(policy);
        var text = new MemoryStream(Encoding.UTF8.GetBytes("$TTL 1h\n" + zone));
        var zones = ZoneCompiler.Compile(
            policy, add => MasterFileReader.Read(text, "base.zone", DomainName.Parse("isp1.example."), problems, add), () => 7, problems);
        Assert.Equal(["2.0.192.in-addr.arpa.", "isp1.example."], zones.Select(compiled => compiled.Origin.ToString()));
        return (Describe(zones[1]), [.. problems.All.Select(problem => problem.ToString())]);
    }

    private static List<string> Describe(ZoneSnapshot zone) =>
    [
        .. ZoneExporter.Records(zone).Select(record =>
            $"{(record.Owner == zone.Origin ? "@" : record.Owner.ToString().Replace("." + zone.Origin, "", StringComparison.Ordinal))} {record.Data.RecordType} {record.Data}"),
    ];
}
