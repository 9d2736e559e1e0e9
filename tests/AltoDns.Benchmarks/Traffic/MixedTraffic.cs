// A policy of many prefixes, and queries as a busy swarm sends them: most have an answer, and hardly a name comes twice.

using AltoDns.Harness;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;

namespace AltoDns.Benchmarks.Traffic;

internal static class MixedTraffic
{
    public const int Prefixes = 10_000;

    private const int Servers = 10;
    private const int Queries = 65_536;
    private const int NoError = 0;
    private const int NameError = 3;
    private const int Refused = 5;

    public static IReadOnlyList<ServedZone> Zones { get; } = [new ServedZone(DomainName.Parse("10.in-addr.arpa."), "")];

    /// <summary>Writes a policy of as many /24 from 10.0.0.0 on.</summary>
    public static void WritePolicy(string path)
    {
        using var text = new StreamWriter(path);
        text.Write("""
            zones: [10.0.0.0/8]
            soa: { primary: ns1.example., contact: hostmaster.example. }
            nameservers: [ns1.example.]
            alto-servers:

            """);
        for (var server = 0; server < Servers; server++)
        {
            text.Write($"  s{server}: {{ uri: https://alto{server}.example/ird }}\n");
        }

        text.Write("assignments:\n");
        for (var i = 0; i < Prefixes; i++)
        {
            text.Write($"  10.{i >> 8}.{i & 255}.0/24: s{i % Servers}\n");
        }
    }

    /// <summary>80% NAPTR of an assigned address, 8% another type there, 7% an address without assignment, 5% outside of the zone.</summary>
    public static IReadOnlyList<ExpectedQuery> Make(int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, Queries).Select(_ => MakeOne(random))];
    }

    private static ExpectedQuery MakeOne(Random random)
    {
        var prefix = random.Next(Prefixes);
        var host = random.Next(256);
        var assigned = $"{host}.{prefix & 255}.{prefix >> 8}.10.in-addr.arpa.";
        return random.Next(100) switch
        {
            < 80 => Make(assigned, RecordType.NAPTR, NoError, answers: 1),
            < 88 => Make(assigned, RecordType.PTR, NoError, answers: 0),
            < 95 => Make($"{host}.{prefix & 255}.200.10.in-addr.arpa.", RecordType.NAPTR, NameError, answers: 0),
            _ => Make($"{host}.2.0.192.in-addr.arpa.", RecordType.NAPTR, Refused, answers: 0),
        };
    }

    private static ExpectedQuery Make(string name, RecordType type, int responseCode, int answers) =>
        new(new Query(DomainName.Parse(name), type) { UdpPayload = 1232 }.ToWire(0), responseCode, answers);
}
