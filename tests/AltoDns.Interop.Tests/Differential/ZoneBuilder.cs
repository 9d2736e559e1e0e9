// Holds the records of a zone while it is being made up, and keeps it one that servers load.

using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;

namespace AltoDns.Interop.Tests.Differential;

/// <summary>
/// Takes a record only where the zone stays loadable: nothing beside a CNAME (RFC 1034 §3.6.2), nothing below a DNAME
/// (RFC 6672 §2.4) and no wildcard NS unless the zone is peculiar in that way, one TTL in an RRset, no duplicates.
/// </summary>
internal sealed class ZoneBuilder(DomainName origin, Random random, ZonePeculiarity peculiarity)
{
    private static readonly uint[] TimesToLive = [0, 1, 60, 300, 3600, 3600, 86400, int.MaxValue];

    private readonly List<GeneratedRecord> _records = [];
    private readonly Dictionary<DomainName, List<GeneratedRecord>> _byOwner = [];
    private readonly HashSet<DomainName> _dnames = [];

    public DomainName Origin => origin;

    /// <summary>Owners in the order they came, each once.</summary>
    public List<DomainName> Owners { get; } = [];

    public GeneratedZone Build() => new(origin, _records, peculiarity);

    /// <summary>Adds a record, or leaves it out where it cannot stand.</summary>
    public bool Add(DomainName owner, RecordType type, string data)
    {
        var present = _byOwner.GetValueOrDefault(owner, []);
        if (!owner.IsSubdomainOf(origin) || (type == RecordType.DNAME && peculiarity == ZonePeculiarity.NoDname) || !MayStandBeside(type, present) || !MayStandAt(owner, type)
            || present.Exists(record => record.Type == type && record.Data.Equals(data, StringComparison.OrdinalIgnoreCase)))
        {
            return false;
        }

        if (present.Count == 0)
        {
            _byOwner[owner] = present;
            Owners.Add(owner);
        }

        if (type == RecordType.DNAME)
        {
            _dnames.Add(owner);
        }

        var timeToLive = present.Find(record => record.Type == type)?.TimeToLive ?? TimesToLive[random.Next(TimesToLive.Length)];
        var added = new GeneratedRecord(owner, timeToLive, type, data);
        present.Add(added);
        _records.Add(added);
        return true;
    }

    private static bool MayStandBeside(RecordType type, List<GeneratedRecord> present) => type switch
    {
        RecordType.CNAME => present.Count == 0,
        RecordType.DNAME => !present.Exists(record => record.Type is RecordType.CNAME or RecordType.DNAME or RecordType.NS),
        RecordType.NS => !present.Exists(record => record.Type is RecordType.CNAME or RecordType.DNAME),
        RecordType.DS => present.Exists(record => record.Type == RecordType.NS),
        _ => !present.Exists(record => record.Type == RecordType.CNAME),
    };

    private bool MayStandAt(DomainName owner, RecordType type)
    {
        if (owner == origin)
        {
            return type is not (RecordType.CNAME or RecordType.DNAME or RecordType.DS);
        }

        if (type == RecordType.NS && owner.IsWildcard && peculiarity != ZonePeculiarity.WildcardNameServers)
        {
            return false;
        }

        return peculiarity == ZonePeculiarity.OccludedByDname
            || (!_dnames.Any(dname => owner.IsSubdomainOf(dname) && owner != dname)
                && (type != RecordType.DNAME || !Owners.Exists(other => other.IsSubdomainOf(owner) && other != owner)));
    }
}
