// When edits of a zone are appended to it, and when it is copied.

namespace AltoDns.Zones.Serving;

/// <param name="LeastNames">Names from which on appending costs less than a copy.</param>
/// <param name="LeastShare">A copy is made where more than one name in so many is edited.</param>
/// <param name="MostVersions">A zone that has so many times more nodes than names is copied without those that are no name's any more.</param>
internal sealed record EditLimits(int LeastNames, int LeastShare, int MostVersions)
{
    public static EditLimits Default { get; } = new(1024, 8, 3);

    /// <summary>For a zone that is frozen anew beside its edits.</summary>
    public static EditLimits Unbounded { get; } = Default with { MostVersions = int.MaxValue };

    /// <summary>Appends wherever that is possible.</summary>
    public static EditLimits Always { get; } = new(0, 1, int.MaxValue);
}
