// Finds why an address gets its answer: from the policy what was meant, from the compiled zones what is answered.

using System.Globalization;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.Loading;
using AltoDns.Zones.Serving;

namespace AltoDns.Cli.Explaining;

internal sealed class Explainer
{
    private readonly LoadedZones _loaded;
    private readonly ZoneSet _zones;
    private readonly LocalQuestion _question;

    /// <param name="loaded">Zones that were loaded without errors.</param>
    public Explainer(LoadedZones loaded)
    {
        _loaded = loaded;
        _zones = loaded.Zones ?? throw new ArgumentException("The zones have errors.", nameof(loaded));
        _question = new LocalQuestion(_zones);
    }

    /// <summary>Explains one address, or a prefix that RFC 8686 §3.2 supports.</summary>
    public Explanation Explain(IPPrefix prefix)
    {
        var names = DiscoveryNames.Of(prefix).Select(Ask).ToList();
        var policy = _loaded.Policies.FirstOrDefault(policy => policy.Zones.Any(zone => zone.Value.Contains(prefix)));
        var covering = policy is null ? [] : Covering(policy, prefix);
        var delegation = policy?.Delegations.FirstOrDefault(delegation => delegation.Prefix.Contains(prefix));
        return new Explanation(
            prefix.IsSingleAddress ? prefix.Address.ToString() : prefix.ToString(),
            policy?.File,
            EnclosingZone(prefix)?.Origin.ToString(),
            covering.FirstOrDefault(),
            [.. covering.Skip(1)],
            delegation is null ? null : new ExplainedPlace(delegation.Prefix.ToString(), delegation.Position.ToString()),
            Verdict(policy, covering.FirstOrDefault(), delegation, names),
            names,
            string.Create(CultureInfo.InvariantCulture, $"dig @127.0.0.1 -p 5300 {names[0].Name} NAPTR"));
    }

    private ExplainedName Ask(DiscoveryName discovery)
    {
        var answer = _question.Ask(discovery.Name, RecordType.NAPTR);
        return new ExplainedName(discovery.Rule, discovery.Name.ToString(), answer.ResponseCode, answer.Answers, answer.Referral);
    }

    private static List<ExplainedAssignment> Covering(PolicyDocument policy, IPPrefix prefix) =>
    [
        .. policy.Assignments
            .Where(assignment => assignment.Prefix.Contains(prefix))
            .OrderByDescending(assignment => assignment.Prefix.Length)
            .Select(assignment => new ExplainedAssignment(
                assignment.Prefix.ToString(),
                policy.Servers[assignment.Server].Name,
                [.. policy.Servers[assignment.Server].Uris.Select(uri => uri.Value)],
                new SourcePosition(policy.File, assignment.Line, assignment.Column).ToString())),
    ];

    private ZoneSnapshot? EnclosingZone(IPPrefix prefix)
    {
        var name = new LookupName();
        name.Set(DiscoveryNames.Of(prefix).First().Name.Wire);
        return _zones.FindEnclosing(name);
    }

    private static string Verdict(
        PolicyDocument? policy, ExplainedAssignment? winner, DelegationDocument? delegation, List<ExplainedName> names)
    {
        var answering = names.FirstOrDefault(name => name.Answers.Any(answer => answer.Contains(" NAPTR ", StringComparison.Ordinal)));
        if (policy is null)
        {
            return "No policy has a zone for it.";
        }

        if (delegation is not null)
        {
            return $"It is delegated to {string.Join(", ", delegation.Nameservers.Select(nameserver => nameserver.Value))}, which answer for it.";
        }

        if (winner is null)
        {
            return "No assignment covers it, so there is no ALTO server for it.";
        }

        return answering is null
            ? $"The longest prefix, {winner.Prefix}, is assigned to '{winner.Server}', but no name leads there: see what the names answer, and 'altodns check'."
            : $"The longest prefix, {winner.Prefix}, is assigned to '{winner.Server}' and found at {answering.Rule}, lookup {names.IndexOf(answering) + 1} of {names.Count}.";
    }
}
