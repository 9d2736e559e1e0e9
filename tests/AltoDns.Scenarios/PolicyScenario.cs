// A small random policy, and the answer that each address must get by the definition of longest-prefix match alone.

using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Zones.Compilation;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.Serving;
using AltoDns.Zones.ZoneFiles;

namespace AltoDns.Scenarios;

/// <summary>What a base zone has at a name, besides PTRs.</summary>
public enum BaseKind
{
    Ptr,
    Cname,
    Dname,
    Cut,
    WildcardPtr,
}

public sealed record BaseEntry(IPPrefix Name, BaseKind Kind);

public sealed record PolicyScenario(
    IPPrefix Zone,
    IReadOnlyList<(IPPrefix Prefix, int Server)> Assignments,
    IReadOnlyList<IPPrefix> Delegations,
    IReadOnlyList<BaseEntry> Base,
    IReadOnlyList<IPPrefix> Addresses)
{
    public const int Servers = 4;

    private static readonly SourcePosition Nowhere = new("scenario.yaml", 1, 1);

    public PolicyDocument ToPolicy(PublishMode mode) => new()
    {
        File = "scenario.yaml",
        Publish = mode,
        Zones = [new Positioned<IPPrefix>(Zone, Nowhere)],
        Soa = new SoaSettings(DomainName.Parse("ns1.example."), DomainName.Parse("hostmaster.example."), 1, 3600, 600, 86400, 300, 3600),
        Nameservers = [new Positioned<DomainName>(DomainName.Parse("ns1.example."), Nowhere)],
        Bases = [],
        Servers = [.. Enumerable.Range(0, Servers).Select(Server)],
        Assignments = [.. Assignments.Select((entry, i) => new AssignmentDocument(entry.Prefix, entry.Server, i + 1, 1))],
        Delegations = [.. Delegations.Select(Delegation)],
        Nats = [],
    };

    public void ReadBase(Action<ZoneRecord> add)
    {
        foreach (var entry in Base)
        {
            add(RecordOf(entry));
        }
    }

    private static ZoneRecord RecordOf(BaseEntry entry) => new(
        Owner(entry),
        3600,
        entry.Kind switch
        {
            BaseKind.Cname => new CnameData(DomainName.Parse("elsewhere.example.")),
            BaseKind.Dname => new DnameData(DomainName.Parse("elsewhere.example.")),
            BaseKind.Cut => new NsData(DomainName.Parse("ns.elsewhere.example.")),
            _ => new PtrData(DomainName.Parse("host.example.")),
        },
        Nowhere);

    /// <summary>The outcome for an address, and the server where one is found; by reading the policy, not by building a zone.</summary>
    public (LookupOutcome Outcome, int Server) Expect(IPPrefix address)
    {
        var above = Base.Where(entry => entry.Kind != BaseKind.WildcardPtr && entry.Name.Contains(address)).ToList();
        var closed = above.Where(entry => entry.Kind is BaseKind.Cut or BaseKind.Dname).MinBy(entry => entry.Name.Length);
        var delegation = Delegations.Where(delegation => delegation.Contains(address)).Cast<IPPrefix?>().FirstOrDefault();
        if (delegation is { } prefix && (closed is null || closed.Name.Length >= prefix.Length))
        {
            return (ReverseZone.IsClasslessLength(prefix) ? LookupOutcome.Alias : LookupOutcome.Delegation, -1);
        }

        if (closed is not null)
        {
            // A DNAME redirects what is below its owner, not the owner.
            return closed.Kind == BaseKind.Cut ? (LookupOutcome.Delegation, -1)
                : closed.Name == address ? (LookupOutcome.NoData, -1)
                : (LookupOutcome.Redirection, -1);
        }

        if (above.Any(entry => entry.Kind == BaseKind.Cname && entry.Name == address))
        {
            return (LookupOutcome.Alias, -1);
        }

        var best = Assignments.Where(entry => entry.Prefix.Contains(address)).OrderBy(entry => entry.Prefix.Length).LastOrDefault((default, -1));
        return best.Server < 0 ? (LookupOutcome.NameError, -1) : (LookupOutcome.Found, best.Server);
    }

    /// <summary>What a failing property prints.</summary>
    public override string ToString() => $"""
        zone {Zone}
        assignments {string.Join(", ", Assignments.Select(entry => $"{entry.Prefix}: s{entry.Server}"))}
        delegations {string.Join(", ", Delegations)}
        base {string.Join(", ", Base.Select(entry => $"{entry.Name} {entry.Kind}"))}
        """;

    private static DomainName Owner(BaseEntry entry)
    {
        var name = ReverseName.FromPrefix(entry.Name);
        return entry.Kind == BaseKind.WildcardPtr && name.TryPrependWildcard(out var wildcard) ? wildcard : name;
    }

    private static AltoServerDocument Server(int server) =>
        new($"s{server}", [new Positioned<string>($"https://alto{server}.example/ird", Nowhere)], [], Nowhere);

    private static DelegationDocument Delegation(IPPrefix prefix) =>
        new(prefix, [new Positioned<DomainName>(DomainName.Parse("ns.customer.example."), Nowhere)], [], [], Nowhere);
}
