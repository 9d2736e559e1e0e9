// Brings a signed zone up to date where only some of it changed or some signatures are due: the rest is not touched.

using System.Diagnostics.CodeAnalysis;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Zones.Serving;

namespace AltoDns.Zones.Signing;

/// <summary>Makes the next version of a signed zone; used once.</summary>
internal sealed class ZoneResigner
{
    private readonly ZoneSnapshot _zone;
    private readonly ZoneSnapshot _previous;
    private readonly SigningTerms _terms;
    private readonly bool _mayReuse;

    // Nodes of the zone as it is now, each with its node in the version before or -1.
    private readonly SortedDictionary<int, int> _touched = [];
    private readonly List<DomainName> _removed = [];
    private readonly List<Nsec3Link> _links = [];
    private readonly List<byte[]> _removedLinks = [];

    /// <param name="zone">The unsigned zone as it is now.</param>
    /// <param name="previous">The signed version before.</param>
    public ZoneResigner(ZoneSnapshot zone, ZoneSnapshot previous, SigningTerms terms)
    {
        (_zone, _previous, _terms) = (zone, previous, terms);
        _mayReuse = PreviousSignatures.TellsKeysApart(previous, terms);

        // The serial is new in every version.
        _touched.Add(ZoneSnapshot.Apex, ZoneSnapshot.Apex);
    }

    /// <summary>Whether the signed version can be brought up to date name by name: its chain and all TTLs are of the present kind.</summary>
    public static bool IsPossible(ZoneSnapshot zone, ZoneSnapshot previous, SigningTerms terms) =>
        previous.HasSignatures
        && previous.NegativeTimeToLive == zone.NegativeTimeToLive
        && previous.Nsec3 is null == terms.HasNsec
        && (terms.HasNsec || IsChainOfThisKind(previous, terms))
        && ReferenceEquals(UnsignedForm.Of(zone), zone);

    /// <summary>Adds names whose RRsets differ from those of the version before; false where the edits hide other names or lay them open, which is a matter for the whole zone.</summary>
    public bool TryAdd(IReadOnlyCollection<DomainName> changed)
    {
        var lookup = new LookupName();
        foreach (var name in changed)
        {
            lookup.Set(name.Wire);
            var (node, before) = (_zone.FindNode(lookup), _previous.FindNode(lookup));
            if (node >= 0 && before >= 0 && Hiding(_zone.Node(node).Flags) != Hiding(_previous.Node(before).Flags))
            {
                return false;
            }

            if (node >= 0)
            {
                _touched[node] = before;
            }
            else if (before >= 0)
            {
                _removed.Add(name);
            }

            var isListed = node >= 0 && DenialTypes.IsListed(_zone, node);
            if (_terms.HasNsec && isListed != (before >= 0 && DenialTypes.IsListed(_previous, before)))
            {
                var preceding = CanonicalSearch.ListedBefore(_zone, name);
                lookup.Set(_zone.NameOf(preceding).Wire);
                _touched[preceding] = _previous.FindNode(lookup);
            }
        }

        if (!_terms.HasNsec)
        {
            var changes = Nsec3Changes.Of(_zone, _previous, _terms, changed);
            _links.AddRange(changes.Links);
            _removedLinks.AddRange(changes.Removed);
        }

        return true;
    }

    /// <summary>Adds owners with signatures that are due. Only where the zone has no other changes.</summary>
    /// <param name="owners">Of the version before, see <see cref="OwnedRRsets"/>.</param>
    public void AddDue(IEnumerable<int> owners)
    {
        var lookup = new LookupName();
        foreach (var owner in owners)
        {
            if (owner < _previous.NodeEnd)
            {
                lookup.Set(_previous.NameOf(owner).Wire);
                _touched[_zone.FindNode(lookup)] = owner;
                continue;
            }

            var link = owner - _previous.NodeEnd;
            var rrset = _previous.Nsec3!.RRsetOf(link);
            ref readonly var set = ref _previous.RRset(rrset);
            var content = RRsetContent.Of(set.Type, set.TimeToLive, _previous.DataOf(set).ToArray());
            _links.Add(new Nsec3Link(_previous.Nsec3.HashOf(link).ToArray(), content, rrset));
        }
    }

    /// <summary>Signs what was added.</summary>
    /// <returns>False where the version before was not what its chain and the names added say: the zone has to be signed as a whole.</returns>
    public bool TrySign([NotNullWhen(true)] out SignedZone? signed)
    {
        signed = null;
        var nodes = _touched.ToArray();
        var contents = new RRsetContent[nodes.Length][];
        var links = new RRsetContent[_links.Count];
        var workers = BackgroundWork.Run(
            nodes.Length + links.Length,
            () => new NodeResigner(_zone, _previous, _terms, new RRsetSigner(_zone.Origin, _terms, _mayReuse)),
            (worker, start, end) =>
            {
                for (var i = start; i < end; i++)
                {
                    if (i < nodes.Length)
                    {
                        contents[i] = worker.Sign(nodes[i].Key, nodes[i].Value);
                    }
                    else
                    {
                        links[i - nodes.Length] = SignLink(worker, _links[i - nodes.Length]);
                    }
                }
            });
        var next = Edit(nodes, contents, links);
        if (next.NodeCount == _zone.NodeCount)
        {
            CompleteDigest(next, workers[0].Signer);
            signed = SignedZone.Of(next, workers.Select(worker => worker.Signer)) with
            {
                Resigned = [.. nodes.Select(node => FindIn(next, node.Key)), .. _links.Select(link => next.NodeEnd + next.Nsec3!.Find(link.Hash, out _))],
                Changed = [.. nodes.Select(node => _zone.NameOf(node.Key)), .. _removed],
                Previous = _mayReuse && PreviousSignatures.HadKeys(_previous, _terms) ? _previous : null,
            };
        }

        foreach (var worker in workers)
        {
            worker.Signer.Dispose();
        }

        return signed is not null;
    }

    private static bool IsChainOfThisKind(ZoneSnapshot previous, SigningTerms terms)
    {
        var parameters = previous.Nsec3!.Parameters;
        if (parameters.Iterations != 0 || !parameters.Salt.IsEmpty || previous.Nsec3.Count == 0)
        {
            return false;
        }

        var data = previous.DataOf(previous.RRset(previous.Nsec3.RRsetOf(0)));
        return Nsec3Names.HasOptOut(data[sizeof(ushort)..]) == terms.HasOptOut;
    }

    private static NodeFlags Hiding(NodeFlags flags) => flags & (NodeFlags.Cut | NodeFlags.Dname | NodeFlags.Occluded);

    private RRsetContent SignLink(NodeResigner worker, in Nsec3Link link)
    {
        Span<byte> owner = stackalloc byte[DomainName.MaxLength];
        return worker.Sign(owner[..OwnedRRsets.WriteHashedName(_zone.Origin, link.Hash, owner)], link.Content, link.RRset);
    }

    // The versions number their nodes each in its own way.
    private int FindIn(ZoneSnapshot next, int node)
    {
        var lookup = new LookupName();
        lookup.Set(_zone.NameOf(node).Wire);
        return next.FindNode(lookup);
    }

    private ZoneSnapshot Edit(KeyValuePair<int, int>[] nodes, RRsetContent[][] contents, RRsetContent[] links)
    {
        var editor = new SnapshotEditor(_previous);
        for (var i = 0; i < nodes.Length; i++)
        {
            var place = editor.Add(contents[i]);
            if (nodes[i].Value >= 0)
            {
                editor.Set(nodes[i].Value, place);
            }
            else
            {
                editor.Set(_zone.NameOf(nodes[i].Key), place);
            }
        }

        _removed.ForEach(editor.Remove);
        for (var i = 0; i < links.Length; i++)
        {
            editor.SetLink(_links[i].Hash, links[i]);
        }

        foreach (var hash in _removedLinks)
        {
            editor.RemoveLink(hash);
        }

        return editor.Build();
    }

    // Nobody has the version yet, so that its digest and the signature of it can be written where their room is.
    private static void CompleteDigest(ZoneSnapshot zone, RRsetSigner signer)
    {
        var rrset = zone.FindRRset(ZoneSnapshot.Apex, RecordType.ZONEMD);
        if (rrset >= 0)
        {
            ZoneDigest.Complete(zone, rrset);
            ref readonly var set = ref zone.RRset(rrset);
            var run = zone.Parts.Signatures[rrset];
            signer.Sign(zone.Origin.Wire, set.Type, set.TimeToLive, zone.DataOf(set), default, zone.Parts.Data.Fill(run.Offset, run.Length));
        }
    }
}
