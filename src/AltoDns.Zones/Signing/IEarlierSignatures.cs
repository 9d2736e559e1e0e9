// Where signatures that were made and verified earlier come from.

namespace AltoDns.Zones.Signing;

/// <summary>Looked at by several threads at once.</summary>
internal interface IEarlierSignatures
{
    /// <summary>The signatures that the very same RRset had, owner, data and TTL included; none where that is not known.</summary>
    /// <param name="owner">Of the zone that is being signed, see <see cref="OwnedRRsets"/>.</param>
    /// <param name="name">The owner's name in wire form.</param>
    ReadOnlySpan<byte> Find(int owner, ReadOnlySpan<byte> name, int rrset);
}
