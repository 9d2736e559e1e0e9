// The type bitmaps of NSEC and NSEC3 records, from the types that a name owns.

using AltoDns.Protocol.Records;
using AltoDns.Zones.Serving;

namespace AltoDns.Zones.Signing;

/// <summary>Keeps the last bitmap: neighbours mostly have the same types. Not safe for several threads.</summary>
internal sealed class DenialBitmap
{
    private readonly List<RecordType> _types = [];
    private RecordType[] _lastTypes = [];
    private byte[] _last = [];

    /// <summary>The types at an authoritative name as a bitmap (RFC 4034 §4.1.2), valid until the next call.</summary>
    /// <param name="rrsets">Those of the name; NSEC does not count.</param>
    /// <param name="hasNsec">True for an NSEC record's bitmap, false for that of an NSEC3 record, which stands elsewhere.</param>
    public ReadOnlySpan<byte> Of(ReadOnlySpan<RRset> rrsets, NodeFlags flags, bool hasNsec)
    {
        Start(hasNsec);
        foreach (ref readonly var rrset in rrsets)
        {
            Add(rrset.Type, flags, hasNsec);
        }

        return Finish();
    }

    /// <inheritdoc cref="Of(ReadOnlySpan{RRset}, NodeFlags, bool)"/>
    public ReadOnlySpan<byte> Of(IEnumerable<RRsetContent> rrsets, NodeFlags flags, bool hasNsec)
    {
        Start(hasNsec);
        foreach (var rrset in rrsets)
        {
            Add(rrset.Type, flags, hasNsec);
        }

        return Finish();
    }

    private void Start(bool hasNsec)
    {
        _types.Clear();
        if (hasNsec)
        {
            _types.Add(RecordType.NSEC);
            _types.Add(RecordType.RRSIG);
        }
    }

    private void Add(RecordType type, NodeFlags flags, bool hasNsec)
    {
        // RFC 4035 §2.3: at a cut, only the delegation and what the parent is authoritative for.
        if (type == RecordType.NSEC || ((flags & NodeFlags.Cut) != 0 && type is not (RecordType.NS or RecordType.DS)))
        {
            return;
        }

        _types.Add(type);

        // RFC 5155 §7.1: RRSIG is listed where anything at the name itself is signed.
        if (!hasNsec && DenialTypes.IsSigned(flags, type) && !_types.Contains(RecordType.RRSIG))
        {
            _types.Add(RecordType.RRSIG);
        }
    }

    private ReadOnlySpan<byte> Finish()
    {
        _types.Sort();
        if (!_types.SequenceEqual(_lastTypes))
        {
            _lastTypes = [.. _types];
            var wire = new byte[TypeBitmap.MaxWireLength(_lastTypes.Length)];
            _last = wire[..TypeBitmap.Write(_lastTypes, wire)];
        }

        return _last;
    }
}
