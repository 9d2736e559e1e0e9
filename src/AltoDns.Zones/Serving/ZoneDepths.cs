// How deep the names of a zone lie, so that a lookup begins where it most likely ends.

namespace AltoDns.Zones.Serving;

/// <summary>In labels from the root. Removals of names do not count: the first two are upper bounds.</summary>
internal readonly record struct ZoneDepths
{
    /// <summary>No name has more labels.</summary>
    public int Deepest { get; init; }

    /// <summary>No name but wildcards has more labels; those are reached from their parents (RFC 4592 §3.3.1).</summary>
    public int DeepestPlain { get; init; }

    /// <summary>A hint: where most closest enclosers of names that do not exist are, as most names with a wildcard were there when the zone was frozen; 0 for none.</summary>
    public int Encloser { get; init; }

    /// <summary>The depths when there is one more name.</summary>
    public ZoneDepths Including(int depth, bool isWildcard) => this with
    {
        Deepest = Math.Max(Deepest, depth),
        DeepestPlain = isWildcard ? DeepestPlain : Math.Max(DeepestPlain, depth),
    };

    /// <summary>The greatest depth at which a name, or an ancestor of it, may be found by itself.</summary>
    public int Limit(LookupName name)
    {
        var deepest = Math.Min(name.Depth, Deepest);

        // What is deeper are wildcards, or wildcards below wildcards: only a name that spells one out can be one.
        return deepest > DeepestPlain && !name.Label(DeepestPlain + 1).SequenceEqual(LookupName.WildcardLabel) ? DeepestPlain : deepest;
    }
}
