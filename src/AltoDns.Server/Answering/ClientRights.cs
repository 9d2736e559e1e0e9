// What the client of one query may see of what is served.

using AltoDns.Protocol.Names;
using AltoDns.Server.Protection;
using AltoDns.Zones.Serving;

namespace AltoDns.Server.Answering;

/// <param name="access">Null where everybody may see everything.</param>
/// <param name="address">4 or 16 octets in network order.</param>
/// <param name="key">The key that the request is signed with; null for none.</param>
internal readonly ref struct ClientRights(QueryAccess? access, ReadOnlySpan<byte> address, DomainName? key)
{
    private readonly ReadOnlySpan<byte> _address = address;

    /// <param name="zone">Null for a name in no zone.</param>
    public bool MaySee(ZoneSnapshot? zone) => access is null || access.Allows(zone, _address, key);
}
