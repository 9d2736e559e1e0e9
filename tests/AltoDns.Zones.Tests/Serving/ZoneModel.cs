// The content of a zone as plain collections: what an edited snapshot has to equal.

using AltoDns.Protocol.Names;
using AltoDns.Protocol.Presentation;
using AltoDns.Protocol.Records;
using AltoDns.Zones.Serving;

namespace AltoDns.Zones.Tests.Serving;

/// <summary>An RRset of the model.</summary>
internal sealed record ModelRRset(RecordType Type, uint TimeToLive, IReadOnlyList<RecordData> Records, IReadOnlyList<RecordData> Signatures)
{
    public RRsetContent ToContent() => RRsetContent.Of(TimeToLive, Records, RRsetContent.Run(Signatures));
}

/// <summary>Names and their RRsets by type, and the links of an NSEC3 chain by hash.</summary>
internal sealed class ZoneModel(DomainName origin)
{
    private static readonly RecordType[] Types =
        [RecordType.A, RecordType.NS, RecordType.CNAME, RecordType.DNAME, RecordType.TXT, RecordType.PTR, RecordType.NAPTR, RecordType.DS];

    public DomainName Origin { get; } = origin;

    public SortedDictionary<DomainName, SortedDictionary<RecordType, ModelRRset>> Names { get; } = new()
    {
        [origin] = new() { [RecordType.SOA] = Soa(1) },
    };

    public Nsec3ParamData? Parameters { get; set; }

    public SortedDictionary<string, ModelRRset> Links { get; } = new(StringComparer.Ordinal);

    public static ModelRRset Soa(uint serial) =>
        new(RecordType.SOA, 3600, [new SoaData(DomainName.Root, DomainName.Root, serial, 7200, 900, 1209600, 600)], []);

    /// <summary>RRsets for one name, none of them at times.</summary>
    public static SortedDictionary<RecordType, ModelRRset> RandomRRsets(Random random)
    {
        var rrsets = new SortedDictionary<RecordType, ModelRRset>();
        for (var count = random.Next(4); count > 0; count--)
        {
            // Cuts and aliases are rare, and matter most.
            var type = Types[random.Next(3) == 0 ? random.Next(Types.Length) : 4 + random.Next(3)];
            rrsets[type] = RandomRRset(random, type);
        }

        return rrsets;
    }

    public static ModelRRset RandomRRset(Random random, RecordType type)
    {
        if (type == RecordType.NSEC3)
        {
            var link = new Nsec3Data(1, 0, 0, [], [.. Enumerable.Repeat((byte)random.Next(4), 20)], TypeBitmap.Of([RecordType.A]));
            return new ModelRRset(type, 600, [link], random.Next(3) == 0 ? [Signature(type, random)] : []);
        }

        var records = Enumerable.Range(0, 1 + random.Next(3)).Select(_ => ZoneMaker.Data(type, 1, (byte)random.Next(4), 0)).Distinct().ToList();
        var signatures = random.Next(3) == 0 ? [Signature(type, random)] : Array.Empty<RecordData>();
        return new ModelRRset(type, (uint)random.Next(1, 4) * 60, records, signatures);
    }

    public ZoneSnapshot Freeze()
    {
        var builder = new ZoneBuilder(Origin);
        foreach (var (name, rrsets) in Names)
        {
            AddTo(builder, builder.AddName(name), rrsets.Values);
        }

        foreach (var (hash, rrset) in Links)
        {
            Assert.True(Origin.TryPrepend(System.Text.Encoding.ASCII.GetBytes(hash), out var owner));
            AddTo(builder, builder.AddName(owner), [rrset]);
        }

        return builder.Freeze();
    }

    /// <summary>A hash by its text, as it stands in an owner.</summary>
    public static byte[] HashOf(string text) =>
        Base32Hex.TryDecode(System.Text.Encoding.ASCII.GetBytes(text), out var hash) ? hash : throw new FormatException(text);

    private static void AddTo(ZoneBuilder builder, int node, IEnumerable<ModelRRset> rrsets)
    {
        foreach (var rrset in rrsets)
        {
            foreach (var record in rrset.Records.Concat(rrset.Signatures))
            {
                builder.AddRecord(node, rrset.TimeToLive, record);
            }
        }
    }

    private static UnknownData Signature(RecordType covered, Random random) =>
        new(RecordType.RRSIG, [(byte)((int)covered >> 8), (byte)covered, 13, 1, 0, 0, 0, 60, 0, 0, 0, 2, 0, 0, 0, 1, 0, 7, 0, (byte)random.Next(256)]);
}
