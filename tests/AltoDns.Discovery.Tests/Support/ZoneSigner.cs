// Signs small zones for tests, rightly or with one fault put in.

using System.Text;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Presentation;
using AltoDns.Protocol.Records;
using AltoDns.Protocol.Security;

namespace AltoDns.Discovery.Tests.Support;

/// <summary>What is wrong with a signed zone.</summary>
public enum ZoneFault
{
    None,
    Unsigned,
    ExpiredSignatures,
    FutureSignatures,
    FlippedSignature,
    MissingSignature,
    MissingKeySignature,
    MissingDenial,
    WrongKeyTag,
    OtherAlgorithmInSignature,
    WrongDigest,
    WrongAlgorithmInDs,
    UnknownAlgorithm,
    UnknownDigest,
    ManyIterations,
    WrongSigner,
    ChangedData,
    WithdrawnKey,
    OtherProtocol,
    LowerLabels,
}

/// <param name="IsHashed">NSEC3 in place of NSEC.</param>
/// <param name="HasOptOut">Unsigned delegations are left out of the chain.</param>
public sealed record SigningPlan(DnssecAlgorithm Algorithm, bool IsHashed, bool HasOptOut, ushort Iterations, ZoneFault Fault, DateTimeOffset Now);

internal sealed class ZoneSigner
{
    private const uint Day = 86_400;
    private const byte OptOutFlag = 1;

    private static readonly byte[] Salt = [0xAB, 0xCD];

    private readonly DomainName _apex;
    private readonly SigningPlan _plan;
    private readonly DnssecSigningKey _key;
    private readonly SignedDataBuilder _builder = new();
    private readonly List<ResourceRecord> _records;
    private readonly List<ResourceRecord> _signed = [];

    public ZoneSigner(DomainName apex, IEnumerable<ResourceRecord> records, SigningPlan plan, DnssecSigningKey key)
    {
        _apex = apex;
        _plan = plan;
        _key = key;
        _records = [.. records, new ResourceRecord(apex, RecordClass.Internet, 3600, PublishedKey)];
    }

    /// <summary>The DS that the parent publishes; null for none.</summary>
    public DsData? Ds
    {
        get
        {
            if (_plan.Fault == ZoneFault.Unsigned)
            {
                return null;
            }

            var right = DelegationDigest.CreateDs(_apex, PublishedKey, DigestType.Sha256);
            var digest = right.Digest.ToArray();
            switch (_plan.Fault)
            {
                case ZoneFault.WrongDigest:
                    digest[0] ^= 1;
                    return new DsData(right.KeyTag, right.Algorithm, right.DigestType, digest);
                case ZoneFault.WrongAlgorithmInDs:
                    var other = right.Algorithm == DnssecAlgorithm.RsaSha256 ? DnssecAlgorithm.EcdsaP256Sha256 : DnssecAlgorithm.RsaSha256;
                    return new DsData(right.KeyTag, other, right.DigestType, digest);
                case ZoneFault.UnknownAlgorithm:
                    return new DsData(right.KeyTag, (DnssecAlgorithm)200, right.DigestType, digest);
                case ZoneFault.UnknownDigest:
                    return new DsData(right.KeyTag, right.Algorithm, (DigestType)200, digest);
                default:
                    return right;
            }
        }
    }

    private DnskeyData PublishedKey => _plan.Fault switch
    {
        ZoneFault.WithdrawnKey => new DnskeyData((ushort)(_key.Data.Flags | DnssecKey.RevokedFlag), 3, _key.Algorithm, _key.Data.PublicKey.ToArray()),
        ZoneFault.OtherProtocol => new DnskeyData(_key.Data.Flags, 4, _key.Algorithm, _key.Data.PublicKey.ToArray()),
        _ => _key.Data,
    };

    /// <summary>The zone as a master file.</summary>
    public string ToZoneFile()
    {
        var text = new StringBuilder();
        foreach (var record in Sign())
        {
            text.Append(record).Append('\n');
        }

        return text.ToString();
    }

    private IEnumerable<ResourceRecord> Sign()
    {
        if (_plan.Fault == ZoneFault.Unsigned)
        {
            return _records.Where(record => record.Type != RecordType.DNSKEY);
        }

        var cuts = _records.Where(record => record.Type == RecordType.NS && record.Owner != _apex).Select(record => record.Owner).ToHashSet();
        bool IsOccluded(DomainName name) => cuts.Any(cut => name != cut && name.IsSubdomainOf(cut));
        var authoritative = _records.Where(record => !IsOccluded(record.Owner)).ToList();
        if (_plan.IsHashed)
        {
            authoritative.Add(new ResourceRecord(_apex, RecordClass.Internet, 0, new Nsec3ParamData(1, 0, _plan.Iterations, Salt)));
        }

        _signed.AddRange(_records.Where(record => IsOccluded(record.Owner)));
        _signed.AddRange(authoritative);
        foreach (var set in authoritative.GroupBy(record => (record.Owner, record.Type)).ToList())
        {
            if (!cuts.Contains(set.Key.Owner) || set.Key.Type == RecordType.DS)
            {
                AddSignature([.. set]);
            }
        }

        var chain = _plan.IsHashed ? HashedChain(authoritative, cuts) : Chain(authoritative, cuts);
        foreach (var link in chain)
        {
            if (_plan.Fault == ZoneFault.MissingDenial)
            {
                continue;
            }

            _signed.Add(link);
            AddSignature([link]);
        }

        return _signed.Select(Spoil);
    }

    private static List<ResourceRecord> Chain(List<ResourceRecord> records, HashSet<DomainName> cuts)
    {
        var names = records.Select(record => record.Owner).Distinct().Order().ToList();
        return
        [
            .. names.Select((name, i) => new ResourceRecord(
                name,
                RecordClass.Internet,
                300,
                new NsecData(names[(i + 1) % names.Count], TypeBitmap.Of([.. TypesAt(records, cuts, name), RecordType.NSEC, RecordType.RRSIG])))),
        ];
    }

    private List<ResourceRecord> HashedChain(List<ResourceRecord> records, HashSet<DomainName> cuts)
    {
        var parameters = new Nsec3ParamData(1, 0, _plan.Iterations, Salt);
        var names = new HashSet<DomainName>();
        foreach (var owner in records.Select(record => record.Owner).Distinct())
        {
            if (_plan.HasOptOut && cuts.Contains(owner) && !records.Exists(record => record.Owner == owner && record.Type == RecordType.DS))
            {
                continue;
            }

            for (var name = owner; names.Add(name) && name != _apex; name = name.Parent)
            {
            }
        }

        var links = names.Select(name =>
        {
            var hash = new byte[Nsec3Hash.Length];
            Nsec3Hash.Compute(name.ToLower().Wire, parameters, hash);
            return (Name: name, Hash: hash);
        }).OrderBy(link => Convert.ToHexString(link.Hash), StringComparer.Ordinal).ToList();
        return
        [
            .. links.Select((link, i) =>
            {
                _apex.TryPrepend(Encoding.ASCII.GetBytes(Base32Hex.Encode(link.Hash).ToLowerInvariant()), out var owner);
                var types = TypesAt(records, cuts, link.Name).ToList();
                if (types.Exists(type => type is not RecordType.NS))
                {
                    types.Add(RecordType.RRSIG);
                }

                return new ResourceRecord(owner, RecordClass.Internet, 300, new Nsec3Data(
                    1, _plan.HasOptOut ? OptOutFlag : (byte)0, _plan.Iterations, Salt, links[(i + 1) % links.Count].Hash, TypeBitmap.Of(types)));
            }),
        ];
    }

    private static IEnumerable<RecordType> TypesAt(List<ResourceRecord> records, HashSet<DomainName> cuts, DomainName name) =>
        records.Where(record => record.Owner == name && (!cuts.Contains(name) || record.Type is RecordType.NS or RecordType.DS)).Select(record => record.Type).Distinct();

    private void AddSignature(IReadOnlyList<ResourceRecord> set)
    {
        var type = set[0].Type;
        if ((_plan.Fault == ZoneFault.MissingSignature && type is RecordType.A or RecordType.NAPTR or RecordType.CNAME)
            || (_plan.Fault == ZoneFault.MissingKeySignature && type == RecordType.DNSKEY))
        {
            return;
        }

        var now = (uint)_plan.Now.ToUnixTimeSeconds();
        var (inception, expiration) = _plan.Fault switch
        {
            ZoneFault.ExpiredSignatures => (now - 30 * Day, now - 2 * Day),
            ZoneFault.FutureSignatures => (now + 2 * Day, now + 30 * Day),
            _ => (now - Day, now + 30 * Day),
        };
        var owner = set[0].Owner;
        var signer = _plan.Fault == ZoneFault.WrongSigner && type != RecordType.DNSKEY ? owner : _apex;
        var labels = (byte)(RrsigFields.LabelsOf(owner.Wire) - (_plan.Fault == ZoneFault.LowerLabels && owner != _apex ? 1 : 0));
        var tag = (ushort)(PublishedKey.Tag() + (_plan.Fault == ZoneFault.WrongKeyTag ? 1 : 0));
        var algorithm = _plan.Fault == ZoneFault.OtherAlgorithmInSignature ? DnssecAlgorithm.RsaSha512 : _key.Algorithm;
        var fields = new RrsigFields(type, algorithm, labels, set[0].TimeToLive, expiration, inception, tag);
        _builder.Begin(fields with { Labels = RrsigFields.LabelsOf(owner.Wire) }, signer.Wire, owner.Wire);
        foreach (var record in set)
        {
            _builder.Add(record.Data.ToWire());
        }

        var signature = new byte[_key.SignatureLength];
        _key.Sign(_builder.Finish(), signature);
        if (_plan.Fault == ZoneFault.FlippedSignature)
        {
            signature[signature.Length / 2] ^= 0x10;
        }

        _signed.Add(new ResourceRecord(owner, RecordClass.Internet, set[0].TimeToLive, new RrsigData(
            type, algorithm, labels, set[0].TimeToLive, expiration, inception, tag, signer, signature)));
    }

    private ResourceRecord Spoil(ResourceRecord record) =>
        _plan.Fault == ZoneFault.ChangedData && record.Data is AData address ? record with { Data = new AData(address.Address + 1) } : record;
}
