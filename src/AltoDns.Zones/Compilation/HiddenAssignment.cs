// An assignment that a zone cannot publish at all its names, and why.

using AltoDns.Protocol.Names;
using AltoDns.Zones.Configuration;

namespace AltoDns.Zones.Compilation;

internal enum HidingReason
{
    /// <summary>The name is at or below a zone cut.</summary>
    Cut,

    /// <summary>The name owns a DNAME or is below one.</summary>
    Dname,

    /// <summary>The name owns a CNAME.</summary>
    Alias,
}

/// <param name="Name">The first of the names that cannot carry its records.</param>
internal readonly record struct HiddenAssignment(IPPrefix Prefix, DomainName Name, HidingReason Reason)
{
    public void Report(SourcePosition position, ProblemList problems)
    {
        var (reason, remedy) = Reason switch
        {
            HidingReason.Cut => ("is delegated to other name servers", "Let the operator of that zone publish it, or shorten the delegation"),
            HidingReason.Dname => ("is redirected by a DNAME", "Publish it in the zone that the DNAME leads to, or remove the DNAME"),
            _ => ("is an alias", "Publish it in the zone that the alias leads to, or remove the alias"),
        };
        problems.Warn(position, $"The assignment of {Prefix} is hidden, wholly or in part: {Name} {reason}.", $"{remedy}.");
    }
}
