// A small Internet on loopback: a signed root, three ISPs on three kinds of servers, a customer, and one whose signatures have expired.

using AltoDns.Discovery.Tests.Support;
using AltoDns.Harness;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Protocol.Security;
using AltoDns.Zones.Loading;
using AltoDns.Zones.ZoneFiles;

namespace AltoDns.Discovery.Tests.Interop;

/// <summary>ISP 1 is AltoDns itself, unsigned; ISP 2 is NSD and ISP 3 BIND, both signed; above all unbound, and BIND and Knot Resolver that ask it.</summary>
public sealed class IspTree : IAsyncLifetime
{
    private const string Customer = "192-26.2.0.192.in-addr.arpa.";
    private const string Expired = "18.198.in-addr.arpa.";

    private readonly TemporaryFolder _folder = new();
    private readonly List<RunningServer> _servers = [];
    private readonly DnssecSigningKey _key = DnssecSigningKey.Generate(DnssecAlgorithm.EcdsaP256Sha256, DnssecKey.KeySigningFlags);

    /// <summary>The root's DS record: a trust anchor.</summary>
    public string Anchor { get; private set; } = "";

    /// <summary>Resolvers by name.</summary>
    public IReadOnlyDictionary<string, RunningServer> Resolvers { get; private set; } = new Dictionary<string, RunningServer>();

    public async ValueTask InitializeAsync()
    {
        var samples = Path.Combine(AppContext.BaseDirectory, "zones");
        var delegations = new List<(DomainName Zone, DsData? Ds)> { (DomainName.Parse("2.0.192.in-addr.arpa."), null) };
        var isp2 = Sign(Path.Combine(samples, "isp2.yaml"), delegations);
        var isp3 = Sign(Path.Combine(samples, "isp3.yaml"), delegations);
        var expired = Sign(DomainName.Parse(Expired), Records(Expired, "18.198.in-addr.arpa. NAPTR 1 1 \"u\" \"ALTO:https\" \"!.*!https://expired.example/ird!\" ."), ZoneFault.ExpiredSignatures, delegations);
        var root = new ZoneSigner(DomainName.Root, RootRecords(delegations), Plan(ZoneFault.None), _key);
        Anchor = $". IN DS {root.Ds}";
        var customer = new ServedZone(DomainName.Parse(Customer), _folder.Write(
            "customer.zone", $"{Customer} 3600 IN SOA ns.customer.example. hostmaster.customer.example. 1 3600 600 86400 300\n{Customer} 3600 IN NS ns.customer.example.\n*.{Customer} 3600 IN NAPTR 1 1 \"u\" \"ALTO:https\" \"!.*!https://customer.example/ird!\" .\n"));

        var altoDns = await KeepAsync(AltoDnsServer.StartAsync([Path.Combine(samples, "isp1.yaml")], [new ServedZone(DomainName.Parse("2.0.192.in-addr.arpa."), "")]));
        var nsd = await KeepAsync(NsdServer.StartAsync([new ServedZone(DomainName.Root, _folder.Write("root.zone", root.ToZoneFile())), .. isp2, expired]));
        var named = await KeepAsync(NamedServer.StartAsync([.. isp3, customer]));
        var stubs = new List<StubZone> { new(DomainName.Root, nsd.Endpoint), new(DomainName.Parse("2.0.192.in-addr.arpa."), altoDns.Endpoint), new(customer.Origin, named.Endpoint) };
        stubs.AddRange(isp2.Append(expired).Select(zone => new StubZone(zone.Origin, nsd.Endpoint)));
        stubs.AddRange(isp3.Select(zone => new StubZone(zone.Origin, named.Endpoint)));
        var unbound = await KeepAsync(UnboundServer.StartAsync(stubs, [Anchor]));
        var rootDs = root.Ds!.ToString()!;
        Resolvers = new Dictionary<string, RunningServer>
        {
            ["unbound"] = unbound,
            ["BIND"] = await KeepAsync(ForwardingResolvers.StartNamedAsync(unbound.Endpoint, rootDs)),
            ["Knot Resolver"] = await KeepAsync(ForwardingResolvers.StartKnotAsync(unbound.Endpoint, rootDs)),
        };
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in Enumerable.Reverse(_servers))
        {
            await server.DisposeAsync();
        }

        _key.Dispose();
        _folder.Dispose();
    }

    private async Task<RunningServer> KeepAsync(Task<RunningServer> starting)
    {
        var server = await starting;
        _servers.Add(server);
        return server;
    }

    // The reverse zones of a policy, compiled, exported and signed.
    private List<ServedZone> Sign(string policy, List<(DomainName Zone, DsData? Ds)> delegations)
    {
        var zones = ZoneLoader.Load(new ZoneSources { Policies = [policy] }).Zones!.Zones;
        return
        [
            .. zones.Where(zone => ReverseName.TryGetPrefix(zone.Origin, out _)).Select(zone => Sign(
                zone.Origin,
                ZoneExporter.Records(zone).Select(record => new ResourceRecord(record.Owner, RecordClass.Internet, record.TimeToLive, record.Data)),
                ZoneFault.None,
                delegations)),
        ];
    }

    private ServedZone Sign(DomainName apex, IEnumerable<ResourceRecord> records, ZoneFault fault, List<(DomainName Zone, DsData? Ds)> delegations)
    {
        var signer = new ZoneSigner(apex, records, Plan(fault), _key);
        delegations.Add((apex, signer.Ds));
        return new ServedZone(apex, _folder.Write($"{apex}zone", signer.ToZoneFile()));
    }

    private static SigningPlan Plan(ZoneFault fault) => new(DnssecAlgorithm.EcdsaP256Sha256, false, false, 0, fault, DateTimeOffset.UtcNow);

    private static List<ResourceRecord> Records(string apex, params string[] records)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("zone", $"{apex} SOA ns.example. hostmaster.example. 1 3600 600 86400 300\n{apex} NS ns.example.\n{string.Join('\n', records)}\n".Replace(" SOA ", " 3600 IN SOA ", StringComparison.Ordinal).Replace(" NS ", " 3600 IN NS ", StringComparison.Ordinal).Replace(" NAPTR ", " 3600 IN NAPTR ", StringComparison.Ordinal));
        var loaded = ZoneLoader.Load(new ZoneSources { PlainZones = [new PlainZone(DomainName.Parse(apex), path, new Zones.Configuration.SourcePosition(path, 0, 0))] });
        return [.. ZoneExporter.Records(loaded.Zones!.Zones[0]).Select(record => new ResourceRecord(record.Owner, RecordClass.Internet, record.TimeToLive, record.Data))];
    }

    private static List<ResourceRecord> RootRecords(List<(DomainName Zone, DsData? Ds)> delegations)
    {
        var ns = DomainName.Parse("ns.example.");
        var records = new List<ResourceRecord>
        {
            new(DomainName.Root, RecordClass.Internet, 3600, new SoaData(ns, DomainName.Parse("hostmaster.example."), 1, 3600, 600, 86_400, 300)),
            new(DomainName.Root, RecordClass.Internet, 3600, new NsData(ns)),
            new(ns, RecordClass.Internet, 3600, new AData(0x7F000001)),
        };
        foreach (var (zone, ds) in delegations)
        {
            records.Add(new ResourceRecord(zone, RecordClass.Internet, 3600, new NsData(ns)));
            if (ds is not null)
            {
                records.Add(new ResourceRecord(zone, RecordClass.Internet, 3600, ds));
            }
        }

        return records;
    }
}
