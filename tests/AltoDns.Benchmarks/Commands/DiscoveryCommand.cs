// discovery: what the client library takes for a swarm of peers, through a resolver that knows the answers and one that does not.

using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using AltoDns.Benchmarks.Output;
using AltoDns.Discovery;
using AltoDns.Discovery.Resolving;
using AltoDns.Harness;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;

namespace AltoDns.Benchmarks.Commands;

internal static class DiscoveryCommand
{
    private const int Providers = 200;
    private const int PeersPerProvider = 50;
    private const int CachedSeconds = 3;

    public static Command Create()
    {
        var runs = CommonOptions.Runs();
        var json = CommonOptions.Json();
        var command = new Command("discovery", "Measure the client library: 10,000 peers of 200 networks through unbound, and lookups from its cache.") { runs, json };
        command.SetAction((result, _) => RunAsync(result.GetValue(runs), result.GetValue(json)));
        return command;
    }

    private static async Task RunAsync(int runs, bool asJson)
    {
        using var folder = new TemporaryFolder();
        var zones = Enumerable.Range(0, Providers).Select(provider => IPPrefix.Create((UInt128)(0xC6120000u + ((uint)provider << 8)) << 96, 24, isIPv6: false)).ToList();
        await using var authority = await AltoDnsServer.StartAsync([Write(folder, zones)], [.. zones.Select(zone => new ServedZone(ReverseName.FromPrefix(zone), ""))]);
        var rows = new List<Row>();
        for (var round = 0; round < runs; round++)
        {
            // A resolver of its own for each round: at first it knows nothing.
            await using var unbound = await UnboundServer.StartAsync([.. zones.Select(zone => new StubZone(ReverseName.FromPrefix(zone), authority.Endpoint))], []);
            foreach (var state in new[] { "cold", "warm" })
            {
                rows.Add(await MeasureAsync(unbound, zones, state));
                Figures.Note($"round {round + 1}: {rows[^1]}");
            }
        }

        Figures.Print(
            rows,
            asJson,
            ("resolver", row => row.State),
            ("peers", row => $"{row.Peers:N0}"),
            ("found", row => $"{row.Found:N0}"),
            ("s", row => $"{row.Seconds:F2}"),
            ("CPU s", row => $"{row.ProcessorSeconds:F2}"),
            ("questions/name", row => $"{row.QuestionsPerName:F3}"),
            ("octets/name", row => $"{row.OctetsPerName:N0}"),
            ("cached lookups/s", row => $"{row.CachedLookups:N0}"),
            ("cached discoveries/s", row => $"{row.CachedDiscoveries:N0}"));
    }

    private static async Task<Row> MeasureAsync(RunningServer unbound, List<IPPrefix> zones, string state)
    {
        var random = new Random(11);
        var peers = zones
            .SelectMany(zone => Enumerable.Range(1, PeersPerProvider).Select(host => new Peer(IPPrefix.Create(zone.Bits + ((UInt128)(uint)host << 96), 32, isIPv6: false).Address)))
            .OrderBy(_ => random.Next()).ToList();
        await using var resolver = new Resolver(new ResolverOptions { Servers = [ResolverAddress.ForPlain(unbound.Endpoint)], Deadline = TimeSpan.FromSeconds(60) });
        await using var client = new DiscoveryClient(resolver, new DiscoveryOptions { WithKeys = false, IncludeSpecialAddresses = true });
        await client.DiscoverAsync(IPAddress.Parse("198.51.100.1")); // compiles what is to be measured
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var asked = resolver.Questions;
        using var self = Process.GetCurrentProcess();
        var processor = self.TotalProcessorTime;
        var clock = Stopwatch.StartNew();
        var found = 0;
        var names = new HashSet<DomainName>();
        await foreach (var discovery in client.DiscoverManyAsync(peers.ToAsyncEnumerable()))
        {
            if (discovery.Result is { Status: DiscoveryStatus.Found, AnsweringName: { } name })
            {
                found++;
                names.Add(name);
            }
        }

        clock.Stop();
        self.Refresh();
        var used = self.TotalProcessorTime - processor;
        var questions = resolver.Questions - asked;
        var count = names.Count;
        names = [];
        var octets = GC.GetTotalMemory(forceFullCollection: true) - before;
        return new Row(
            state,
            peers.Count,
            found,
            clock.Elapsed.TotalSeconds,
            used.TotalSeconds,
            (double)questions / count,
            (double)octets / count,
            CachedLookups(resolver, [.. peers.Select(peer => ReverseName.FromPrefix(IPPrefix.FromAddress(peer.Address)))]),
            await CachedDiscoveriesAsync(client, peers));
    }

    private static double CachedLookups(Resolver resolver, DomainName[] names)
    {
        var clock = Stopwatch.StartNew();
        long lookups = 0;
        while (clock.Elapsed.TotalSeconds < CachedSeconds)
        {
            foreach (var name in names)
            {
                if (!resolver.TryGetCached(name, RecordType.NAPTR, out _))
                {
                    throw new InvalidOperationException($"{name} is not in the cache.");
                }
            }

            lookups += names.Length;
        }

        return lookups / clock.Elapsed.TotalSeconds;
    }

    private static async Task<double> CachedDiscoveriesAsync(DiscoveryClient client, List<Peer> peers)
    {
        var clock = Stopwatch.StartNew();
        long discoveries = 0;
        while (clock.Elapsed.TotalSeconds < CachedSeconds)
        {
            foreach (var peer in peers)
            {
                await client.DiscoverAsync(peer.Address);
            }

            discoveries += peers.Count;
        }

        return discoveries / clock.Elapsed.TotalSeconds;
    }

    private static string Write(TemporaryFolder folder, List<IPPrefix> zones)
    {
        var text = new StringBuilder("zones: [");
        text.AppendJoin(", ", zones).Append("]\nsoa: { primary: ns1.example., contact: hostmaster.example. }\nnameservers: [ns1.example.]\nalto-servers:\n");
        for (var i = 0; i < zones.Count; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"  s{i}: {{ uri: \"https://alto{i}.example/ird\" }}\n");
        }

        text.Append("assignments:\n");
        for (var i = 0; i < zones.Count; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"  {zones[i]}: s{i}\n");
        }

        return folder.Write("swarm.yaml", text.ToString());
    }

    /// <param name="ProcessorSeconds">Of this process, the client's.</param>
    /// <param name="QuestionsPerName">Questions to the resolver for each name that answered.</param>
    /// <param name="OctetsPerName">What the client's memory grew by for each of these names, sockets and all.</param>
    private sealed record Row(
        string State,
        int Peers,
        int Found,
        double Seconds,
        double ProcessorSeconds,
        double QuestionsPerName,
        double OctetsPerName,
        double CachedLookups,
        double CachedDiscoveries);
}
