// A zone with its dynamic layer: what files and policy make, and the same with all updates applied.

using AltoDns.Protocol.Names;
using AltoDns.Zones.Serving;

namespace AltoDns.Zones.Updating;

/// <summary>Immutable but for its line of versions. No list of dynamic records is held: what a name has of its own is told from the two versions.</summary>
/// <param name="Base">Unsigned, as it was compiled, read or transferred.</param>
/// <param name="Content">Unsigned, with all updates.</param>
public sealed record DynamicZone(ZoneSnapshot Base, ZoneSnapshot Content, UpdatableZone Terms)
{
    public DomainName Origin => Content.Origin;

    /// <summary>The versions that <see cref="Content"/> is the newest accepted one of, for whoever edits it.</summary>
    public EditedZone Line { get; init; } = new(Content);

    /// <summary>Reads what a name has.</summary>
    internal NameContent Read(DomainName name, LookupName lookup)
    {
        var node = HeldRecord.Find(Content, lookup, name);
        var policys = PolicysAt(name, lookup, out var isInherited);
        var own = HeldRecord.Of(Content, node);
        if (policys.Count > 0)
        {
            own.RemoveAll(record => record.IsDiscovery && policys.Any(entry => entry.IsSame(record.Type, record.Data.Span)));
        }

        return new NameContent(own, policys, isInherited) { ExistsAnyway = node >= 0 };
    }

    /// <summary>What a name has without any update.</summary>
    internal NameContent ReadBase(DomainName name, LookupName lookup)
    {
        var policys = PolicysAt(name, lookup, out var isInherited);
        var node = HeldRecord.Find(Base, lookup, name);
        var own = HeldRecord.Of(Base, node);
        if (Terms.Reverse is not null)
        {
            own.RemoveAll(record => record.IsDiscovery);
        }

        return new NameContent(own, policys, isInherited) { ExistsAnyway = node >= 0 };
    }

    /// <summary>Whether names that come to exist get what the wildcard above would have given them.</summary>
    /// <param name="name">In lower case.</param>
    /// <param name="hasAddressesBelow">Whether it is an address's and addresses are below it, with or without names; null for a name below an address.</param>
    internal bool Inherits(DomainName name, out bool? hasAddressesBelow)
    {
        hasAddressesBelow = null;
        if (Terms.Reverse is not { } reverse)
        {
            return false;
        }

        if (name.IsWildcard)
        {
            return Inherits(name.Parent, out _);
        }

        if (reverse.TryGetPrefix(name.Wire, out var prefix))
        {
            hasAddressesBelow = !prefix.IsSingleAddress;
            return true;
        }

        for (var above = name; above.LabelCount > Base.OriginDepth; above = above.Parent)
        {
            if (above.FirstLabel.SequenceEqual(PeerName.PeerLabel) || above.FirstLabel.SequenceEqual(PeerName.PortLabel))
            {
                return true;
            }
        }

        return false;
    }

    // Those of the name itself where it is in the zone without updates, else those that it inherits from there.
    private List<HeldRecord> PolicysAt(DomainName name, LookupName lookup, out bool isInherited)
    {
        isInherited = false;
        if (Terms.Reverse is null)
        {
            return [];
        }

        lookup.Set(name.Wire);
        var deepest = Base.FindDeepest(lookup);
        if (Base.Node(deepest).Depth == lookup.Depth)
        {
            return [.. HeldRecord.Of(Base, deepest).Where(record => record.IsDiscovery)];
        }

        isInherited = true;
        var wildcard = Base.Node(deepest).Wildcard;
        return wildcard == 0 || NodeTraits.Hides(Base.Node(deepest).Flags) || !Inherits(name, out _)
            ? []
            : [.. HeldRecord.Of(Base, wildcard).Where(record => record.IsDiscovery)];
    }
}
