// The signatures of the zone's version before, for RRsets that have not changed since.

using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Records;
using AltoDns.Protocol.Security;
using AltoDns.Zones.Serving;

namespace AltoDns.Zones.Signing;

/// <summary>Immutable; threads share it.</summary>
internal sealed class PreviousSignatures : IEarlierSignatures
{
    private readonly ZoneSnapshot _zone;
    private readonly ZoneSnapshot _previous;
    private readonly Func<int, int> _nodeOf;

    /// <summary>For all owners.</summary>
    /// <param name="zone">The zone that is being signed; frozen.</param>
    /// <param name="previous">Signed.</param>
    public PreviousSignatures(ZoneSnapshot zone, ZoneSnapshot previous)
    {
        (_zone, _previous) = (zone, SnapshotFreezer.Freeze(previous));
        var nodes = PreviousNodes.Of(zone, _previous);
        _nodeOf = owner => nodes[owner];
    }

    /// <summary>For some owners, without a look at any other.</summary>
    public PreviousSignatures(ZoneSnapshot zone, ZoneSnapshot previous, IReadOnlyList<int> owners)
    {
        var nodes = new Dictionary<int, int>(owners.Count);
        var lookup = new LookupName();
        foreach (var owner in owners.Where(owner => owner < zone.NodeEnd))
        {
            lookup.Set(zone.NameOf(owner).Wire);
            nodes[owner] = previous.FindNode(lookup);
        }

        (_zone, _previous, _nodeOf) = (zone, previous, owner => nodes[owner]);
    }

    /// <summary>Whether every key that is to sign was in the earlier zone under a tag of its own, so that a tag tells whose a signature is.</summary>
    public static bool TellsKeysApart(ZoneSnapshot previous, SigningTerms terms)
    {
        var old = KeysOf(previous);

        // A key may sign before its DNSKEY is there (RFC 6781 §4.1.4): what counts is that no other key has its tag.
        return terms.Keys.DnskeySigners.Concat(terms.Keys.ZoneSigners).All(key =>
            old.TrueForAll(other => other.Tag() != key.Tag || other.Algorithm != key.Algorithm || other.PublicKey.Span.SequenceEqual(key.Data.PublicKey.Span)));
    }

    /// <summary>Whether every key of the zone was in the earlier version.</summary>
    public static bool HadKeys(ZoneSnapshot previous, SigningTerms terms)
    {
        var old = KeysOf(previous);
        return terms.Keys.Dnskeys.All(old.Contains);
    }

    public ReadOnlySpan<byte> Find(int owner, ReadOnlySpan<byte> name, int rrset)
    {
        ref readonly var now = ref _zone.RRset(rrset);
        var before = owner < _zone.NodeEnd ? FindAtNode(_nodeOf(owner), now.Type) : FindAtLink(owner - _zone.NodeEnd);
        if (before < 0)
        {
            return default;
        }

        ref readonly var old = ref _previous.RRset(before);
        return old.TimeToLive == now.TimeToLive && old.Length == now.Length && _previous.DataOf(old).SequenceEqual(_zone.DataOf(now))
            ? _previous.SignaturesOf(before)
            : default;
    }

    private static List<DnskeyData> KeysOf(ZoneSnapshot zone)
    {
        var rrset = zone.FindRRset(ZoneSnapshot.Apex, RecordType.DNSKEY);
        var keys = new List<DnskeyData>();
        foreach (var data in new RRsetDataEnumerator(rrset < 0 ? default : zone.DataOf(zone.RRset(rrset))))
        {
            var reader = WireReader.OverData(data);
            if (DnskeyData.TryRead(ref reader, out var key))
            {
                keys.Add(key);
            }
        }

        return keys;
    }

    private int FindAtNode(int node, RecordType type) => node < 0 ? -1 : _previous.FindRRset(node, type);

    private int FindAtLink(int link)
    {
        if (_previous.Nsec3 is not { Count: > 0 } chain)
        {
            return -1;
        }

        var before = chain.Find(_zone.Nsec3!.HashOf(link), out var isSame);
        return isSame ? chain.RRsetOf(before) : -1;
    }
}
