// aggressive: how many questions reach AltoDns from resolvers that answer from validated denials and wildcards themselves (RFC 8198).

using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Text;
using AltoDns.Benchmarks.Measuring;
using AltoDns.Benchmarks.Output;
using AltoDns.Harness;
using AltoDns.Harness.Network;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Protocol.Security;
using AltoDns.Scenarios;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.Loading;
using AltoDns.Zones.Serving;
using AltoDns.Zones.Signing;
using AltoDns.Zones.ZoneFiles;

namespace AltoDns.Benchmarks.Commands;

internal static class AggressiveCommand
{
    private const int Port = 53;
    private const int Seed = 8198;
    private const string Prefix = "198.51";
    private const string Zone = "51.198.in-addr.arpa.";

    private static readonly IPAddress RootAddress = IPAddress.Parse("203.0.113.1");
    private static readonly IPAddress Address = IPAddress.Parse("203.0.113.2");
    private static readonly TimeSpan LoadTimeout = TimeSpan.FromMinutes(3);
    private static readonly int[] PointerCounts = [0, 500, 65_536];
    private static readonly string[] Modes = ["every-name", "rfc8686-names"];

    // RFC 8686 §3.3; /8 lies outside the zone.
    private static readonly int[] Lengths = [32, 24, 16];

    public static Command Create()
    {
        var discoveries = new Option<int>("--discoveries") { Description = "Random addresses looked up.", HelpName = "N", DefaultValueFactory = _ => 10_000 };
        var json = CommonOptions.Json();
        var command = new Command("aggressive", "Count the questions that reach AltoDns behind resolvers that use validated denials (RFC 8198), for random addresses of a signed /16. Needs root.")
        {
            discoveries, json,
        };
        command.SetAction((result, _) => RunAsync(result.GetValue(discoveries), result.GetValue(json)));
        return command;
    }

    private static async Task RunAsync(int discoveries, bool asJson)
    {
        await using var network = await NetworkNamespace.CreateAsync(RootAddress, Address);
        var rows = new List<Row>();
        foreach (var mode in Modes)
        {
            foreach (var pointers in PointerCounts)
            {
                using var folder = new TemporaryFolder();
                var (root, zone, ds) = MakeZones(folder, mode, pointers);

                // A server of its own, as everywhere: one that has both zones would never tell of the delegation.
                await using var above = await RunningServer.StartAsync(
                    NsdServer.Recipe([root], address: RootAddress) with { Network = network, Endpoint = new IPEndPoint(RootAddress, Port) }, [root], LoadTimeout);
                foreach (var name in RecursiveResolvers.Names)
                {
                    var local = new LocalRoot(network, DomainName.Parse("a.servers."), RootAddress, ds);
                    var whole = await MeasureAsync(local, zone, name, ResolverCaching.AggressiveWithWholeNames, discoveries);
                    var minimized = await MeasureAsync(local, zone, name, ResolverCaching.Aggressive, discoveries);
                    rows.Add(whole with { Mode = mode, Pointers = pointers, Minimized = minimized.Reached });
                    Figures.Note($"{rows[^1]}");
                }
            }
        }

        Figures.Print(
            rows,
            asJson,
            ("names", row => row.Mode),
            ("PTR records", row => $"{row.Pointers:N0}"),
            ("resolver", row => row.Resolver),
            ("discoveries", row => $"{row.Discoveries:N0}"),
            ("found", row => $"{row.Found:N0}"),
            ("lookups", row => $"{row.Lookups:N0}"),
            ("reach AltoDns", row => $"{row.Reached:N0}"),
            ("by shortened names", row => $"{row.Minimized:N0}"));
    }

    private static async Task<Row> MeasureAsync(LocalRoot root, ServedZone zone, string name, ResolverCaching caching, int discoveries)
    {
        var recipe = new ServerRecipe(
            AltoDnsServer.Name,
            ToolRunner.Require("dotnet"),
            (_, port) => [AltoDnsServer.ProgramPath, "serve", "--listen", $"{Address}:{port}", "--zone", $"{zone.Origin}={zone.File}"]);
        await using var server = await RunningServer.StartAsync(recipe with { Network = root.Network, Endpoint = new IPEndPoint(Address, Port) }, [zone], LoadTimeout);
        using var counter = new QueryCounter(root.Network, Address);
        var (found, lookups) = (0, 0);
        await using (var resolver = await RecursiveResolvers.StartAsync(name, root, caching))
        {
            var random = new Random(Seed);

            // One after the other: what is learnt from one answer holds for the next.
            var client = resolver.PatientClient(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(60), window: 1);
            var left = Enumerable.Range(0, discoveries).Select(_ => IPPrefix.Parse($"{Prefix}.{random.Next(256)}.{random.Next(256)}")).ToList();
            foreach (var length in Lengths)
            {
                var answers = await client.TryAskAsync([.. left.Select(address =>
                    new Query(ReverseName.FromPrefix(address.Truncate(length)), RecordType.NAPTR) { RecursionDesired = true, UdpPayload = 1232, DnssecOk = true })]);
                lookups += left.Count;
                var next = left.Where((_, i) => answers[i]?.Answers.Any(record => record.Type == RecordType.NAPTR) is not true).ToList();
                found += left.Count - next.Count;
                left = next;
            }
        }

        return new Row(name, discoveries, found, lookups, counter.Total);
    }

    // A root that delegates the /16, both signed.
    private static (ServedZone Root, ServedZone Zone, string RootDs) MakeZones(TemporaryFolder folder, string mode, int pointers)
    {
        folder.Write("pointers.zone", Pointers(pointers));
        var policy = folder.Write("isp.yaml", $$"""
            zones: [{{Prefix}}.0.0/16]
            soa: { primary: b.servers., contact: hostmaster.example., negative-ttl: 1h }
            nameservers: [b.servers.]
            publish: {{mode}}
            base: pointers.zone
            alto-servers: { core: { uri: https://alto.example/ird } }
            assignments: { {{Prefix}}.0.0/16: core }

            """);
        var loaded = ZoneLoader.Load(new ZoneSources { Policies = [policy] });
        var (zone, ds) = Sign(folder, loaded.Zones?.Zones[0] ?? throw new InvalidOperationException(string.Join('\n', loaded.Problems)), 1);
        var rootFile = folder.Write("root.zone", $"""
            $TTL 86400
            . SOA a.servers. hostmaster.example. 1 3600 600 86400 3600
            . NS a.servers.
            a.servers. A {RootAddress}
            b.servers. A {Address}
            {Zone} NS b.servers.
            {Zone} DS {ds}

            """);
        var problems = new ProblemList();
        var plain = ZoneFileLoader.Load(rootFile, DomainName.Root, problems)?.Freeze() ?? throw new InvalidOperationException(string.Join('\n', problems.All));
        var (root, rootDs) = Sign(folder, plain, 2);
        return (root, zone, rootDs);
    }

    private static (ServedZone Zone, string Ds) Sign(TemporaryFolder folder, ZoneSnapshot plain, int number)
    {
        var terms = SigningKeys.Terms(plain.Origin, new DnssecPolicy { Cds = ParentRequest.None }, TimeProvider.System.GetUtcNow(), serial: 2, number);
        var path = Path.Combine(folder.Path, $"{number}.signed");
        using (var output = new StreamWriter(path))
        {
            ZoneExporter.Write(ZoneSigner.Sign(plain, terms).Zone, output);
        }

        return (new ServedZone(plain.Origin, path), DelegationDigest.CreateDs(plain.Origin, terms.Keys.DnskeySigners[0].Data, DigestType.Sha256).ToString()!);
    }

    // Scattered at random.
    private static string Pointers(int count)
    {
        var hosts = Enumerable.Range(0, 65_536).ToArray();
        new Random(Seed).Shuffle(hosts);
        var text = new StringBuilder($"$ORIGIN {Zone}\n$TTL 3600\n");
        foreach (var host in hosts.Take(count))
        {
            text.Append(CultureInfo.InvariantCulture, $"{host & 255}.{host >> 8} PTR host-{host}.example.\n");
        }

        return text.ToString();
    }

    /// <param name="Lookups">Questions to the resolver.</param>
    /// <param name="Reached">Questions to AltoDns, with those for keys, where the resolver asks for whole names.</param>
    private sealed record Row(string Resolver, int Discoveries, int Found, int Lookups, int Reached)
    {
        public string Mode { get; init; } = "";

        public int Pointers { get; init; }

        /// <summary>The same where it asks for shorter names first, as is its default (RFC 9156).</summary>
        public int Minimized { get; init; }
    }
}
