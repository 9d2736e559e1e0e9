// All zones that are served together, frozen.

namespace AltoDns.Zones.Serving;

/// <summary>Immutable; replaced as a whole through <see cref="ZoneStore"/>.</summary>
public sealed class ZoneSet
{
    public static ZoneSet Empty { get; } = new();
}
