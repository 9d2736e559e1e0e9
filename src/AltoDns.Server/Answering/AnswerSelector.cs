// Picks the RRsets that answer a question, section by section (RFC 1034 §4.3.2). Writes nothing.

using AltoDns.Protocol.Edns;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Zones.Serving;

namespace AltoDns.Server.Answering;

/// <summary>Not safe for several threads; each worker has its own.</summary>
internal sealed class AnswerSelector
{
    /// <summary>Aliases followed in one answer; the client goes on from there.</summary>
    public const int MaxAliases = 16;

    private readonly LookupName _name = new();
    private readonly AdditionalSelector _additional = new();
    private readonly byte[] _target = new byte[DomainName.MaxLength];

    /// <summary>Fills a plan, reset to the name, with the answer to one question of class IN.</summary>
    /// <param name="client">What the client may see.</param>
    /// <returns>False where the client may not ask this, and is refused.</returns>
    public bool Select(ZoneSet zones, ReadOnlySpan<byte> name, RecordType type, Transport transport, in ClientRights client, AnswerPlan plan)
    {
        _name.Set(name);
        var zone = FindZone(zones, type);
        if (!client.MaySee(zone))
        {
            plan.Refuse(ResponseCode.Refused, ExtendedErrorCode.Prohibited);
            return false;
        }

        if (zone is null)
        {
            RefuseFor(zones.WhyUnavailable(_name), plan);
            return true;
        }

        plan.Zone = zone;

        var owner = AnswerPlan.QueryName;
        for (var aliases = 0; zone is not null && SelectInZone(zone, type, transport, plan, ref owner) && aliases < MaxAliases; aliases++)
        {
            _name.Set(plan.NameAt(owner));
            zone = FindZone(zones, type);

            // An alias does not lead around the rules of the zone that it points into.
            zone = client.MaySee(zone) ? zone : null;
        }

        return true;
    }

    // RFC 1034 §4.3.5: an expired zone is not answered from; one that has not come yet even less so.
    private static void RefuseFor(Unavailability reason, AnswerPlan plan)
    {
        switch (reason)
        {
            case Unavailability.NotTransferred:
                plan.Refuse(ResponseCode.ServerFailure, ExtendedErrorCode.NotReady);
                break;
            case Unavailability.Expired:
                plan.Refuse(ResponseCode.ServerFailure, ExtendedErrorCode.InvalidData);
                break;
            default:
                plan.Refuse(ResponseCode.Refused, ExtendedErrorCode.NotAuthoritative);
                break;
        }
    }

    private ZoneSnapshot? FindZone(ZoneSet zones, RecordType type)
    {
        var zone = zones.FindEnclosing(_name);

        // RFC 4035 §3.1.4.1: the DS RRset of a zone is in its parent, if that is served here too.
        return type == RecordType.DS && zone is not null && zone.OriginDepth == _name.Depth && _name.Depth > 0
            ? zones.FindEnclosing(_name, _name.Depth - 1) ?? zone
            : zone;
    }

    /// <returns>Whether an alias leads on to the name that the plan keeps at <paramref name="owner"/>.</returns>
    private bool SelectInZone(ZoneSnapshot zone, RecordType type, Transport transport, AnswerPlan plan, ref int owner)
    {
        var found = ZoneLookup.Find(zone, _name, type);
        var isFirst = owner == AnswerPlan.QueryName;
        plan.IsAuthoritative |= isFirst && found.Outcome != LookupOutcome.Delegation;
        var leadsOn = false;
        switch (found.Outcome)
        {
            case LookupOutcome.Found when type is RecordType.ANY or RecordType.RRSIG:
                SelectSeveral(zone, found.Node, type, transport, plan, owner);
                break;
            case LookupOutcome.Found when type == RecordType.DNAME && plan.Contains(zone, found.RRset):
                // The DNAME that led to itself stands in the answer already; an RRset has no duplicates (RFC 2181 §5).
                break;
            case LookupOutcome.Found:
                plan.AddAnswer(zone, found.RRset, owner);
                break;
            case LookupOutcome.Alias:
                leadsOn = TryFollowCname(zone, found.RRset, plan, ref owner);
                break;
            case LookupOutcome.Redirection:
                leadsOn = TryFollowDname(zone, found, type, plan, ref owner);
                break;
            case LookupOutcome.Delegation:
                plan.Add(Section.Authority, zone, found.Node, found.RRset);
                break;
            case LookupOutcome.NoData:
                plan.AddNegativeSoa(zone);
                break;
            case LookupOutcome.NameError:
                // RFC 6604 §3: the response code is that of the last name of a chain.
                plan.ResponseCode = ResponseCode.NameError;
                plan.AddNegativeSoa(zone);
                break;
            default:
                throw new InvalidOperationException($"Unknown outcome {found.Outcome}.");
        }

        if (plan.DnssecOk && zone.HasSignatures)
        {
            DenialSelector.Select(zone, _name, found, plan);
        }

        // Last, as no section goes on after a later one has begun.
        if (found.Outcome == LookupOutcome.Found && found.RRset >= 0)
        {
            _additional.Select(zone, found.RRset, plan);
        }
        else if (found.Outcome == LookupOutcome.Delegation)
        {
            _additional.SelectGlue(zone, found.Node, found.RRset, plan);
        }

        return leadsOn;
    }

    private static void SelectSeveral(ZoneSnapshot zone, int node, RecordType type, Transport transport, AnswerPlan plan, int owner)
    {
        var first = zone.FirstRRset(node);
        var isWanted = transport == Transport.Udp ? 1 : int.MaxValue;

        // RFC 8482 §4.1, §7: over UDP one RRset is enough of an answer to ANY, and the signatures of one to RRSIG.
        for (var rrset = first; rrset < first + zone.RRsetsOf(node).Length && isWanted > 0; rrset++)
        {
            if (type == RecordType.RRSIG)
            {
                if (!zone.SignaturesOf(rrset).IsEmpty)
                {
                    plan.AddAnswer(zone, rrset, owner, RRsetParts.Signatures);
                    isWanted--;
                }
            }
            else if (!plan.Contains(zone, rrset))
            {
                plan.AddAnswer(zone, rrset, owner);
                isWanted--;
            }
        }
    }

    private static bool TryFollowCname(ZoneSnapshot zone, int cname, AnswerPlan plan, ref int owner)
    {
        plan.AddAnswer(zone, cname, owner);
        return plan.TryKeepNewName(FirstData(zone, cname), out owner);
    }

    private bool TryFollowDname(ZoneSnapshot zone, LookupResult found, RecordType type, AnswerPlan plan, ref int owner)
    {
        if (!plan.Contains(zone, found.RRset))
        {
            plan.Add(Section.Answer, zone, found.Node, found.RRset);
        }

        var dname = FirstData(zone, found.RRset);
        var suffixLength = _name.Suffix(zone.Node(found.Node).Depth).Length;
        var prefix = plan.NameAt(owner)[..(_name.Length - suffixLength)];
        var length = prefix.Length + dname.Length;
        if (length > DomainName.MaxLength)
        {
            // RFC 6672 §2.2: the substitution does not fit into a name.
            plan.ResponseCode = ResponseCode.YXDomain;
            return false;
        }

        prefix.CopyTo(_target);
        dname.CopyTo(_target.AsSpan(prefix.Length));
        var alias = owner;
        var isNew = plan.TryKeepNewName(_target.AsSpan(0, length), out owner);

        // RFC 6672 §3.1: the CNAME has the TTL of the DNAME.
        plan.AddSynthesizedCname(zone, alias, owner, zone.RRset(found.RRset).TimeToLive);
        return isNew && type != RecordType.CNAME;
    }

    private static ReadOnlySpan<byte> FirstData(ZoneSnapshot zone, int rrset)
    {
        var records = new RRsetDataEnumerator(zone.DataOf(zone.RRset(rrset)));
        records.MoveNext();
        return records.Current;
    }
}
