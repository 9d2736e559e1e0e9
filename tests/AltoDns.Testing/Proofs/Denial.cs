// What the NSEC or NSEC3 records of one answer and one zone prove, by the definitions of the RFCs and nothing else.

using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Presentation;
using AltoDns.Protocol.Records;
using AltoDns.Protocol.Security;

namespace AltoDns.Testing.Proofs;

/// <summary>Slow and simple on purpose: it shares nothing with the server that it judges but names, records and the hash.</summary>
internal abstract class Denial
{
    /// <summary>Whether it is proved that neither the name nor anything below it exists.</summary>
    public abstract bool Denies(DomainName name);

    /// <summary>Whether the name exists.</summary>
    public abstract bool Exists(DomainName name);

    /// <summary>The types of an existing name, none at an empty non-terminal; null where nothing is proved of them.</summary>
    public abstract IReadOnlySet<RecordType>? TypesAt(DomainName name);

    /// <summary>Whether an unsigned delegation may be at the name though it is denied (RFC 5155 §6).</summary>
    public abstract bool OptsOut(DomainName name);

    /// <summary>The denial that the records of a section signed by a zone give.</summary>
    public static Denial Of(IReadOnlyList<ResourceRecord> authority, DomainName zone)
    {
        var signed = authority.Where(record => authority.Any(other =>
            other.Owner == record.Owner && other.Data is RrsigData signature && signature.TypeCovered == record.Type && signature.Signer == zone)).ToList();
        var hashed = signed.Where(record => record.Data is Nsec3Data).ToList();
        return hashed.Count > 0 ? new HashedDenial(hashed, zone) : new PlainDenial([.. signed.Where(record => record.Data is NsecData)], zone);
    }

    /// <summary>Authoritative data of the zone is at or below the name, so that what the record says of the name is the zone's to say (RFC 6840 §4.1).</summary>
    protected static bool IsDelegation(TypeBitmap types) => types.Contains(RecordType.NS) && !types.Contains(RecordType.SOA);

    /// <summary>RFC 4035 §5.4.</summary>
    private sealed class PlainDenial(IReadOnlyList<ResourceRecord> records, DomainName zone) : Denial
    {
        public override bool Denies(DomainName name) =>
            Covering(name).Any(link => !link.Next.IsSubdomainOf(name));

        public override bool Exists(DomainName name) =>
            Links.Any(link => link.Owner.IsSubdomainOf(name) || (link.Next.IsSubdomainOf(name) && name.IsSubdomainOf(zone)));

        public override IReadOnlySet<RecordType>? TypesAt(DomainName name)
        {
            var match = Links.Where(link => link.Owner == name).Select(link => link.Types.Types.ToHashSet()).FirstOrDefault();
            return match ?? (Covering(name).Any(link => link.Next.IsSubdomainOf(name)) ? [] : null);
        }

        public override bool OptsOut(DomainName name) => false;

        private IEnumerable<(DomainName Owner, DomainName Next, TypeBitmap Types)> Links =>
            records.Select(record => (record.Owner, ((NsecData)record.Data).NextName, ((NsecData)record.Data).Types));

        // The last record of a zone leads back to the apex (RFC 4034 §4.1.1).
        private IEnumerable<(DomainName Owner, DomainName Next, TypeBitmap Types)> Covering(DomainName name) => Links.Where(link =>
            link.Owner < name && (name < link.Next || link.Next == zone)
            && !(name.IsSubdomainOf(link.Owner) && (IsDelegation(link.Types) || link.Types.Contains(RecordType.DNAME))));
    }

    /// <summary>RFC 5155 §8.</summary>
    private sealed class HashedDenial(IReadOnlyList<ResourceRecord> records, DomainName zone) : Denial
    {
        public override bool Denies(DomainName name) => Covering(name).Any();

        public override bool Exists(DomainName name) => Matching(name).Any();

        public override IReadOnlySet<RecordType>? TypesAt(DomainName name) =>
            Matching(name).Select(record => record.Types.Types.ToHashSet()).FirstOrDefault();

        public override bool OptsOut(DomainName name) => Covering(name).Any(record => (record.Flags & 1) != 0);

        private IEnumerable<Nsec3Data> Matching(DomainName name) =>
            records.Where(record => record.Owner.Parent == zone && Compare(HashOf(record), Hash(name, record)) == 0).Select(record => (Nsec3Data)record.Data);

        private IEnumerable<Nsec3Data> Covering(DomainName name) => records.Where(record =>
        {
            var (from, to, hash) = (HashOf(record), ((Nsec3Data)record.Data).NextHash.ToArray(), Hash(name, record));

            // RFC 5155 §3.1.7: the last record leads back to the first.
            return Compare(from, to) < 0
                ? Compare(from, hash) < 0 && Compare(hash, to) < 0
                : Compare(from, hash) < 0 || Compare(hash, to) < 0;
        }).Select(record => (Nsec3Data)record.Data);

        private static byte[] HashOf(ResourceRecord record) =>
            Base32Hex.TryDecode(record.Owner.FirstLabel, out var hash) ? hash : throw new FormatException($"{record.Owner} is no hash.");

        private static byte[] Hash(DomainName name, ResourceRecord record)
        {
            var data = (Nsec3Data)record.Data;
            var hash = new byte[Nsec3Hash.Length];
            Nsec3Hash.Compute(name.ToLower().Wire, new Nsec3ParamData(data.HashAlgorithm, 0, data.Iterations, data.Salt.ToArray()), hash);
            return hash;
        }

        private static int Compare(byte[] left, byte[] right) => left.AsSpan().SequenceCompareTo(right);
    }
}
