// Lays a signed zone out: every record and every place for a signature, so that threads can fill the signatures in side by side.

using System.Buffers.Binary;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Zones.Serving;

namespace AltoDns.Zones.Signing;

/// <summary>
/// Makes the arrays of the signed zone from those of the unsigned one; names, their order and their index are shared. Names that share
/// RRsets part here, as each has signatures of its own, but the data of those RRsets stays shared. Used once.
/// </summary>
internal sealed class SignedLayout
{
    private readonly ZoneSnapshot _zone;
    private readonly SigningTerms _terms;
    private readonly OctetStoreBuilder _data;
    private readonly List<RRset> _apex;
    private readonly Nsec3Names? _hashed;
    private readonly ZoneNode[] _nodes;
    private readonly RRset[] _rrsets;
    private readonly SignatureRun[] _signatures;
    private readonly int _signatureLength;
    private readonly DenialBitmap _bitmap = new();
    private readonly List<RRset> _own = [];
    private int _count;

    // The name whose NSEC record waits for the next one, and that record.
    private int _openNode;
    private int _openNsec = -1;

    private SignedLayout(ZoneSnapshot zone, SigningTerms terms)
    {
        _zone = zone;
        _terms = terms;
        _data = new OctetStoreBuilder(zone.Parts.Data);
        _apex = [.. ApexRecords.Of(zone, terms).Select(Store)];
        _hashed = terms.HasNsec ? null : Nsec3Names.Of(zone, terms.HasOptOut);
        _nodes = new ZoneNode[zone.NodeCount];
        var count = CountRRsets();
        _rrsets = new RRset[count];
        _signatures = new SignatureRun[count];
        _signatureLength = RRsetSigner.LengthOf(RecordType.A, zone.Origin, terms);
    }

    /// <summary>The signed zone but for the signatures and the digest, whose places hold zeros.</summary>
    /// <param name="zone">In its <see cref="UnsignedForm"/>, and frozen.</param>
    public static ZoneSnapshot Make(ZoneSnapshot zone, SigningTerms terms) => new SignedLayout(zone, terms).Make();

    private ZoneSnapshot Make()
    {
        for (var node = 0; node < _nodes.Length; node++)
        {
            var first = _count;
            AddRRsets(node);
            _nodes[node] = _zone.Node(node) with { FirstRRset = _count == first ? 0 : first, RRsetCount = (ushort)(_count - first) };
        }

        Nsec3Chain? chain = null;
        if (_hashed is null)
        {
            CloseNsec(ZoneSnapshot.Apex);
        }
        else
        {
            chain = AddNsec3Chain(_hashed);
        }

        return new ZoneSnapshot(_zone.Origin, _zone.Parts with
        {
            Nodes = new(_nodes),
            Apex = _nodes[ZoneSnapshot.Apex],
            RRsets = new(_rrsets),
            Signatures = new(_signatures),
            RRsetCount = _count,
            RRsetTail = new StoreTail(_count),
            Lineage = new RRsetLineage(_hashed is null),
            Data = _data.Build(trim: true),
            Nsec3 = chain,
        });
    }

    private int CountRRsets()
    {
        var count = _apex.Count + (_hashed?.Count ?? 0);
        for (var node = 0; node < _nodes.Length; node++)
        {
            count += node == ZoneSnapshot.Apex ? 0 : _zone.Node(node).RRsetCount;
            count += _hashed is null && DenialTypes.IsListed(_zone, node) ? 1 : 0;
        }

        return count;
    }

    private void AddRRsets(int node)
    {
        _own.Clear();
        if (node == ZoneSnapshot.Apex)
        {
            _own.AddRange(_apex);
        }
        else
        {
            _own.AddRange(_zone.RRsetsOf(node));
        }

        if (_hashed is null && DenialTypes.IsListed(_zone, node))
        {
            if (node != ZoneSnapshot.Apex)
            {
                CloseNsec(node);
            }

            var place = _own.TakeWhile(rrset => rrset.Type < RecordType.NSEC).Count();
            _own.Insert(place, new RRset { Type = RecordType.NSEC, Count = 1, TimeToLive = _zone.NegativeTimeToLive });
            _openNode = node;
            _openNsec = _count + place;
        }

        foreach (var rrset in _own)
        {
            Put(rrset, _zone.Node(node).Flags);
        }
    }

    private void Put(in RRset rrset, NodeFlags owner)
    {
        if (DenialTypes.IsSigned(owner, rrset.Type))
        {
            var length = SigningTerms.IsForParent(rrset.Type) ? RRsetSigner.LengthOf(rrset.Type, _zone.Origin, _terms) : _signatureLength;
            _data.Reserve(length, out var offset).Clear();
            _signatures[_count] = new SignatureRun(offset, length);
        }

        _rrsets[_count++] = rrset;
    }

    // What an NSEC record says of the next name is written when that name is known.
    private void CloseNsec(int next)
    {
        ref readonly var open = ref _nodes[_openNode];
        var bitmap = _bitmap.Of(_rrsets.AsSpan(open.FirstRRset, open.RRsetCount), open.Flags, hasNsec: true);
        Span<byte> name = stackalloc byte[DomainName.MaxLength];
        name = name[.._zone.WriteName(next, name)];
        var room = WriteSingle(_openNsec, name.Length + bitmap.Length);
        name.CopyTo(room);
        bitmap.CopyTo(room[name.Length..]);
    }

    private Nsec3Chain AddNsec3Chain(Nsec3Names names)
    {
        var rrsets = new int[names.Count];
        for (var link = 0; link < names.Count; link++)
        {
            ref readonly var node = ref _nodes[names.NodeOf(link)];
            var bitmap = _bitmap.Of(_rrsets.AsSpan(node.FirstRRset, node.RRsetCount), node.Flags, hasNsec: false);
            rrsets[link] = _count;

            // RFC 9077 §3.2: the TTL of a denial is that of the negative answer.
            Put(new RRset { Type = RecordType.NSEC3, Count = 1, TimeToLive = _zone.NegativeTimeToLive }, NodeFlags.None);
            Nsec3Names.Write(
                WriteSingle(rrsets[link], Nsec3Names.FixedLength + bitmap.Length),
                _terms.HasOptOut,
                names.HashOf(link + 1 == names.Count ? 0 : link + 1),
                bitmap);
        }

        return new Nsec3Chain(ApexRecords.Nsec3Parameters, names.Hashes, rrsets);
    }

    private RRset Store(RRsetContent content)
    {
        ushort count = 0;
        foreach (var _ in new RRsetDataEnumerator(content.Data.Span))
        {
            count++;
        }

        var offset = _data.Append(content.Data.Span);
        return new RRset { Type = content.Type, Count = count, TimeToLive = content.TimeToLive, Offset = offset, Length = content.Data.Length };
    }

    // Gives an RRset of one record its data, for the caller to write.
    private Span<byte> WriteSingle(int rrset, int length)
    {
        var room = _data.Reserve(sizeof(ushort) + length, out var offset);
        BinaryPrimitives.WriteUInt16BigEndian(room, (ushort)length);
        var old = _rrsets[rrset];
        _rrsets[rrset] = new RRset { Type = old.Type, Count = 1, TimeToLive = old.TimeToLive, Offset = offset, Length = room.Length };
        return room[sizeof(ushort)..];
    }
}
