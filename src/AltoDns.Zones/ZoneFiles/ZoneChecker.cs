// Says whether the records of a zone make a zone that other servers would load too, and what in it will never be answered.

using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Zones.Serving;

namespace AltoDns.Zones.ZoneFiles;

/// <summary>
/// A pass over the names of a zone and one over its name servers. Takes a few octets per name.
/// Duplicate records are no problem: the zone drops them (RFC 2181 §5).
/// </summary>
public sealed class ZoneChecker
{
    private readonly ZoneDraft _draft;
    private readonly ZoneBuilder _zone;
    private readonly ZoneSurvey _survey;
    private readonly SortedDictionary<int, OccludedRecords> _occluded = [];
    private readonly List<TypeSeen> _typesSeen = [];

    private ZoneChecker(ZoneDraft draft)
    {
        _draft = draft;
        _zone = draft.Zone;
        _survey = new ZoneSurvey(draft.Zone);
    }

    /// <summary>Adds errors for what makes the zone unusable, warnings for what will not be answered as its author thinks.</summary>
    public static void Check(ZoneDraft draft)
    {
        var checker = new ZoneChecker(draft);
        checker.CheckApex();
        for (var node = 0; node < checker._zone.NodeCount; node++)
        {
            checker.CheckName(node);
        }

        checker.ReportOccluded();
        new NameServerChecker(draft, checker._survey).Check();
    }

    private void CheckApex()
    {
        if (!_zone.HasRecord(ZoneSnapshot.Apex, RecordType.SOA))
        {
            _draft.Problems.Error(
                _draft.WholeZone, $"The zone {_zone.Origin} has no SOA record.",
                "Write one at the apex: @ IN SOA PRIMARY CONTACT SERIAL REFRESH RETRY EXPIRE MINIMUM.");
        }

        if (!_zone.HasRecord(ZoneSnapshot.Apex, RecordType.NS))
        {
            _draft.Problems.Error(
                _draft.WholeZone, $"The zone {_zone.Origin} has no NS record at its apex.",
                "Write one for each name server: @ IN NS NAME (RFC 1035 §5.2).");
        }

        for (var record = _zone.Nodes[ZoneSnapshot.Apex].FirstRecord; record >= 0; record = _zone.Records[record].Next)
        {
            CheckIterations(record);
        }
    }

    private void CheckIterations(int record)
    {
        var reader = new WireReader(DataOf(record));
        if (_zone.Records[record].Type == RecordType.NSEC3PARAM && Nsec3ParamData.TryRead(ref reader, out var parameters)
            && parameters.Iterations > Nsec3Chain.MaxIterations)
        {
            _draft.Problems.Warn(
                _draft.PositionOf(record),
                $"NSEC3 hashes each name {parameters.Iterations} more times; from {Nsec3Chain.MaxIterations + 1} on no resolver validates a denial, and none is proved.",
                "Sign the zone with 0 iterations (RFC 9276 §3.1).");
        }
    }

    private void CheckName(int node)
    {
        if (_zone.Nodes[node].FirstRecord < 0)
        {
            return;
        }

        CheckRRsets(node);
        if (_survey.IsAlias(node))
        {
            CheckAlias(node);
        }

        if (_survey.OccluderOf(node) >= 0 || _survey.IsCut(node))
        {
            CountOccluded(node);
        }
    }

    /// <summary>One SOA, one CNAME, one DNAME at most, and one TTL for all records of a type.</summary>
    private void CheckRRsets(int node)
    {
        _typesSeen.Clear();
        for (var record = _zone.Nodes[node].FirstRecord; record >= 0; record = _zone.Records[record].Next)
        {
            var entry = _zone.Records[record];
            if (entry.Type == RecordType.SOA && node != ZoneSnapshot.Apex)
            {
                _draft.Problems.Error(
                    _draft.PositionOf(record), $"An SOA record stands at {NameOf(node)}, which is not the apex.",
                    $"Remove it, or load {NameOf(node)} as a zone of its own.");
            }

            var first = IndexOfSeen(entry.Type);
            if (first < 0)
            {
                _typesSeen.Add(new TypeSeen(entry.Type, record, IsReported: false));
                continue;
            }

            var seen = _typesSeen[first];
            if (entry.Type is RecordType.SOA or RecordType.CNAME or RecordType.DNAME
                && !WireName.EqualsIgnoreCase(DataOf(record), DataOf(seen.First)))
            {
                _draft.Problems.Error(
                    _draft.PositionOf(record), $"{NameOf(node)} has a second {entry.Type.Mnemonic()} record; the first is at {_draft.PositionOf(seen.First)}.",
                    "Keep one of the two.");
            }

            // RFC 4034 §3: the TTL of an RRSIG is that of the RRset it covers.
            if (entry.TimeToLive != _zone.Records[seen.First].TimeToLive && entry.Type != RecordType.RRSIG && !seen.IsReported)
            {
                _typesSeen[first] = seen with { IsReported = true };
                _draft.Problems.Warn(
                    _draft.PositionOf(record),
                    $"The {entry.Type.Mnemonic()} records of {NameOf(node)} have different TTLs, {_zone.Records[seen.First].TimeToLive} and {entry.TimeToLive}; the smallest is taken.",
                    "Give them all the same TTL (RFC 2181 §5.2).");
            }
        }
    }

    // Without a lambda: what it captures would be an object for each record, a third of what a large zone takes.
    private int IndexOfSeen(RecordType type)
    {
        for (var i = 0; i < _typesSeen.Count; i++)
        {
            if (_typesSeen[i].Type == type)
            {
                return i;
            }
        }

        return -1;
    }

    // RFC 1034 §3.6.2, RFC 2181 §10.1: an alias stands alone but for the records of DNSSEC.
    private void CheckAlias(int node)
    {
        var alias = -1;
        var other = -1;
        for (var record = _zone.Nodes[node].FirstRecord; record >= 0; record = _zone.Records[record].Next)
        {
            switch (_zone.Records[record].Type)
            {
                case RecordType.CNAME:
                    alias = alias < 0 ? record : alias;
                    break;
                case RecordType.RRSIG or RecordType.NSEC or RecordType.SIG or RecordType.KEY:
                    break;
                default:
                    other = other < 0 ? record : other;
                    break;
            }
        }

        if (other >= 0)
        {
            var type = _zone.Records[other].Type.Mnemonic();
            var (later, earlier) = alias > other ? (alias, other) : (other, alias);
            _draft.Problems.Error(
                _draft.PositionOf(later), $"{NameOf(node)} has a CNAME record and {type} data beside it, see {_draft.PositionOf(earlier)}.",
                $"Remove the CNAME or the {type} record; an alias stands alone (RFC 2181 §10.1).");
        }
    }

    private void CountOccluded(int node)
    {
        var isCut = _survey.OccluderOf(node) < 0;
        var occluder = isCut ? node : _survey.OccluderOf(node);
        var mayBeGlue = _survey.IsCut(occluder);
        for (var record = _zone.Nodes[node].FirstRecord; record >= 0; record = _zone.Records[record].Next)
        {
            var isServed = _zone.Records[record].Type switch
            {
                RecordType.A or RecordType.AAAA => mayBeGlue,
                RecordType.NS or RecordType.DS or RecordType.NSEC or RecordType.RRSIG => isCut,
                _ => false,
            };
            if (!isServed)
            {
                _occluded[occluder] = _occluded.TryGetValue(occluder, out var before)
                    ? before with { Count = before.Count + 1 }
                    : new OccludedRecords(record, 1);
            }
        }
    }

    private void ReportOccluded()
    {
        foreach (var (node, records) in _occluded)
        {
            var what = records.Count == 1 ? "This record is" : $"This and {records.Count - 1} further records are";
            var (where, remedy) = _survey.IsCut(node)
                ? ($"at or below the zone cut {NameOf(node)}", "Move them to the delegated zone, or remove the NS records there.")
                : ($"below the DNAME of {NameOf(node)}", "Remove them or the DNAME (RFC 6672 §2.4).");
            _draft.Problems.Warn(_draft.PositionOf(records.First), $"{what} {where} and will not be answered.", remedy);
        }
    }

    private ReadOnlySpan<byte> DataOf(int record) => _zone.Data.Slice(_zone.Records[record].Offset, _zone.Records[record].Length);

    private DomainName NameOf(int node) => _survey.NameOf(node);

    private readonly record struct TypeSeen(RecordType Type, int First, bool IsReported);

    private readonly record struct OccludedRecords(int First, int Count);
}
