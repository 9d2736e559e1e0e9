// What the documentation gives to trackers in other languages finds the same servers as the library: on the samples and on random policies.

using System.Globalization;
using System.Net;
using System.Text;
using AltoDns.Discovery.Resolving;
using AltoDns.Harness;
using AltoDns.Protocol.Names;
using AltoDns.Scenarios;
using AltoDns.Zones.Configuration;
using FsCheck;
using FsCheck.Fluent;

namespace AltoDns.Discovery.Tests.Interop;

public sealed class SnippetTests
{
    /// <summary>How many random policies; the long run has 10,000.</summary>
    public const string CountVariable = "ALTODNS_DISCOVERY_POLICIES";

    private const int DefaultCount = 100;
    private const int BatchSize = 100;
    private const int AddressesPerPolicy = 20;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private static readonly string[] Samples =
        ["192.0.2.77", "192.0.2.140", "192.0.2.200", "198.51.100.1", "198.51.100.70", "203.0.113.9", "198.18.0.1"];

    [Fact]
    public async Task Shell_function_finds_the_servers_of_the_samples()
    {
        await using var server = await AltoDnsServer.StartSamplesAsync();
        await using var client = Client(server);
        foreach (var address in Samples)
        {
            var script = $"{DocumentedSnippet.Read("bash")}alto {address} @127.0.0.1 -p {server.Endpoint.Port}";
            ToolRunner.Require("dig");
            var result = await ToolRunner.RunAsync("bash", ["-c", script]);

            Assert.Equal(await FindAsync(client, address), string.Join(' ', result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)));
        }
    }

    [Fact]
    public async Task Go_function_finds_the_servers_of_the_samples()
    {
        const string Library = "/usr/share/gocode/src/github.com/miekg/dns";
        ToolRunner.Require("go");
        ToolRunner.RequireFile(Library, "golang-github-miekg-dns-dev");
        await using var server = await AltoDnsServer.StartSamplesAsync();
        await using var client = Client(server);
        using var folder = new TemporaryFolder();
        var program = folder.Write("main.go", $$"""
            package main

            import (
            	"fmt"
            	"os"
            	"sort"
            	"strings"

            	"github.com/miekg/dns"
            )

            {{DocumentedSnippet.Read("go")}}
            func main() {
            	for _, address := range os.Args[2:] {
            		fmt.Println(strings.Join(altoServers(os.Args[1], address), " "))
            	}
            }

            """);
        string[] addresses = [.. Samples, "2001:db8:1::77", "2001:db8:3::1"];

        string[] environment = ["GO111MODULE=off", "GOPATH=/usr/share/gocode", $"GOCACHE={folder.MakeFolder("cache")}", "GOFLAGS="];
        var result = await ToolRunner.RunAsync("env", [.. environment, ToolRunner.Require("go"), "run", program, server.Endpoint.ToString(), .. addresses], Patience);

        Assert.True(result.ExitCode == 0, result.ToString());
        var found = result.Output.TrimEnd('\n').Split('\n');
        for (var i = 0; i < addresses.Length; i++)
        {
            Assert.Equal(await FindAsync(client, addresses[i]), found[i]);
        }
    }

    [Fact]
    public async Task Python_function_and_library_agree_on_random_policies()
    {
        var count = int.TryParse(Environment.GetEnvironmentVariable(CountVariable), CultureInfo.InvariantCulture, out var number) ? number : DefaultCount;
        ToolRunner.RequireFile("/usr/lib/python3/dist-packages/dns", "python3-dnspython");
        var found = 0;
        for (var batch = 0; batch * BatchSize < count; batch++)
        {
            found += await CompareAsync(batch);
        }

        Assert.True(found > count, $"Only {found} addresses have a server.");
    }

    private static async Task<int> CompareAsync(int batch)
    {
        using var folder = new TemporaryFolder();
        var scenarios = PolicyScenarioGenerator.Scenarios().Generator.Sample(BatchSize, new Rnd(8686 + (ulong)batch), 14)
            .Select((scenario, index) => scenario.MoveTo(ZoneOf(scenario, index))).ToList();
        for (var i = 0; i < scenarios.Count; i++)
        {
            Write(folder, scenarios[i], i);
        }

        await using var server = await AltoDnsServer.StartAsync([folder.Path], [.. scenarios.Select(scenario => new ServedZone(ReverseName.FromPrefix(scenario.Zone), ""))]);
        await using var client = Client(server);
        var addresses = scenarios.SelectMany(scenario => scenario.Addresses.Take(AddressesPerPolicy)).Select(address => address.Address.ToString()).ToList();
        var script = folder.Write("walk.py", $$"""
            {{DocumentedSnippet.Read("python")}}
            import sys

            resolver = dns.resolver.Resolver(configure=False)
            resolver.nameservers = ["127.0.0.1"]
            resolver.port = {{server.Endpoint.Port}}
            resolver.cache = dns.resolver.LRUCache(100_000)
            for line in open(sys.argv[1]):
                print(" ".join(alto_servers(resolver, line.strip())))

            """);

        // Debian's own Python, which has the library, whatever else is on the path.
        var result = await ToolRunner.RunAsync("env", ["/usr/bin/python3", script, folder.Write("addresses", string.Join('\n', addresses) + "\n")], Patience);
        Assert.True(result.ExitCode == 0, result.ToString());
        var theirs = result.Output.Split('\n');
        var faults = new List<string>();
        var found = 0;
        for (var i = 0; i < addresses.Count; i++)
        {
            var ours = await FindAsync(client, addresses[i]);
            found += ours.Length > 0 ? 1 : 0;
            if (ours != theirs[i])
            {
                faults.Add($"batch {batch}, {addresses[i]}: we '{ours}', Python '{theirs[i]}'");
            }
        }

        Assert.True(faults.Count == 0, string.Join('\n', faults.Take(20)));
        return found;
    }

    private static void Write(TemporaryFolder folder, PolicyScenario scenario, int index)
    {
        // Every other one in the other publish mode, unless it would need a name for each of very many subnets.
        var isLong = scenario.Assignments.Any(entry => entry.Prefix.IsIPv6 && entry.Prefix.Length is > 64 and < 120);
        var mode = index % 2 == 1 && !isLong ? PublishMode.Rfc8686Names : PublishMode.EveryName;
        var text = new StringBuilder();
        using (var writer = new StringWriter(text))
        {
            scenario.WriteBase(writer);
        }

        folder.Write($"made-{index}.zone", text.ToString());
        folder.Write($"made-{index}.yaml", scenario.ToYaml(mode, $"made-{index}.zone"));
    }

    // Clear of each other's.
    private static IPPrefix ZoneOf(PolicyScenario scenario, int index) => scenario.Zone.IsIPv6
        ? IPPrefix.Create((UInt128)(0x20020000u + (uint)index) << 96, scenario.Zone.Length, isIPv6: true)
        : IPPrefix.Create((UInt128)(uint)(101 + index) << 120, scenario.Zone.Length, isIPv6: false);

    private static DiscoveryClient Client(RunningServer server) => new(new DiscoveryOptions
    {
        Resolver = new ResolverOptions { Servers = [ResolverAddress.ForPlain(server.Endpoint)], Deadline = TimeSpan.FromSeconds(30) },
        WithKeys = false,
        IncludeSpecialAddresses = true,
    });

    private static async Task<string> FindAsync(DiscoveryClient client, string address) =>
        string.Join(' ', (await client.DiscoverAsync(IPAddress.Parse(address))).Servers.Select(server => server.Uri.OriginalString));
}
