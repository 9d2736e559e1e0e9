// What the NSEC and NSEC3 records of a verified response prove about a name.

using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;

namespace AltoDns.Discovery.Validating;

internal enum Proof
{
    /// <summary>The records do not show it.</summary>
    Missing,

    /// <summary>They show it.</summary>
    Shown,

    /// <summary>They show that nothing can be shown: opt-out (RFC 5155 §6), or more iterations than are worth it (RFC 9276 §3.2).</summary>
    Unprovable,

    /// <summary>They show a delegation without DS at the very name: what is below is unsigned.</summary>
    UnsignedDelegation,
}

/// <summary>An NSEC record whose signature was verified.</summary>
internal sealed record VerifiedNsec(DomainName Apex, DomainName Owner, NsecData Data, uint TimeToLive);

/// <summary>The same questions, answered from NSEC or from NSEC3 records of one zone.</summary>
internal interface IDenial
{
    /// <summary>The name does not exist, nor a wildcard in its place.</summary>
    Proof NameError(DomainName name);

    /// <summary>The name, or the wildcard in its place, has no records of the type.</summary>
    Proof NoData(DomainName name, RecordType type);

    /// <summary>The name itself does not exist, so that a wildcard below an encloser with so many labels may stand for it.</summary>
    Proof WildcardApplies(DomainName name, int closestEncloserLabels);
}

internal static class Denials
{
    /// <summary>What both kinds of records say of a name that has a record: whether it lacks the type (RFC 4035 §5.4, RFC 6840 §4.1, §4.3).</summary>
    public static Proof AtName(TypeBitmap types, RecordType type)
    {
        if (types.Contains(type) || types.Contains(RecordType.CNAME))
        {
            return Proof.Missing;
        }

        var isDelegation = types.Contains(RecordType.NS) && !types.Contains(RecordType.SOA);
        if (type != RecordType.DS)
        {
            // The parent's record says nothing of what the child has.
            return isDelegation ? Proof.Missing : Proof.Shown;
        }

        // A child's own record says nothing of the DS, which is the parent's.
        if (types.Contains(RecordType.SOA))
        {
            return Proof.Missing;
        }

        return isDelegation ? Proof.UnsignedDelegation : Proof.Shown;
    }

    /// <summary>Whether a record at an ancestor of a name cannot speak of what is below it: a delegation or a redirection.</summary>
    public static bool EndsAuthority(TypeBitmap types) =>
        (types.Contains(RecordType.NS) && !types.Contains(RecordType.SOA)) || types.Contains(RecordType.DNAME);

    /// <summary>The ancestor of a name that has so many labels; the name itself where it has no more.</summary>
    public static DomainName Ancestor(DomainName name, int labels)
    {
        while (name.LabelCount > labels)
        {
            name = name.Parent;
        }

        return name;
    }

    /// <summary>Labels that two names have in common, counted from the root.</summary>
    public static int CommonLabels(DomainName left, DomainName right)
    {
        var most = Math.Min(left.LabelCount, right.LabelCount);
        left = Ancestor(left, most);
        right = Ancestor(right, most);
        while (left != right)
        {
            left = left.Parent;
            right = right.Parent;
        }

        return left.LabelCount;
    }
}
