// A small random policy with NATs, and the server that each peer must get, by reading the rules one by one.

using System.Globalization;
using System.Text;
using AltoDns.Protocol.Names;

namespace AltoDns.Scenarios;

public sealed record NatPeerRule(string Pattern, int Server);

public sealed record NatPortRule(int First, int Last, int Server);

/// <param name="Rule">The rule's IPv6 prefix; the IPv4 prefix is the NAT's.</param>
public sealed record NatMapRule(IPPrefix Rule, int EmbeddedLength, int Offset, IReadOnlyList<(IPPrefix Prefix, int Server)> Assignments);

/// <param name="Regions">IDs that are delegated, none at or above a peer or another.</param>
public sealed record NatRules(
    IPPrefix Prefix, IReadOnlyList<NatPeerRule> Peers, IReadOnlyList<string> Regions, IReadOnlyList<NatPortRule> Ports, NatMapRule? Map);

/// <summary>What a tracker asks for: an address alone, with an ID, or with a port.</summary>
public sealed record NatQuestion(IPPrefix Address, string? Id = null, ushort? Port = null)
{
    /// <summary>The name to ask for.</summary>
    /// <param name="address">The name of the address.</param>
    public DomainName NameBelow(DomainName address)
    {
        if (Port is { } port)
        {
            return PeerName.FromPort(address, port);
        }

        return Id is not null && PeerName.TryFromId(address, Id, out var name) ? name : address;
    }
}

public sealed record NatScenario(
    IPPrefix Zone, bool EveryName, IReadOnlyList<(IPPrefix Prefix, int Server)> Assignments, IReadOnlyList<NatRules> Nats, IReadOnlyList<NatQuestion> Questions)
{
    /// <summary>Instead of a server: the question is referred to another operator.</summary>
    public const int Referred = -2;

    /// <summary>Instead of a server: none.</summary>
    public const int Nobody = -1;

    public const int Servers = 4;

    /// <summary>The server that a question leads to, by the definition of the rules alone.</summary>
    public int Expect(NatQuestion question)
    {
        var byDefault = Longest(Assignments, question.Address);
        var nat = Nats.FirstOrDefault(nat => nat.Prefix.Contains(question.Address));
        if (question is { Id: null, Port: null })
        {
            // The other mode has records at an address only where the assignment is one of this length or just above.
            return EveryName ? byDefault : Assignments.Any(entry => entry.Prefix.Length > Above(entry.Prefix) && entry.Prefix.Contains(question.Address)) ? byDefault : Nobody;
        }

        var matched = nat is null ? Nobody : question.Port is { } port ? ExpectPort(nat, question.Address, port) : ExpectId(nat, question.Id!);
        return matched != Nobody ? matched : EveryName ? byDefault : Nobody;
    }

    /// <summary>The policy as an operator would write it.</summary>
    public string ToYaml()
    {
        var text = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $$"""
            zones: ["{{Zone}}"]
            publish: {{(EveryName ? "every-name" : "rfc8686-names")}}
            soa: { primary: ns1.example., contact: hostmaster.example., serial: 1, negative-ttl: 300 }
            nameservers: [ns1.example.]
            alto-servers:

            """));
        for (var server = 0; server < Servers; server++)
        {
            text.Append(CultureInfo.InvariantCulture, $"  s{server}: {{ uri: \"https://alto{server}.example/ird\" }}\n");
        }

        text.Append("assignments:\n");
        foreach (var (prefix, server) in Assignments)
        {
            text.Append(CultureInfo.InvariantCulture, $"  \"{prefix}\": s{server}\n");
        }

        text.Append("nat:\n");
        foreach (var nat in Nats)
        {
            text.Append(CultureInfo.InvariantCulture, $"  \"{nat.Prefix}\":\n");
            AppendMap(text, "peers", nat.Peers.Select(peer => ($"\"{peer.Pattern}\"", $"s{peer.Server}")).Concat(nat.Regions.Select(region => (region, "{ nameservers: [ns.region.example.] }"))));
            AppendMap(text, "ports", nat.Ports.Select(range => ($"{range.First}-{range.Last}", $"s{range.Server}")));
            if (nat.Map is { } map)
            {
                var assignments = string.Join(", ", map.Assignments.Select(entry => $"\"{entry.Prefix}\": s{entry.Server}"));
                text.Append(CultureInfo.InvariantCulture, $"    map-e: {{ rule-ipv6: \"{map.Rule}\", ea-length: {map.EmbeddedLength}, psid-offset: {map.Offset}, assignments: {{ {assignments} }} }}\n");
            }
        }

        return text.ToString();
    }

    private static int ExpectId(NatRules nat, string id)
    {
        var labels = id.ToLowerInvariant().Split('.');
        for (var start = 0; start < labels.Length; start++)
        {
            var rest = string.Join('.', labels[start..]);
            if (nat.Regions.Contains(rest))
            {
                return Referred;
            }

            var pattern = start == 0 ? rest : "*." + rest;
            if (nat.Peers.FirstOrDefault(peer => peer.Pattern.Equals(pattern, StringComparison.OrdinalIgnoreCase)) is { } rule
                && !Enumerable.Range(start, labels.Length - start).Any(below => nat.Regions.Contains(string.Join('.', labels[below..]))))
            {
                return rule.Server;
            }
        }

        return nat.Peers.FirstOrDefault(peer => peer.Pattern == "*")?.Server ?? Nobody;
    }

    private static int ExpectPort(NatRules nat, IPPrefix address, ushort port)
    {
        if (nat.Map is { } map)
        {
            return ExpectCustomer(nat.Prefix, map, address, port);
        }

        return nat.Ports.FirstOrDefault(range => range.First <= port && port <= range.Last)?.Server ?? Nobody;
    }

    // RFC 7597 §5 read bit by bit.
    private static int ExpectCustomer(IPPrefix pool, NatMapRule map, IPPrefix address, ushort port)
    {
        var portBits = Convert.ToString(port, 2).PadLeft(16, '0');
        if (map.Offset > 0 && !portBits[..map.Offset].Contains('1'))
        {
            return Nobody;
        }

        var suffix = Bits(address)[pool.Length..32];
        var identifier = portBits.Substring(map.Offset, map.EmbeddedLength - suffix.Length);
        var customer = Bits(map.Rule)[..map.Rule.Length] + suffix + identifier;
        return map.Assignments
            .Where(entry => customer.StartsWith(Bits(entry.Prefix)[..entry.Prefix.Length], StringComparison.Ordinal))
            .OrderByDescending(entry => entry.Prefix.Length)
            .Select(entry => entry.Server)
            .FirstOrDefault(Nobody);
    }

    private static string Bits(IPPrefix prefix) => string.Concat(Enumerable.Range(0, 128).Select(bit => (prefix.Bits >> (127 - bit) & 1) == 1 ? '1' : '0'));

    // The length of the longest name that RFC 8686 looks up above full addresses.
    private static int Above(IPPrefix prefix) => prefix.IsIPv6 ? 64 : 24;

    private static int Longest(IReadOnlyList<(IPPrefix Prefix, int Server)> assignments, IPPrefix address) =>
        assignments.Where(entry => entry.Prefix.Contains(address)).OrderByDescending(entry => entry.Prefix.Length).Select(entry => entry.Server).FirstOrDefault(Nobody);

    private static void AppendMap(StringBuilder text, string key, IEnumerable<(string Key, string Value)> entries)
    {
        var list = entries.ToList();
        if (list.Count > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"    {key}:\n").Append(string.Concat(list.Select(entry => $"      {entry.Key}: {entry.Value}\n")));
        }
    }
}
