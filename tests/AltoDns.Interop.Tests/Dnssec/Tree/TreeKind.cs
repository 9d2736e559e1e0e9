// Which of two signers signs which zones of the tree, and how they deny.

using AltoDns.Zones.Configuration;

namespace AltoDns.Interop.Tests.Dnssec.Tree;

/// <param name="IsRootOurs">Whether AltoDns signs the root; from there down the signers alternate.</param>
/// <param name="OptOut">Only with NSEC3: in the zones that have insecure delegations.</param>
public sealed record TreeKind(bool IsRootOurs, DenialMethod Denial, bool OptOut)
{
    /// <summary>Whether AltoDns signs the zones so many cuts below the root.</summary>
    public bool IsOurs(int level) => (level % 2 == 0) == IsRootOurs;

    public override string ToString() => $"{(IsRootOurs ? "AltoDns" : "BIND")} first, {Denial}{(OptOut ? " with opt-out" : "")}";
}
