// All records of one version of a zone, as a full transfer has them (RFC 5936 §2.2).

using System.Buffers.Binary;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Zones.ZoneFiles;

namespace AltoDns.Zones.Serving;

/// <summary>The SOA, each RRset followed by its signatures, glue and NSEC3 owners included, and the SOA again. Leaves out what zone files leave out.</summary>
public sealed class ZoneRecords(ZoneSnapshot zone) : IWireRecords
{
    private readonly byte[] _owner = new byte[DomainName.MaxLength];
    private readonly NodeWalk _walk = new(zone);

    // The owner stands at the end of its buffer, so that of a sibling only the first label has to be written.
    private int _ownerStart;
    private int _ownerNode = -1;
    private int _parent = -1;
    private int _parentStart;
    private Part _part;

    // A node, or a link of the NSEC3 chain, and how many of its RRsets have begun.
    private int _place;
    private int _begun;

    private int _rrset;
    private RecordType _type;
    private bool _isInSignatures;
    private int _start;
    private int _length;

    private enum Part
    {
        Start,
        FirstSoa,
        Nodes,
        Links,
        LastSoa,
    }

    public WireRecord Current => new(_owner.AsSpan(_ownerStart), _type, zone.RRset(_rrset).TimeToLive, Run.Slice(_start, _length));

    private ReadOnlySpan<byte> Run => _isInSignatures ? zone.SignaturesOf(_rrset) : zone.DataOf(zone.RRset(_rrset));

    public bool MoveNext()
    {
        if (_part != Part.Start && TryTake(_start + _length))
        {
            return true;
        }

        // RFC 5936 §2.2: the SOA's signatures are among the records between; only the record itself ends the transfer.
        if (_part is not (Part.Start or Part.LastSoa) && !_isInSignatures && zone.SignaturesOf(_rrset).Length > 0)
        {
            (_isInSignatures, _type) = (true, RecordType.RRSIG);
            return TryTake(0);
        }

        return MoveToRRset() && TryTake(0);
    }

    private bool TryTake(int position)
    {
        var run = Run;
        if (position == run.Length)
        {
            return false;
        }

        _length = BinaryPrimitives.ReadUInt16BigEndian(run[position..]);
        _start = position + sizeof(ushort);
        return true;
    }

    private bool MoveToRRset()
    {
        switch (_part)
        {
            case Part.Start:
                _part = Part.FirstSoa;
                SetOwner(ZoneSnapshot.Apex);
                Begin(zone.SoaRRset);
                return true;
            case Part.FirstSoa:
                _part = Part.Nodes;
                _place = _walk.Next();
                return MoveToNodeRRset();
            case Part.Nodes:
                return MoveToNodeRRset();
            case Part.Links:
                return MoveToLink();
            default:
                return false;
        }
    }

    private bool MoveToNodeRRset()
    {
        // The first node is the apex.
        while (_place >= 0)
        {
            if (_begun == zone.RRsetsOf(_place).Length)
            {
                _place = _walk.Next();
                _begun = 0;
                continue;
            }

            var rrset = zone.FirstRRset(_place) + _begun++;
            if (rrset == zone.SoaRRset || ZoneExporter.IsLeftOut(zone, _place, zone.RRset(rrset).Type))
            {
                continue;
            }

            SetOwner(_place);
            Begin(rrset);
            return true;
        }

        _part = Part.Links;
        _place = 0;
        return MoveToLink();
    }

    private bool MoveToLink()
    {
        if (_place < (zone.Nsec3?.Count ?? 0))
        {
            Span<byte> name = stackalloc byte[DomainName.MaxLength];
            PutOwner(name[..zone.Nsec3!.WriteOwner(_place, zone.Origin, name)]);
            _ownerNode = -1;
            Begin(zone.Nsec3.RRsetOf(_place++));
            return true;
        }

        _part = Part.LastSoa;
        SetOwner(ZoneSnapshot.Apex);
        Begin(zone.SoaRRset);
        return true;
    }

    private void SetOwner(int node)
    {
        if (node == _ownerNode)
        {
            return;
        }

        _ownerNode = node;
        if (node != ZoneSnapshot.Apex && zone.Node(node).Parent == _parent)
        {
            var label = zone.LabelOf(node);
            _ownerStart = _parentStart - label.Length;
            label.CopyTo(_owner.AsSpan(_ownerStart));
            return;
        }

        Span<byte> name = stackalloc byte[DomainName.MaxLength];
        PutOwner(name[..zone.WriteName(node, name)]);
        (_parent, _parentStart) = node == ZoneSnapshot.Apex ? (-1, 0) : (zone.Node(node).Parent, _ownerStart + _owner[_ownerStart] + 1);
    }

    private void PutOwner(ReadOnlySpan<byte> name)
    {
        _ownerStart = _owner.Length - name.Length;
        name.CopyTo(_owner.AsSpan(_ownerStart));
        _parent = -1;
    }

    private void Begin(int rrset)
    {
        _rrset = rrset;
        _type = zone.RRset(rrset).Type;
        _isInSignatures = false;
    }
}
