// Makes the RRsets of one name of a signed zone anew, keeping those of the version before that are still right.

using System.Buffers.Binary;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Zones.Serving;

namespace AltoDns.Zones.Signing;

/// <summary>Has buffers of its own, so one for each thread.</summary>
/// <param name="zone">The unsigned zone as it is now.</param>
/// <param name="previous">The signed zone before.</param>
internal sealed class NodeResigner(ZoneSnapshot zone, ZoneSnapshot previous, SigningTerms terms, RRsetSigner signer)
{
    private readonly DenialBitmap _bitmap = new();
    private readonly List<RRsetContent> _contents = [];
    private readonly byte[] _owner = new byte[DomainName.MaxLength];
    private readonly byte[] _next = new byte[DomainName.MaxLength];

    public RRsetSigner Signer => signer;

    /// <summary>All RRsets that a name has in the signed zone, in ascending order of type, with their signatures.</summary>
    /// <param name="node">In the unsigned zone.</param>
    /// <param name="before">The name's node in the signed zone before; -1 for a name that is new.</param>
    public RRsetContent[] Sign(int node, int before)
    {
        Gather(node);
        var owner = _owner.AsSpan(0, zone.WriteName(node, _owner));
        var flags = zone.Node(node).Flags;
        var result = new RRsetContent[_contents.Count];
        for (var i = 0; i < result.Length; i++)
        {
            var old = before < 0 ? -1 : previous.FindRRset(before, _contents[i].Type);
            result[i] = Sign(owner, flags, _contents[i], old);
        }

        return result;
    }

    /// <summary>The link of an NSEC3 chain with its signatures.</summary>
    /// <param name="owner">In wire form.</param>
    /// <param name="before">The link's RRset in the signed zone before; -1 for a link that is new.</param>
    public RRsetContent Sign(ReadOnlySpan<byte> owner, in RRsetContent link, int before) => Sign(owner, NodeFlags.None, link, before);

    private RRsetContent Sign(ReadOnlySpan<byte> owner, NodeFlags flags, in RRsetContent content, int old)
    {
        var isSame = old >= 0 && IsSame(previous.RRset(old), content);
        if (!DenialTypes.IsSigned(flags, content.Type))
        {
            return isSame && previous.SignaturesOf(old).IsEmpty ? RRsetContent.Keep(previous, old) : content;
        }

        var signatures = new byte[RRsetSigner.LengthOf(content.Type, zone.Origin, terms)];
        if (content.Type == RecordType.ZONEMD && owner.Length == zone.Origin.Length)
        {
            // Its digest is still to come.
            return RRsetContent.Of(content.Type, content.TimeToLive, content.Data, signatures);
        }

        var earlier = isSame ? previous.SignaturesOf(old) : default;
        signer.Sign(owner, content.Type, content.TimeToLive, content.Data.Span, earlier, signatures);
        if (!isSame)
        {
            return RRsetContent.Of(content.Type, content.TimeToLive, content.Data, signatures);
        }

        return earlier.SequenceEqual(signatures) ? RRsetContent.Keep(previous, old) : RRsetContent.Signed(previous, old, signatures);
    }

    private bool IsSame(in RRset old, in RRsetContent content) =>
        old.TimeToLive == content.TimeToLive && previous.DataOf(old).SequenceEqual(content.Data.Span);

    private void Gather(int node)
    {
        _contents.Clear();
        if (node == ZoneSnapshot.Apex)
        {
            _contents.AddRange(ApexRecords.Of(zone, terms));
        }
        else
        {
            foreach (ref readonly var rrset in zone.RRsetsOf(node))
            {
                _contents.Add(RRsetContent.Of(rrset.Type, rrset.TimeToLive, zone.DataOf(rrset).ToArray()));
            }
        }

        if (terms.HasNsec && DenialTypes.IsListed(zone, node))
        {
            var place = _contents.TakeWhile(content => content.Type < RecordType.NSEC).Count();
            _contents.Insert(place, RRsetContent.Of(RecordType.NSEC, zone.NegativeTimeToLive, NsecOf(node)));
        }
    }

    private byte[] NsecOf(int node)
    {
        var next = _next.AsSpan(0, zone.WriteName(CanonicalSearch.ListedAfter(zone, node), _next));
        var bitmap = _bitmap.Of(_contents, zone.Node(node).Flags, hasNsec: true);
        var run = new byte[sizeof(ushort) + next.Length + bitmap.Length];
        BinaryPrimitives.WriteUInt16BigEndian(run, (ushort)(next.Length + bitmap.Length));
        next.CopyTo(run.AsSpan(sizeof(ushort)));
        bitmap.CopyTo(run.AsSpan(sizeof(ushort) + next.Length));
        return run;
    }
}
