// Makes up small zones and signs them with signatures of nothing, so that all that counts is which records are there.

using AltoDns.Protocol.Names;
using AltoDns.Protocol.Presentation;
using AltoDns.Protocol.Records;
using AltoDns.Protocol.Security;
using AltoDns.Zones.Serving;

namespace AltoDns.Server.Tests.Answering.Signed;

internal enum ChainKind
{
    Nsec,
    Nsec3,
    OptOut,
}

/// <summary>The same seed makes the same zone.</summary>
/// <param name="iterations">Of NSEC3; null for a few.</param>
internal sealed class SignedZoneMaker(Random random, ushort? iterations = null)
{
    public const uint NegativeTimeToLive = 300;

    private static readonly byte[][] Labels = ["a"u8.ToArray(), "b"u8.ToArray(), "c"u8.ToArray(), "z"u8.ToArray(), "*"u8.ToArray(), "!"u8.ToArray()];

    private readonly Dictionary<DomainName, Dictionary<RecordType, RecordData>> _names = [];
    private readonly Nsec3ParamData _parameters = new(1, 0, iterations ?? (ushort)random.Next(3), random.Next(2) == 0 ? [] : [1, 2, 3]);

    public static DomainName Origin { get; } = DomainName.Parse("signed.test.");

    /// <summary>Seconds, of the records of the chain.</summary>
    public uint ChainTimeToLive { get; init; } = NegativeTimeToLive;

    /// <summary>A name at or below the origin.</summary>
    public DomainName MakeName(int most = 4)
    {
        var name = Origin;
        for (var labels = random.Next(most + 1); labels > 0; labels--)
        {
            Assert.True(name.TryPrepend(Labels[random.Next(Labels.Length)], out name));
        }

        return name;
    }

    /// <summary>Makes a zone of some twenty names.</summary>
    /// <param name="holes">Links that are left out of the chain, as by a signer that is broken.</param>
    public ZoneSnapshot Make(ChainKind chain, int holes = 0)
    {
        Add(Origin, new SoaData(Origin, Origin, 1, 7200, 600, 86400, NegativeTimeToLive));
        Add(Origin, new NsData(DomainName.Parse("ns.elsewhere.test.")));
        for (var i = 0; i < 20; i++)
        {
            AddRandom(MakeName());
        }

        if (chain != ChainKind.Nsec)
        {
            Add(Origin, _parameters);
        }

        var builder = new ZoneBuilder(Origin);
        foreach (var (name, rrsets) in _names)
        {
            var node = builder.AddName(name);
            foreach (var (type, data) in rrsets)
            {
                builder.AddRecord(node, 3600, data);
                if (IsAuthoritative(name) && (!IsCut(name) || type == RecordType.DS))
                {
                    builder.AddRecord(node, 3600, Sign(name, type));
                }
            }
        }

        foreach (var (owner, data) in chain == ChainKind.Nsec ? PlainLinks() : HashedLinks(chain == ChainKind.OptOut))
        {
            // A hole anywhere, more likely in a small zone.
            if (holes > 0 && random.Next(4) == 0)
            {
                holes--;
                continue;
            }

            var node = builder.AddName(owner);
            builder.AddRecord(node, ChainTimeToLive, data);
            builder.AddRecord(node, ChainTimeToLive, Sign(owner, data.RecordType));
        }

        return builder.Freeze();
    }

    private void AddRandom(DomainName name)
    {
        var present = _names.GetValueOrDefault(name);
        switch (random.Next(8))
        {
            case 0 when present is null && name != Origin:
                Add(name, new CnameData(random.Next(4) == 0 ? DomainName.Parse("host.elsewhere.test.") : MakeName()));
                break;
            case 1 when present is null && name != Origin && !name.IsWildcard:
                Add(name, new NsData(DomainName.Parse("ns.elsewhere.test.")));
                if (random.Next(2) == 0)
                {
                    Add(name, new DsData(1, DnssecAlgorithm.EcdsaP256Sha256, DigestType.Sha256, new byte[32]));
                }

                break;
            case 2 when present is null && name != Origin && !name.IsWildcard:
                Add(name, new DnameData(MakeName()));
                break;
            case < 6 when present is null || !(present.ContainsKey(RecordType.CNAME) || (present.ContainsKey(RecordType.NS) && name != Origin)):
                Add(name, random.Next(2) == 0 ? new AData(0x7F000001) : new PtrData(MakeName()));
                break;
            default:
                break;
        }
    }

    private void Add(DomainName name, RecordData data)
    {
        if (!_names.TryGetValue(name, out var rrsets))
        {
            _names[name] = rrsets = [];
        }

        rrsets[data.RecordType] = data;
    }

    private bool IsCut(DomainName name) => name != Origin && _names[name].ContainsKey(RecordType.NS);

    private bool IsAuthoritative(DomainName name)
    {
        for (var above = name.Parent; name != Origin; name = above, above = above.Parent)
        {
            if (_names.TryGetValue(above, out var rrsets) && above != Origin && (rrsets.ContainsKey(RecordType.NS) || rrsets.ContainsKey(RecordType.DNAME)))
            {
                return false;
            }
        }

        return true;
    }

    private List<(DomainName Owner, RecordData Data)> PlainLinks()
    {
        var names = _names.Keys.Where(IsAuthoritative).Order().ToList();
        return [.. names.Select((name, i) => (name, (RecordData)new NsecData(
            names[(i + 1) % names.Count], TypeBitmap.Of([.. TypesAt(name), RecordType.RRSIG, RecordType.NSEC]))))];
    }

    private List<(DomainName Owner, RecordData Data)> HashedLinks(bool optOut)
    {
        var owners = _names.Keys.Where(name => IsAuthoritative(name) && !(optOut && IsCut(name) && !_names[name].ContainsKey(RecordType.DS)));
        var links = owners.SelectMany(UpToOrigin).Distinct().Select(name => (Hash: Hash(name), Name: name)).OrderBy(pair => Convert.ToHexString(pair.Hash), StringComparer.Ordinal).ToList();
        return [.. links.Select((link, i) =>
        {
            var types = _names.ContainsKey(link.Name) ? TypesAt(link.Name).ToList() : [];
            if (types.Count > 0 && (!IsCut(link.Name) || types.Contains(RecordType.DS)))
            {
                types.Add(RecordType.RRSIG);
            }

            Assert.True(Origin.TryPrepend(System.Text.Encoding.ASCII.GetBytes(Base32Hex.Encode(link.Hash)), out var owner));
            return (owner, (RecordData)new Nsec3Data(
                1, (byte)(optOut ? 1 : 0), _parameters.Iterations, _parameters.Salt.ToArray(), links[(i + 1) % links.Count].Hash, TypeBitmap.Of(types)));
        })];
    }

    // RFC 4035 §2.3: at a cut only what is the parent's.
    private IEnumerable<RecordType> TypesAt(DomainName name) =>
        _names[name].Keys.Where(type => !IsCut(name) || type is RecordType.NS or RecordType.DS);

    private static IEnumerable<DomainName> UpToOrigin(DomainName name)
    {
        for (; name != Origin; name = name.Parent)
        {
            yield return name;
        }

        yield return Origin;
    }

    private byte[] Hash(DomainName name)
    {
        var hash = new byte[Nsec3Hash.Length];
        Nsec3Hash.Compute(name.Wire, _parameters, hash);
        return hash;
    }

    private static RrsigData Sign(DomainName owner, RecordType type) => new(
        type, DnssecAlgorithm.EcdsaP256Sha256, (byte)(owner.LabelCount - (owner.IsWildcard ? 1 : 0)), 3600, uint.MaxValue, 0, 1, Origin, new byte[64]);
}
