// Makes up questions to a zone: what exists, what nearly does, what is hidden, aliased or synthesized.

using AltoDns.Harness;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Presentation;
using AltoDns.Protocol.Records;
using AltoDns.Protocol.Security;

namespace AltoDns.Interop.Tests.Differential;

/// <summary>The same seed and zone make the same questions.</summary>
/// <param name="asksForDnssec">Whether most questions have DO and some ask for the types of DNSSEC.</param>
public sealed class QuestionGenerator(Random random, bool asksForDnssec = false)
{
    private static readonly RecordType[] DnssecTypes =
    [
        RecordType.DS, RecordType.DNSKEY, RecordType.NSEC, RecordType.NSEC3, RecordType.NSEC3PARAM, RecordType.RRSIG, RecordType.CDS,
        RecordType.CDNSKEY, RecordType.ZONEMD,
    ];

    private static readonly RecordType[] OtherTypes =
    [
        RecordType.A, RecordType.AAAA, RecordType.NS, RecordType.SOA, RecordType.CNAME, RecordType.DNAME, RecordType.PTR, RecordType.MX,
        RecordType.TXT, RecordType.SRV, RecordType.NAPTR, RecordType.DS, RecordType.DNSKEY, RecordType.NSEC, RecordType.SVCB,
        RecordType.HTTPS, RecordType.CDS, (RecordType)65400, (RecordType)4711,
    ];

    private static readonly ushort[] Payloads = [512, 513, 800, 1232, 1232, 1400, 4096, 65535, 0, 100];

    private readonly NameMaker _names = new(random);

    public IReadOnlyList<Query> Make(GeneratedZone zone, int count) => [.. Enumerable.Range(0, count).Select(_ => Make(zone))];

    private Query Make(GeneratedZone zone)
    {
        var record = zone.Records[random.Next(zone.Records.Count)];
        var name = asksForDnssec && random.Next(16) == 0 ? HashedName(zone, record.Owner) : Name(zone, record.Owner);
        var hasEdns = random.Next(asksForDnssec ? 16 : 4) > 0;
        return new Query(random.Next(3) == 0 ? _names.MixCase(name) : name, Type(record.Type))
        {
            RecursionDesired = random.Next(2) == 0,
            UdpPayload = hasEdns ? Payloads[random.Next(Payloads.Length)] : null,
            DnssecOk = hasEdns && random.Next(asksForDnssec ? 8 : 2) != 1,
        };
    }

    /// <summary>The owner of an NSEC3 record, which is not a name (RFC 5155 §7.2.8), if the zone was signed with these parameters.</summary>
    private DomainName HashedName(GeneratedZone zone, DomainName owner)
    {
        var hash = new byte[Nsec3Hash.Length];
        Nsec3Hash.Compute(owner.ToLower().Wire, ZoneSigner.Parameters[random.Next(ZoneSigner.Parameters.Count)], hash);
        return NameMaker.Prepend(zone.Origin, Base32Hex.Encode(hash));
    }

    private DomainName Name(GeneratedZone zone, DomainName owner)
    {
        // A wildcard is mostly asked for through the names that it stands for.
        var plain = owner.IsWildcard && random.Next(5) > 0 ? _names.Below(owner.Parent, 2) : owner;
        return random.Next(20) switch
        {
            < 8 => plain,
            < 11 => _names.Below(plain, 2),
            < 13 => _names.Neighbour(plain),
            < 15 => Ancestor(zone, plain),
            15 => _names.Below(NameMaker.Wildcard(plain), 1),
            16 => zone.Origin,
            17 => NameMaker.Wildcard(plain),
            18 => _names.Longest(plain),
            _ => random.Next(3) == 0 ? _names.Neighbour(zone.Origin) : _names.Below(zone.Origin, 3),
        };
    }

    /// <summary>A name on the way to the apex, often an empty non-terminal.</summary>
    private DomainName Ancestor(GeneratedZone zone, DomainName name)
    {
        for (var steps = random.Next(1, 4); steps > 0 && name != zone.Origin; steps--)
        {
            name = name.Parent;
        }

        return name;
    }

    private RecordType Type(RecordType existing) => random.Next(20) switch
    {
        < 3 when asksForDnssec => DnssecTypes[random.Next(DnssecTypes.Length)],
        < 10 => existing,
        < 18 => OtherTypes[random.Next(OtherTypes.Length)],
        18 => DataMaker.AnywhereTypes[random.Next(DataMaker.AnywhereTypes.Count)],
        _ => RecordType.ANY,
    };
}
