// A policy of many prefixes, and queries as a busy swarm sends them: most have an answer, and hardly a name comes twice.

using AltoDns.Harness;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;

namespace AltoDns.Benchmarks.Traffic;

/// <summary>Of IPv4 or of IPv6; all else is equal.</summary>
internal sealed class MixedTraffic
{
    private const int PrefixCount = 10_000;
    private const int Servers = 10;

    private static readonly IPPrefix OutsideIPv4 = IPPrefix.Parse("192.0.2.0/24");
    private static readonly IPPrefix OutsideIPv6 = IPPrefix.Parse("2001:db9::/48");

    private readonly bool _isIPv6;
    private readonly IPPrefix _zone;
    private readonly int _length;

    private MixedTraffic(string zone, int length)
    {
        _zone = IPPrefix.Parse(zone);
        _isIPv6 = _zone.IsIPv6;
        _length = length;
        Zones = [new ServedZone(ReverseName.FromPrefix(_zone), "")];
        Prefixes = [.. Enumerable.Range(0, PrefixCount).Select(index => (PrefixOf(index), UriOf(index)))];
    }

    /// <summary>As many /24 from 10.0.0.0 on.</summary>
    public static MixedTraffic IPv4 { get; } = new("10.0.0.0/8", 24);

    /// <summary>As many /48 from 2001:db8:: on.</summary>
    public static MixedTraffic IPv6 { get; } = new("2001:db8::/32", 48);

    public IReadOnlyList<ServedZone> Zones { get; }

    public IReadOnlyList<(IPPrefix Prefix, string Uri)> Prefixes { get; }

    public void WritePolicy(string path)
    {
        using var text = new StreamWriter(path);
        text.Write($$"""
            zones: ["{{_zone}}"]
            soa: { primary: ns1.example., contact: hostmaster.example. }
            nameservers: [ns1.example.]
            alto-servers:

            """);
        for (var server = 0; server < Servers; server++)
        {
            text.Write($"  s{server}: {{ uri: {UriOf(server)} }}\n");
        }

        text.Write("assignments:\n");
        for (var i = 0; i < PrefixCount; i++)
        {
            text.Write($"  \"{PrefixOf(i)}\": s{i % Servers}\n");
        }
    }

    /// <summary>80% NAPTR of an assigned address, 8% another type there, 7% an address without assignment, 5% outside of the zone.</summary>
    public IEnumerable<Asked> Make(int count, int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < count; i++)
        {
            var prefix = random.Next(PrefixCount);
            yield return random.Next(100) switch
            {
                < 80 => new Asked(AddressIn(PrefixOf(prefix), random), RecordType.NAPTR, ResponseCode.NoError, UriOf(prefix)),
                < 88 => new Asked(AddressIn(PrefixOf(prefix), random), RecordType.PTR, ResponseCode.NoError),
                < 95 => Unassigned(random),
                _ => new Asked(AddressIn(_isIPv6 ? OutsideIPv6 : OutsideIPv4, random), RecordType.NAPTR, ResponseCode.Refused),
            };
        }
    }

    /// <summary>Only addresses without assignment.</summary>
    public IEnumerable<Asked> MakeNameErrors(int count, int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < count; i++)
        {
            yield return Unassigned(random);
        }
    }

    private Asked Unassigned(Random random) =>
        new(AddressIn(PrefixOf(random.Next(PrefixCount * 2, (1 << (_length - _zone.Length)) - 1)), random), RecordType.NAPTR, ResponseCode.NameError);

    private IPPrefix PrefixOf(int index) => IPPrefix.Create(_zone.Bits | ((UInt128)(uint)index << (128 - _length)), _length, _isIPv6);

    private static string UriOf(int index) => $"https://alto{index % Servers}.example/ird";

    private static DomainName AddressIn(IPPrefix prefix, Random random)
    {
        var host = ((UInt128)(ulong)random.NextInt64(long.MinValue, long.MaxValue) << 64) | (ulong)random.NextInt64(long.MinValue, long.MaxValue);
        return ReverseName.FromPrefix(IPPrefix.Create(prefix.Bits | (host >> prefix.Length), prefix.AddressLength, prefix.IsIPv6));
    }
}
