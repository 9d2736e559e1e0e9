// The scenario files, over real sockets: records that a zone has, and the servers that must be found.

using System.Globalization;
using System.Net;
using AltoDns.Discovery.Tests.Support;

namespace AltoDns.Discovery.Tests.Procedure;

public sealed class DiscoveryScenarioTests
{
    public static TheoryData<DiscoveryCase> Discovery => [.. ScenarioFile.Cases("discovery.txt")];

    public static TheoryData<DiscoveryCase> Trackers => [.. ScenarioFile.Cases("bep22.txt")];

    [Theory]
    [MemberData(nameof(Discovery))]
    public async Task Discovery_finds_what_the_records_lead_to(DiscoveryCase scenario)
    {
        await using var server = ZoneAnswers.OfRecords(scenario.Records).Serve();
        await using var client = Clients.Discovery(server);

        var result = await AskAsync(client, scenario.Ask);

        Assert.Equal(scenario.Finds, result.Servers.Select(found => $"{found.Uri.OriginalString} {found.Order} {found.Preference}"));
        Assert.Equal(scenario.Finds.Count > 0 ? DiscoveryStatus.Found : DiscoveryStatus.NotFound, result.Status);
        Assert.False(result.HadTemporaryErrors);
        Assert.Equal(LookupSecurity.Indeterminate, result.Security);
        var lookups = result.Trace.Where(step => step.Step != "keys").ToList();
        if (scenario.Lookups is { } count)
        {
            Assert.Equal(count, lookups.Count);
        }

        if (scenario.By is { } by)
        {
            Assert.Equal(by, lookups.Last(step => step.Name == result.AnsweringName).Step);
        }
    }

    [Theory]
    [MemberData(nameof(Trackers))]
    public async Task Local_trackers_are_found_by_the_reverse_name(DiscoveryCase scenario)
    {
        await using var server = ZoneAnswers.OfRecords(scenario.Records).Serve();
        await using var client = Clients.Discovery(server);

        var result = await client.DiscoverTrackersAsync(IPAddress.Parse(scenario.Ask[1]));

        Assert.Equal(scenario.Finds, result.Trackers.Select(tracker => $"{tracker.Host}:{tracker.Port}"));
    }

    private static Task<DiscoveryResult> AskAsync(DiscoveryClient client, IReadOnlyList<string> ask)
    {
        string? Option(string name) => ask.FirstOrDefault(word => word.StartsWith(name + "=", StringComparison.Ordinal))?[(name.Length + 1)..];

        var service = ask.Skip(2).FirstOrDefault(word => !word.Contains('=')) ?? DiscoveryClient.DefaultService;
        if (ask[0] == "domain")
        {
            return client.DiscoverDomainAsync(ask[1], service);
        }

        var hint = Option("peer") is null && Option("port") is null
            ? null
            : new PeerHint(Option("peer"), Option("port") is { } port ? ushort.Parse(port, CultureInfo.InvariantCulture) : null);
        return ask[1].Contains('/')
            ? client.DiscoverAsync(IPNetwork.Parse(ask[1]), hint, service)
            : client.DiscoverAsync(IPAddress.Parse(ask[1]), hint, service);
    }
}
