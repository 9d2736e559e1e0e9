// Reads the parameters of a MAP-E domain (RFC 7597): whose ports are whose follows from them.

using AltoDns.Protocol.Names;
using AltoDns.Zones.Compilation;
using AltoDns.Zones.Configuration.Yaml;

namespace AltoDns.Zones.Configuration;

internal sealed class NatMapReader(ServerNames servers, ProblemList problems)
{
    // RFC 7597 §5.2.
    private const int MaxEmbeddedLength = 48;
    private const int PortBits = 16;
    private const int DefaultOffset = 6;

    private static readonly string[] KnownOfMap = ["rule-ipv6", "ea-length", "psid-offset", "assignments"];

    private static readonly NodeShape Shape = new(
        "'map-e'", "a map of 'rule-ipv6', 'ea-length' and 'psid-offset'", "map-e: { rule-ipv6: 2001:db8::/40, ea-length: 16 }");

    private static readonly NodeShape AssignmentsShape = new("'assignments'", "a map from IPv6 prefix to ALTO server", "assignments: { 2001:db8:8000::/41: mobile }");

    private readonly NatPortsReader _numbers = new(servers, problems);

    /// <summary>Reads the parameters; null, with the problems noted, where they make no rule.</summary>
    /// <param name="pool">The NAT's prefix, which is the rule's IPv4 prefix.</param>
    public NatMapDocument? Read(YamlNode node, IPPrefix pool)
    {
        var fields = FieldSet.Read(node, Shape, Shape.What, KnownOfMap, problems);
        if (fields["rule-ipv6"] is not { } ruleNode || fields["ea-length"] is not { } lengthNode)
        {
            problems.Error(node.Position, "'map-e' needs 'rule-ipv6' and 'ea-length'.", $"Write it as '{Shape.Example}'.");
            return null;
        }

        var hasRule = TryReadRulePrefix(ruleNode, out var rulePrefix);
        var embedded = _numbers.ReadNumber(lengthNode, "'ea-length'", 0, MaxEmbeddedLength, -1);
        var offset = _numbers.ReadNumber(fields["psid-offset"], "'psid-offset'", 0, PortBits - 1, DefaultOffset);
        var assignments = fields["assignments"] is { } map && hasRule ? ReadAssignments(map, rulePrefix) : null;
        if (pool.IsIPv6)
        {
            problems.Error(node.Position, $"'map-e' stands at {pool}, but what MAP-E shares is IPv4 (RFC 7597 §5).", "Put it at the rule's IPv4 prefix.");
            return null;
        }

        if (!hasRule || embedded < 0)
        {
            return null;
        }

        var rule = new MapRule(rulePrefix, pool, embedded, offset);
        return CheckRule(rule, node.Position) ? new NatMapDocument(rule, assignments, node.Position) : null;
    }

    private bool CheckRule(MapRule rule, SourcePosition position)
    {
        if (rule.IPv6.Length + rule.EmbeddedLength > 128)
        {
            problems.Error(
                position, $"{rule.IPv6} and {rule.EmbeddedLength} EA bits are more than 128 bits.", "Correct 'rule-ipv6' or 'ea-length' (RFC 7597 §5.2).");
            return false;
        }

        var suffix = 32 - rule.IPv4.Length;
        if (rule.EmbeddedLength <= suffix)
        {
            problems.Error(
                position,
                $"With {rule.EmbeddedLength} EA bits, no address of {rule.IPv4} is shared: its addresses alone have {suffix} bits.",
                "Correct 'ea-length', or assign the prefix under 'assignments': an address that one customer has needs no NAT rule.");
            return false;
        }

        if (rule.IdentifierLength + rule.PortOffset > PortBits)
        {
            problems.Error(
                position,
                $"A PSID of {rule.IdentifierLength} bits after an offset of {rule.PortOffset} does not fit into a port of 16.",
                "Correct 'ea-length' or 'psid-offset' (RFC 7597 §5.1).");
            return false;
        }

        return true;
    }

    private bool TryReadRulePrefix(YamlNode node, out IPPrefix prefix)
    {
        prefix = default;
        if (!new NodeShape("'rule-ipv6'", "an IPv6 prefix", "rule-ipv6: 2001:db8::/40").TryReadText(node, problems, out var text)
            || !PrefixText.TryRead(text.Text, text.Position, problems, out prefix))
        {
            return false;
        }

        if (!prefix.IsIPv6)
        {
            problems.Error(text.Position, $"'rule-ipv6' is {prefix}, which is IPv4.", "Write the rule's IPv6 prefix; its IPv4 prefix is that of the NAT.");
        }

        return prefix.IsIPv6;
    }

    private List<AssignmentDocument> ReadAssignments(YamlNode node, IPPrefix rule)
    {
        var assignments = new List<AssignmentDocument>();
        foreach (var (key, value) in AssignmentsShape.ReadEntries(node, problems))
        {
            var server = 0;
            var hasServer = new NodeShape($"The assignment of {PrefixText.Excerpt(key.Text)}", "the name of an ALTO server", "core").TryReadText(value, problems, out var name)
                && servers.TryFind(name.Text, name.Position, 0, problems, out server);
            if (!PrefixText.TryRead(key.Text, key.Position, problems, out var prefix))
            {
                continue;
            }

            if (!rule.Contains(prefix) && !prefix.Contains(rule))
            {
                problems.Error(key.Position, $"Prefix {prefix} has no customer of the rule {rule}.", "Correct it, or remove it.");
            }
            else if (assignments.Exists(earlier => earlier.Prefix == prefix))
            {
                problems.Error(key.Position, $"Prefix {prefix} is already assigned here.", "Keep one of the two.");
            }
            else if (hasServer)
            {
                assignments.Add(new AssignmentDocument(prefix, server, key.Position.Line, key.Position.Column));
            }
        }

        return assignments;
    }
}
