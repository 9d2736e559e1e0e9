// All workloads, by the data that they need.

using AltoDns.Benchmarks.Traffic;
using AltoDns.Harness;
using AltoDns.Harness.Internet;
using AltoDns.Protocol.Names;

namespace AltoDns.Benchmarks.Comparing;

internal static class Workloads
{
    private const int Seed = 1;
    private const int PointerRecords = 1_000_000;

    private static readonly Lazy<IReadOnlyList<RegistryPrefix>> Internet = new(() => RegistryPrefix.ReadAll(RegistryPrefix.DataFile));

    private static readonly SignedTraffic Signed = new(MixedTraffic.IPv4);

    public static IReadOnlyList<WorkloadGroup> All { get; } =
    [
        new WorkloadGroup(
            "a policy of 10,000 IPv4 prefixes",
            folder => MixedDataAsync(folder, MixedTraffic.IPv4, "mixed"),
            [
                new Workload("mixed", "Mixed queries by UDP", Exchange.Udp, count => MixedTraffic.IPv4.Make(count, Seed)) { IsPaced = true },
                new Workload("nxdomain", "Only names that do not exist, by UDP", Exchange.Udp, count => MixedTraffic.IPv4.MakeNameErrors(count, Seed)),
                new Workload("garbage", "Garbage by UDP", Exchange.UdpGarbage, count => MixedTraffic.IPv4.Make(count, Seed)),
                new Workload("workers", "Two workers on two processors, mixed queries by UDP", Exchange.UdpWorkers, count => MixedTraffic.IPv4.Make(count, Seed)),
                new Workload("tcp-single", "Mixed queries by TCP, a connection for each", Exchange.TcpSingle, count => MixedTraffic.IPv4.Make(count, Seed)),
                new Workload("tcp-pipelined", "Mixed queries by TCP, 100 on each connection", Exchange.TcpPipelined, count => MixedTraffic.IPv4.Make(count, Seed)),
            ])
        {
            StartsInRounds = true,
        },
        new WorkloadGroup(
            "a policy of 10,000 IPv6 prefixes",
            folder => MixedDataAsync(folder, MixedTraffic.IPv6, "ipv6"),
            [new Workload("ipv6", "Mixed queries for IPv6 addresses, by UDP", Exchange.Udp, count => MixedTraffic.IPv6.Make(count, Seed))]),
        new WorkloadGroup(
            "the same policy of 10,000 IPv4 prefixes, signed",
            Signed.MakeDataAsync,
            [new Workload("signed", "Mixed queries with the DO bit of a signed zone, by UDP", Exchange.Udp, count => Signed.Make(count, Seed))])
        {
            // The first two do not sign; PowerDNS would want the zone in a database to serve it with its signatures.
            Without = ["rbldnsd", "gdnsd", "pdns"],
        },
        new WorkloadGroup(
            "a zone of 1,000,000 PTR records",
            folder => Task.FromResult(DataSet.OfZone(folder, PointerTraffic.WriteZone(folder, PointerRecords), PointerTraffic.Records(PointerRecords))),
            [new Workload("ptr", "PTR records by UDP", Exchange.Udp, count => PointerTraffic.Make(PointerRecords, count, Seed))]),
        new WorkloadGroup(
            "a policy of the 243,034 prefixes of the whole Internet",
            InternetDataAsync,
            [new Workload("internet", "Addresses of the whole Internet, by UDP", Exchange.Udp, count => new InternetTraffic(Internet.Value).Make(count, Seed))]),
    ];

    public static IReadOnlyList<string> Keys { get; } = [.. All.SelectMany(group => group.Workloads).Select(workload => workload.Key)];

    private static Task<DataSet> MixedDataAsync(TemporaryFolder folder, MixedTraffic traffic, string name)
    {
        var policy = Path.Combine(folder.Path, $"{name}.yaml");
        traffic.WritePolicy(policy);
        return DataSet.OfPolicyAsync(folder, policy, [.. traffic.Zones.Select(zone => zone.Origin)], traffic.Prefixes);
    }

    private static Task<DataSet> InternetDataAsync(TemporaryFolder folder)
    {
        var policy = Path.Combine(folder.Path, "internet.yaml");
        InternetPolicy.Write(policy, Internet.Value);
        return DataSet.OfPolicyAsync(
            folder,
            policy,
            [ReverseName.IPv4Root, ReverseName.IPv6Root],
            [.. Internet.Value.Select(entry => (entry.Prefix, InternetPolicy.UriOf(entry.Country)))]);
    }
}
