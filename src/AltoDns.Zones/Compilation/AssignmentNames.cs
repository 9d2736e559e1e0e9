// Which names of a zone an assignment is published at, and which assignment holds at a name.

using AltoDns.Protocol.Names;
using AltoDns.Zones.Configuration;

namespace AltoDns.Zones.Compilation;

/// <summary>One zone's rule; names are told by the prefixes that they stand for. Immutable.</summary>
internal sealed class AssignmentNames(ReverseZone zone, PublishMode publish)
{
    /// <summary>The binary logarithm of the names that one assignment may expand to: a longer list is a mistake or wants the other publish mode.</summary>
    public const int MaxBits = 16;

    /// <summary>Whether names inherit what holds above them, and wildcards stand in for names that do not exist.</summary>
    public bool AreInherited => publish == PublishMode.EveryName;

    /// <summary>The prefixes at whose names an assignment is published, in ascending order.</summary>
    /// <param name="assigned">Covers the zone or lies in it.</param>
    public IEnumerable<IPPrefix> Of(IPPrefix assigned)
    {
        if (!assigned.Contains(zone.Prefix))
        {
            return PrefixExpander.Split(assigned, LengthOf(assigned));
        }

        // What covers the zone is published at its apex, and what is assigned to the zone itself also at the names looked up in it.
        return AreInherited || assigned != zone.Prefix || LengthOf(assigned) == assigned.Length
            ? [zone.Prefix]
            : PrefixExpander.Split(assigned, LengthOf(assigned)).Prepend(zone.Prefix);
    }

    public bool AreTooMany(IPPrefix assigned) => !AreInherited && BitsToExpand(assigned) > MaxBits;

    /// <summary>The binary logarithm of the names of an assignment.</summary>
    public int BitsToExpand(IPPrefix prefix) =>
        (AreInherited ? PrefixExpander.BoundaryOf(prefix) : PrefixExpander.DiscoveryLengthOf(prefix)) - prefix.Length;

    /// <summary>The assignment whose records the name of a prefix carries, unless a cut or an alias is in the way; -1 for none.</summary>
    public int AssignmentAt(IPPrefix name, AssignmentTable table)
    {
        if (AreInherited || name == zone.Prefix)
        {
            return table.LongestCovering(name);
        }

        for (int length = name.Length; length >= zone.Prefix.Length; length--)
        {
            var covering = name.Truncate(length);
            if (LengthOf(covering) != name.Length)
            {
                return -1;
            }

            if (table.Find(covering) is >= 0 and var found)
            {
                return found;
            }
        }

        return -1;
    }

    /// <summary>Whether an assignment is published at the name of a prefix or below it.</summary>
    public bool AnyAtOrBelow(IPPrefix name, AssignmentTable table)
    {
        if (table.HasWithin(name))
        {
            return true;
        }

        for (var length = name.Length - 1; length >= zone.Prefix.Length; length--)
        {
            var covering = name.Truncate(length);
            if (covering == zone.Prefix && AreInherited)
            {
                return false;
            }

            if (LengthOf(covering) < name.Length)
            {
                return false;
            }

            if (table.Find(covering) >= 0)
            {
                return true;
            }
        }

        return false;
    }

    // The length of the names of an assignment in the zone.
    private int LengthOf(IPPrefix prefix) => !AreInherited ? PrefixExpander.DiscoveryLengthOf(prefix)
        : zone.IsClassless ? 32
        : PrefixExpander.BoundaryOf(prefix);
}
