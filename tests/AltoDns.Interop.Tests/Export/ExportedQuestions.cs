// Random questions to exported policies: what exists, near misses of it, addresses of every prefix, every type.

using AltoDns.Harness;
using AltoDns.Interop.Tests.Differential;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.ZoneFiles;

namespace AltoDns.Interop.Tests.Export;

/// <summary>The same seed makes the same questions.</summary>
internal sealed class ExportedQuestions
{
    private static readonly RecordType[] Types =
    [
        RecordType.A, RecordType.AAAA, RecordType.NS, RecordType.SOA, RecordType.CNAME, RecordType.DNAME, RecordType.PTR, RecordType.MX, RecordType.SRV,
        RecordType.DS, RecordType.DNSKEY, RecordType.SVCB, RecordType.HTTPS, RecordType.URI, RecordType.CAA, RecordType.HINFO, (RecordType)65400,
    ];

    private readonly Random _random;
    private readonly NameMaker _names;
    private readonly IReadOnlyList<IPPrefix> _addresses;
    private readonly List<ZoneRecord[]> _zones;

    public ExportedQuestions(ExportedPolicies policies, Random random)
    {
        _random = random;
        _names = new NameMaker(random);
        _addresses = [.. policies.Made.SelectMany(scenario => scenario.Addresses)];
        _zones = [.. policies.Zones.Select(ReadZone)];
    }

    public IReadOnlyList<Query> Make(int count) => [.. Enumerable.Range(0, count).Select(_ => Make())];

    private Query Make()
    {
        var zone = _zones[_random.Next(_zones.Count)];
        var record = zone[_random.Next(zone.Length)];
        var name = Name(record.Owner);
        var hasEdns = _random.Next(2) == 0;
        return new Query(_random.Next(4) == 0 ? _names.MixCase(name) : name, Type(record.Data.RecordType))
        {
            RecursionDesired = _random.Next(2) == 0,
            UdpPayload = hasEdns ? 1232 : null,
        };
    }

    private DomainName Name(DomainName owner)
    {
        var plain = owner.IsWildcard && _random.Next(5) > 0 ? _names.Below(owner.Parent, 2) : owner;
        return _random.Next(10) switch
        {
            < 3 => plain,
            3 => _names.Below(plain, 2),
            4 => _names.Neighbour(plain),
            5 => plain.Parent,
            6 => ReverseName.FromPrefix(Near(plain)),
            _ => ReverseName.FromPrefix(Shortened(_addresses[_random.Next(_addresses.Count)])),
        };
    }

    // An address below a name of the reverse tree: it has a name of its own, or a wildcard stands in for it.
    private IPPrefix Near(DomainName name)
    {
        if (!ReverseName.TryGetPrefix(name, out var prefix))
        {
            return _addresses[_random.Next(_addresses.Count)];
        }

        var low = new UInt128((ulong)_random.NextInt64(), (ulong)_random.NextInt64()) >> prefix.Length;
        return IPPrefix.Create(prefix.Bits | (prefix.IsSingleAddress ? 0 : low), prefix.AddressLength, prefix.IsIPv6);
    }

    private IPPrefix Shortened(IPPrefix address)
    {
        int[] lengths = address.IsIPv6 ? [128, 128, 64, 56, 48, 40, 32] : [32, 32, 24, 16, 8];
        return address.Truncate(lengths[_random.Next(lengths.Length)]);
    }

    private RecordType Type(RecordType existing) => _random.Next(10) switch
    {
        < 3 => existing,
        < 7 => RecordType.NAPTR,
        7 => RecordType.TXT,
        _ => Types[_random.Next(Types.Length)],
    };

    private static ZoneRecord[] ReadZone(ServedZone zone)
    {
        var problems = new ProblemList();
        var records = new List<ZoneRecord>();
        MasterFileReader.Read(zone.File, zone.Origin, problems, records.Add);
        Assert.False(problems.HasErrors, string.Join('\n', problems.All));
        return [.. records];
    }
}
