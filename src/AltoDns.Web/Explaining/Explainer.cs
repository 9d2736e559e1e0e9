// Finds why an address gets its answer: from the policy what was meant, from the compiled zones what is answered.

using System.Globalization;
using System.Net;
using AltoDns.Discovery.Procedure;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Server.Listening;
using AltoDns.Zones.Compilation;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.Loading;
using AltoDns.Zones.Serving;

namespace AltoDns.Web.Explaining;

public sealed class Explainer
{
    /// <summary>How a server is asked that listens where it does by default.</summary>
    public const string DefaultDig = "dig @127.0.0.1 -p 5300";

    private readonly LoadedZones _loaded;
    private readonly string _dig;
    private readonly ZoneSet _zones;
    private readonly LocalQuestion _question;
    private readonly DnssecAdvisor _dnssec;
    private readonly DynamicLayerFile _dynamic;

    /// <param name="loaded">Zones that were loaded without errors.</param>
    /// <param name="dnssec">Knows how far the zones' keys are.</param>
    /// <param name="dynamic">What updates have made of the zones.</param>
    /// <param name="dig">How the server is asked.</param>
    public Explainer(LoadedZones loaded, DnssecAdvisor dnssec, DynamicLayerFile dynamic, string dig = DefaultDig)
    {
        _dig = dig;
        _dynamic = dynamic;
        _dnssec = dnssec;
        _loaded = loaded;
        _zones = dynamic.Zones;
        _question = new LocalQuestion(_zones);
    }

    /// <summary>How a server is asked at an endpoint; at a wildcard address by the loopback.</summary>
    public static string DigAt(IPEndPoint endpoint)
    {
        var address = endpoint.Address.Equals(IPAddress.Any) ? IPAddress.Loopback : endpoint.Address.Equals(IPAddress.IPv6Any) ? IPAddress.IPv6Loopback : endpoint.Address;
        return endpoint.Port == ListenAddress.DefaultPort ? $"dig @{address}" : string.Create(CultureInfo.InvariantCulture, $"dig @{address} -p {endpoint.Port}");
    }

    /// <summary>Explains one address, or a prefix that RFC 8686 §3.2 supports.</summary>
    /// <param name="peers">What else is known of a peer that has the address; then it is one full address.</param>
    public Explanation Explain(IPPrefix prefix, IReadOnlyList<PeerKey> peers)
    {
        var discovery = LookupTable.Of(prefix).ToList();
        var names = discovery.ConvertAll(Ask);
        var snapshot = FindEnclosing(discovery[0].Name);
        var zone = snapshot?.Origin;
        var policy = _loaded.Policies.FirstOrDefault(policy => policy.Zones.Any(zone => zone.Value.Contains(prefix)));
        var covering = policy is null ? [] : Covering(policy, prefix);
        var delegation = policy?.Delegations.FirstOrDefault(delegation => delegation.Prefix.Contains(prefix));
        return new Explanation(
            prefix.IsSingleAddress ? prefix.Address.ToString() : prefix.ToString(),
            policy?.File,
            zone?.ToString(),
            covering.FirstOrDefault(),
            [.. covering.Skip(1)],
            delegation is null ? null : new ExplainedPlace(delegation.Prefix.ToString(), delegation.Position.ToString()),
            Verdict(zone, policy, covering.FirstOrDefault(), delegation, names),
            snapshot is null ? null : _dnssec.Describe(snapshot, _loaded.Signing.GetValueOrDefault(snapshot.Origin)),
            names,
            string.Create(
                CultureInfo.InvariantCulture,
                $"{_dig} {(prefix.IsSingleAddress ? $"-x {prefix.Address}" : names[0].Name)} NAPTR"),
            [.. peers.Select(peer => ExplainPeer(policy, prefix, peer))]);
    }

    private ExplainedPeer ExplainPeer(PolicyDocument? policy, IPPrefix address, PeerKey peer)
    {
        var name = Ask(new LookupStep(peer.ToString(), peer.NameBelow(ReverseName.FromPrefix(address))));
        var (why, place) = name.Dynamic is { } records && records.Any(record => record.Ttl is not null)
            ? ("An update has given it records of its own.", null)
            : PeerRules.Explain(policy, address, peer);
        return new ExplainedPeer(peer.ToString(), why, place, name, $"{_dig} {name.Name} NAPTR");
    }

    private ExplainedName Ask(LookupStep discovery)
    {
        var answer = _question.Ask(discovery.Name, RecordType.NAPTR);
        return new ExplainedName(
            discovery.Step,
            discovery.Name.ToString(),
            FindEnclosing(discovery.Name) is not null,
            answer.Answers.Any(record => record.Data is NaptrData naptr && DiscoveryRecords.IsAlto(naptr)),
            answer.ResponseCode.Mnemonic(),
            [.. answer.Answers.Select(record => record.ToString())],
            [.. answer.Referral.Select(record => record.ToString())],
            _dynamic.At(discovery.Name).Select(DynamicRecordJson.Of).ToList() is { Count: > 0 } dynamic ? dynamic : null);
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

    private ZoneSnapshot? FindEnclosing(DomainName domain)
    {
        var name = new LookupName();
        name.Set(domain.Wire);
        return _zones.FindEnclosing(name);
    }

    private static string Verdict(
        DomainName? zone, PolicyDocument? policy, ExplainedAssignment? winner, DelegationDocument? delegation, List<ExplainedName> names)
    {
        if (zone is null)
        {
            return "It is outside the zones served here.";
        }

        var found = names.FindIndex(name => name.HasServer);
        var where = found < 0 ? "" : $"{names[found].Rule}, lookup {found + 1} of {names.Count}";
        if (policy is null)
        {
            var served = $"No policy has a zone for it; zone {zone} is served as its file has it";
            return found < 0 ? $"{served}, without an ALTO server for it." : $"{served}, with an ALTO server at {where}.";
        }

        if (delegation is not null)
        {
            var nameservers = string.Join(", ", delegation.Nameservers.Select(nameserver => nameserver.Value));
            return $"It is delegated to {nameservers}, which {(delegation.Nameservers.Count == 1 ? "answers" : "answer")} for it."
                + (found < 0 ? "" : $" A client that finds no ALTO server there goes on to {where}.");
        }

        if (winner is null)
        {
            return "No assignment covers it, so there is no ALTO server for it.";
        }

        var assigned = $"The longest prefix, {winner.Prefix}, is assigned to '{winner.Server}'";
        if (found < 0)
        {
            return $"{assigned}, but no name leads there: see what the names answer, and 'altodns check'.";
        }

        // What others answer is not known here.
        var elsewhere = names.FindIndex(0, found, name => name.Referral.Count > 0 || LeadsAway(name));
        return elsewhere < 0
            ? $"{assigned} and found at {where}."
            : $"{assigned} and found at {where}, unless a client finds another where {names[elsewhere].Rule} leads.";
    }

    // An alias that ends outside the zones served here.
    private static bool LeadsAway(ExplainedName name) =>
        name.Answers.Count > 0 && name.Answers[^1].Contains(" CNAME ", StringComparison.Ordinal);
}
