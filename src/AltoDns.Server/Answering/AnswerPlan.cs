// Which RRsets an answer will have, chosen before an octet of it is written. One object is used again and again.

using AltoDns.Protocol.Edns;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Zones.Serving;

namespace AltoDns.Server.Answering;

internal enum Section : byte
{
    Answer,
    Authority,
    Additional,
}

/// <summary>What of an RRset an answer has.</summary>
[Flags]
internal enum RRsetParts : byte
{
    Records = 1,

    /// <summary>The RRSIG records that cover it.</summary>
    Signatures = 2,
}

/// <summary>One RRset of an answer.</summary>
internal struct PlannedRRset
{
    public ZoneSnapshot Zone;

    /// <summary>The RRset in the zone; -1 for the CNAME that a DNAME makes (RFC 6672 §3.1).</summary>
    public int RRset;

    /// <summary>The node or the link that owns it, when <see cref="Owner"/> says so.</summary>
    public int Node;

    /// <summary>Where the plan keeps the owner's name; or <see cref="AnswerPlan.NodeOwner"/> or <see cref="AnswerPlan.HashedOwner"/>.</summary>
    public int Owner;

    /// <summary>Where the plan keeps the target of the CNAME that a DNAME makes.</summary>
    public int Target;

    /// <summary>Seconds; what the zone says, or less (RFC 2308 §3).</summary>
    public uint TimeToLive;

    public Section Section;

    public RRsetParts Parts;

    /// <summary>Glue without which a referral is of no use: if it does not fit, the answer is truncated (RFC 9471 §3.1).</summary>
    public bool IsRequired;
}

/// <summary>Not safe for several threads; each worker has its own.</summary>
internal sealed class AnswerPlan
{
    /// <summary>Where the plan keeps the name asked for.</summary>
    public const int QueryName = 0;

    /// <summary>The owner is <see cref="PlannedRRset.Node"/>.</summary>
    public const int NodeOwner = -1;

    /// <summary>The owner is the link <see cref="PlannedRRset.Node"/> of the zone's NSEC3 chain.</summary>
    public const int HashedOwner = -2;

    private const int InitialRRsets = 128;

    // A message has no room for more: a record takes eleven octets at least.
    private const int MaxRRsets = ushort.MaxValue / 11;

    // The name asked for and one name for each step of a chain of aliases.
    private readonly byte[] _names = new byte[DomainName.MaxLength * (AnswerSelector.MaxAliases + 2)];
    private PlannedRRset[] _rrsets = new PlannedRRset[InitialRRsets];
    private PlannedRRset _surplus;
    private int _count;
    private int _answerCount;
    private int _namesLength;

    public ResponseCode ResponseCode { get; set; }

    public bool IsAuthoritative { get; set; }

    /// <summary>The zone that the name asked for lies in; null where none is served.</summary>
    public ZoneSnapshot? Zone { get; set; }

    /// <summary>Says more than the response code does (RFC 8914); null where that is enough.</summary>
    public ExtendedErrorCode? ExtendedError { get; set; }

    /// <summary>Whether all that is said is to come back over TCP.</summary>
    public bool IsSlipped { get; private set; }

    /// <summary>Whether the client wants DNSSEC records beside those that it asked for (RFC 3225 §3).</summary>
    public bool DnssecOk { get; private set; }

    /// <summary>In the order of their sections.</summary>
    public ReadOnlySpan<PlannedRRset> RRsets => _rrsets.AsSpan(0, _count);

    /// <summary>Forgets the last answer and keeps the name asked for at <see cref="QueryName"/>.</summary>
    public void Reset(ReadOnlySpan<byte> queryName, bool dnssecOk)
    {
        _rrsets.AsSpan(0, _count).Clear();
        _count = 0;
        _answerCount = 0;
        _namesLength = 0;
        DnssecOk = dnssecOk;
        ResponseCode = ResponseCode.NoError;
        IsAuthoritative = false;
        Zone = null;
        ExtendedError = null;
        IsSlipped = false;
        KeepName(queryName);
    }

    /// <summary>Keeps a name that an alias leads to.</summary>
    /// <param name="start">Where it is kept.</param>
    /// <returns>False where the chain of aliases has been there before.</returns>
    public bool TryKeepNewName(ReadOnlySpan<byte> name, out int start)
    {
        for (start = 0; start < _namesLength; start += NameAt(start).Length)
        {
            if (WireName.EqualsIgnoreCase(NameAt(start), name))
            {
                return false;
            }
        }

        start = KeepName(name);
        return true;
    }

    /// <summary>A name kept earlier.</summary>
    public ReadOnlySpan<byte> NameAt(int start) => _names.AsSpan(start, WireName.Measure(_names.AsSpan(start)));

    /// <summary>Answers with a response code alone.</summary>
    public void Refuse(ResponseCode code, ExtendedErrorCode? extendedError = null)
    {
        ResponseCode = code;
        ExtendedError = extendedError;
    }

    /// <summary>Takes back everything but the question and TC, for a client that asks too often.</summary>
    public void Slip()
    {
        _rrsets.AsSpan(0, _count).Clear();
        _count = 0;
        IsAuthoritative = false;
        ResponseCode = ResponseCode.NoError;
        ExtendedError = null;
        IsSlipped = true;
    }

    public bool Contains(ZoneSnapshot zone, int rrset)
    {
        foreach (ref readonly var planned in RRsets)
        {
            if (planned.RRset == rrset && planned.Zone == zone)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Adds an RRset under its own name.</summary>
    public void Add(Section section, ZoneSnapshot zone, int node, int rrset, bool isRequired = false)
    {
        ref var planned = ref Append(section, zone, rrset, NodeOwner);
        planned.Node = node;
        planned.TimeToLive = zone.RRset(rrset).TimeToLive;
        planned.IsRequired = isRequired;
    }

    /// <summary>Adds an RRset to the answer section under a name that the plan keeps: the name asked for, or one that an alias led to.</summary>
    public void AddAnswer(ZoneSnapshot zone, int rrset, int owner) => AddAnswer(zone, rrset, owner, PartsOf(zone));

    /// <inheritdoc cref="AddAnswer(ZoneSnapshot, int, int)"/>
    public void AddAnswer(ZoneSnapshot zone, int rrset, int owner, RRsetParts parts)
    {
        ref var planned = ref Append(Section.Answer, zone, rrset, owner);
        planned.Parts = parts;
        planned.TimeToLive = zone.RRset(rrset).TimeToLive;
    }

    /// <summary>Adds the CNAME that a DNAME makes for a name below it.</summary>
    public void AddSynthesizedCname(ZoneSnapshot zone, int owner, int target, uint timeToLive)
    {
        ref var planned = ref Append(Section.Answer, zone, rrset: -1, owner);
        planned.Parts = RRsetParts.Records;
        planned.Target = target;
        planned.TimeToLive = timeToLive;
    }

    /// <summary>Adds the SOA that lets an absence be cached.</summary>
    public void AddNegativeSoa(ZoneSnapshot zone)
    {
        ref var planned = ref Append(Section.Authority, zone, zone.SoaRRset, NodeOwner);
        planned.Node = ZoneSnapshot.Apex;
        planned.TimeToLive = zone.NegativeTimeToLive;
    }

    /// <summary>Adds an NSEC RRset to the authority section, if it is not there yet: one may prove several things.</summary>
    public void AddProof(ZoneSnapshot zone, in NsecLink link) => AddProof(zone, link.RRset, link.Node, NodeOwner);

    /// <summary>Adds the NSEC3 RRset of a link to the authority section, if it is not there yet.</summary>
    public void AddProof(ZoneSnapshot zone, Nsec3Chain chain, int link) => AddProof(zone, chain.RRsetOf(link), link, HashedOwner);

    private void AddProof(ZoneSnapshot zone, int rrset, int node, int owner)
    {
        foreach (ref readonly var earlier in _rrsets.AsSpan(_answerCount, _count - _answerCount))
        {
            if (earlier.RRset == rrset && earlier.Zone == zone)
            {
                return;
            }
        }

        ref var planned = ref Append(Section.Authority, zone, rrset, owner);
        planned.Node = node;

        // RFC 9077 §3: whatever the signer wrote, a proof lasts no longer than the SOA beside it.
        planned.TimeToLive = Math.Min(zone.RRset(rrset).TimeToLive, zone.NegativeTimeToLive);
    }

    private RRsetParts PartsOf(ZoneSnapshot zone) =>
        DnssecOk && zone.HasSignatures ? RRsetParts.Records | RRsetParts.Signatures : RRsetParts.Records;

    private int KeepName(ReadOnlySpan<byte> name)
    {
        var start = _namesLength;
        name.CopyTo(_names.AsSpan(start));
        _namesLength += name.Length;
        return start;
    }

    /// <returns>Where it is planned, for what is not given here; fields that nobody sets are zero.</returns>
    private ref PlannedRRset Append(Section section, ZoneSnapshot zone, int rrset, int owner)
    {
        ref var planned = ref Place(section);
        planned.Zone = zone;
        planned.RRset = rrset;
        planned.Owner = owner;
        planned.Section = section;
        planned.Parts = PartsOf(zone);
        return ref planned;
    }

    private ref PlannedRRset Place(Section section)
    {
        if (_count == _rrsets.Length && !TryGrow())
        {
            // Nobody reads it: the message ends before.
            _surplus = default;
            return ref _surplus;
        }

        if (section == Section.Answer && _answerCount++ < _count)
        {
            return ref OpenAnswer();
        }

        return ref _rrsets[_count++];
    }

    // Few answers ever need more room, and it is kept: a referral to many name servers (RFC 9471 §3.1), ANY at a name of many types.
    private bool TryGrow()
    {
        if (_count == MaxRRsets)
        {
            return false;
        }

        Array.Resize(ref _rrsets, Math.Min(_count * 2, MaxRRsets));
        return true;
    }

    // An alias made from a wildcard has its proof before its target is found, so later answers go between.
    private ref PlannedRRset OpenAnswer()
    {
        var position = _answerCount - 1;
        _rrsets.AsSpan(position, _count - position).CopyTo(_rrsets.AsSpan(position + 1));
        _count++;
        ref var planned = ref _rrsets[position];
        planned = default;
        return ref planned;
    }
}
