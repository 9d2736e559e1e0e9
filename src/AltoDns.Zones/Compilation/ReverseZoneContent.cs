// A zone of the reverse tree: delegations, the discovery records of every prefix that is assigned in it, and its NATs.

using AltoDns.Protocol.Records;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.ZoneFiles;

namespace AltoDns.Zones.Compilation;

internal sealed class ReverseZoneContent(
    ReverseZone zone, SourcePosition position, PolicyDocument policy, Lazy<AssignmentTable> assignments)
    : ZoneContent(zone.Origin, position)
{
    /// <summary>Names that room is made for at once; more are taken as they come.</summary>
    private const int MaxNamesExpected = 1 << 26;

    private readonly AssignmentNames _names = new(zone, policy.Publish);

    public override ReverseZone Zone => zone;

    public override int EstimatedNames
    {
        get
        {
            var names = assignments.Value.Within(zone.Prefix).Sum(assignment => 1L << Math.Min(_names.BitsToExpand(policy.Assignments[assignment].Prefix), AssignmentNames.MaxBits));
            var withWildcards = policy.Publish == PublishMode.EveryName ? names * 2 : names;

            // A twelfth more for the names between those of the assignments and the apex.
            return (int)Math.Min(withWildcards * 13 / 12 + base.EstimatedNames, MaxNamesExpected);
        }
    }

    // One place says which server guides a prefix, or the longest prefix would not win.
    public override string? ReasonToLeaveOut(ZoneRecord record) => record.Data switch
    {
        NaptrData naptr when DiscoveryRecords.IsAlto(naptr) => $"The ALTO NAPTR of the base zone at {record.Owner} is not served: the policy's assignments take its place.",
        TxtData text when DiscoveryRecords.IsKey(text) => $"The ALTO key record of the base zone at {record.Owner} is not served: the policy's keys take its place.",
        _ => null,
    };

    public override IReadOnlyList<HiddenAssignment> AddTo(ZoneDraft draft, ProblemList problems)
    {
        var builder = draft.Zone;
        foreach (var delegation in policy.Delegations.Where(delegation => zone.Prefix.Contains(delegation.Prefix)))
        {
            DelegationCompiler.Add(builder, zone, delegation, policy.TimeToLive, problems);
        }

        // What the base zone and the delegations make together must be a zone before anything is inherited in it.
        ZoneChecker.Check(draft);
        var inheritance = new Inheritance(builder, zone, policy, problems);
        var covering = assignments.Value.LongestCovering(zone.Prefix);
        if (covering >= 0)
        {
            inheritance.Assign(covering, [zone.Prefix]);
        }

        foreach (var assignment in assignments.Value.Within(zone.Prefix))
        {
            var entry = policy.Assignments[assignment];
            if (_names.AreTooMany(entry.Prefix))
            {
                problems.Error(
                    new SourcePosition(policy.File, entry.Line, entry.Column),
                    $"The assignment of {entry.Prefix} would need more than {1 << AssignmentNames.MaxBits} names in publish mode rfc8686-names.",
                    "Assign a prefix of at least /112, or use publish: every-name.");
                continue;
            }

            inheritance.Assign(assignment, _names.Of(entry.Prefix));
        }

        var nats = new NatCompiler(builder, zone, policy, assignments, problems);
        nats.AddAddresses();
        int[] servers = [.. policy.Servers.Select(server => builder.DefineShared(DiscoveryRecords.Of(server), policy.TimeToLive))];
        inheritance.Apply(servers);
        nats.Publish(servers);
        return inheritance.Hidden;
    }
}
