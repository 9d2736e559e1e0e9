// The one mutable holder: which zones are current. Readers take the reference once per query.

namespace AltoDns.Zones.Serving;

/// <summary>Publishing is one volatile write; a query that began before goes on with the set it read.</summary>
public sealed class ZoneStore(ZoneSet initial)
{
    private volatile ZoneSet _current = initial;

    public ZoneSet Current => _current;

    public void Publish(ZoneSet zones) => _current = zones;
}
