// What a name has: records of its own, which updates may change, and those that the policy gives it.

using AltoDns.Protocol.Records;

namespace AltoDns.Zones.Updating;

/// <summary>Not safe for several threads.</summary>
/// <param name="own">From files, transfers and updates; protected ones included.</param>
/// <param name="policys">The discovery records of the policy that the name carries unless something is in their way.</param>
/// <param name="isInherited">Whether the policy gives them to any name here, and not to this one by a rule of its own.</param>
internal sealed class NameContent(List<HeldRecord> own, IReadOnlyList<HeldRecord> policys, bool isInherited)
{
    public List<HeldRecord> Own { get; } = own;

    public IReadOnlyList<HeldRecord> Policys { get; } = policys;

    /// <summary>Whether the name exists for another reason than its own records: as a name of the policy, or above others.</summary>
    public bool ExistsAnyway { get; init; }

    /// <summary>The records that are published.</summary>
    /// <param name="isApex">Whether the name is the zone's apex, whose NS are no cut.</param>
    public IEnumerable<HeldRecord> Published(bool isApex)
    {
        // An alias and a cut carry no discovery records; see Inheritance.
        var isBlocked = Own.Exists(record => record.Type is RecordType.CNAME or RecordType.DNAME || (record.Type == RecordType.NS && !isApex));
        if (isBlocked || Policys.Count == 0)
        {
            return Own;
        }

        // What a name inherits gives way to what it was given itself; where the policy has a rule for this very name, that holds.
        return isInherited
            ? Own.Exists(record => record.IsDiscovery) ? Own : [.. Own, .. Policys]
            : [.. Own.Where(record => !record.IsDiscovery), .. Policys];
    }

    /// <summary>What a client sees of the name: nothing of a name that does not exist.</summary>
    public IEnumerable<HeldRecord> Visible(bool isApex) => Own.Count == 0 && !ExistsAnyway ? [] : Published(isApex);

    public NameContent Copy() => new([.. Own], Policys, isInherited) { ExistsAnyway = ExistsAnyway };
}
