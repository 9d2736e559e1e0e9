// What the versions of a zone whose RRsets have the same places share: which RRsets many names had lately.

using AltoDns.Protocol.Records;

namespace AltoDns.Zones.Serving;

/// <summary>
/// Versions that have the same object have equal RRsets at equal places, as far as both reach. Peers come by the million and have the
/// records of a few servers, so what was appended lately is found again and not stored once more. For the one who appends alone.
/// </summary>
internal sealed class RRsetLineage(bool hasNsec)
{
    private const int MostPlaces = 4096;

    private readonly Dictionary<int, RRsetPlace> _places = [];

    /// <summary>Whether any RRset is an NSEC RRset.</summary>
    public bool HasNsec { get; private set; } = hasNsec;

    /// <summary>Finds RRsets that a version has already, data, order and TTL included.</summary>
    /// <param name="hash">To be handed to <see cref="Remember"/> where they are not found; 0 for what is not to be shared.</param>
    public bool TryFind(ZoneSnapshot version, ReadOnlySpan<RRsetContent> contents, out int hash, out int first)
    {
        (hash, first) = (0, -1);
        var sum = new HashCode();
        foreach (ref readonly var content in contents)
        {
            if (content.Kept >= 0 || !content.Signatures.IsEmpty || version.HasSignatures)
            {
                return false;
            }

            sum.Add(content.Type);
            sum.AddBytes(content.Data.Span);
        }

        hash = sum.ToHashCode();
        if (!_places.TryGetValue(hash, out var place) || place.Count != contents.Length || place.First + place.Count > version.RRsetCount)
        {
            return false;
        }

        for (var i = 0; i < contents.Length; i++)
        {
            ref readonly var rrset = ref version.RRset(place.First + i);
            if (rrset.Type != contents[i].Type || rrset.TimeToLive != contents[i].TimeToLive || !version.DataOf(rrset).SequenceEqual(contents[i].Data.Span))
            {
                return false;
            }
        }

        first = place.First;
        return true;
    }

    /// <summary>To be called for RRsets that were appended.</summary>
    public void Remember(int hash, ReadOnlySpan<RRsetContent> contents, int first)
    {
        foreach (ref readonly var content in contents)
        {
            HasNsec |= content.Type == RecordType.NSEC;
        }

        if (hash == 0)
        {
            return;
        }

        if (_places.Count == MostPlaces)
        {
            _places.Clear();
        }

        _places[hash] = new RRsetPlace(first, (ushort)contents.Length);
    }
}
