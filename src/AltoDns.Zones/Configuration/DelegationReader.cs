// Reads the delegations section: address space whose reverse zone another operator serves.

using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Zones.Compilation;
using AltoDns.Zones.Configuration.Yaml;

namespace AltoDns.Zones.Configuration;

/// <param name="zones">Null where the zones are not known, so that nothing can be said about them.</param>
internal sealed class DelegationReader(ZoneIndex? zones, ProblemList problems)
{
    private static readonly string[] Known = ["nameservers", "ds", "glue"];

    private static readonly NodeShape Section = new(
        "'delegations'", "a map from prefix to delegation", "192.0.2.64/26: { nameservers: [ns.customer.example.] }");

    private static readonly NodeShape NameserversShape = new("'nameservers'", "a name or a list of names", "nameservers: [ns.customer.example.]");

    private static readonly NodeShape GlueShape = new(
        "'glue'", "a map from name server to addresses", "glue: { ns.64-26.2.0.192.in-addr.arpa.: [192.0.2.65, 2001:db8::65] }");

    public IReadOnlyList<DelegationDocument> Read(YamlNode node)
    {
        var delegations = new List<DelegationDocument>();
        foreach (var (key, value) in Section.ReadEntries(node, problems))
        {
            var isPrefix = PrefixText.TryRead(key.Text, key.Position, problems, out var prefix);
            IReadOnlyList<DomainName>? cuts = null;
            if (isPrefix && zones is not null)
            {
                cuts = FindCuts(prefix, key.Position, zones);
            }

            var delegation = ReadDelegation(prefix, cuts, key, value);
            if (isPrefix)
            {
                delegations.Add(delegation);
            }
        }

        return ZoneIndex.RejectOverlap(delegations, delegation => delegation.Prefix, delegation => delegation.Position, "Delegation", problems);
    }

    // The names of the cuts; null, with the problem noted, where the zones have no place for them.
    private IReadOnlyList<DomainName>? FindCuts(IPPrefix prefix, SourcePosition position, ZoneIndex index)
    {
        if (index.TryFindCovered(prefix, out var covered))
        {
            problems.Error(
                position,
                prefix == covered.Value
                    ? $"Delegation {prefix} is the whole zone listed at {covered.Position}."
                    : $"Delegation {prefix} covers the zone {covered.Value} listed at {covered.Position}.",
                "Delegate a part of a zone, or remove the zone.");
            return null;
        }

        if (!index.TryFindEnclosing(prefix, out var zone))
        {
            ZonePlace.ReportOutside("Delegation", prefix, position, index, problems);
            return null;
        }

        if (ReverseZone.IsClasslessLength(zone.Value))
        {
            problems.Error(
                position,
                $"Delegation {prefix} lies in {zone.Value}, and RFC 2317 gives no name to a part of so small a zone.",
                "Have the holder of the /24 delegate it, and list under 'zones' what remains.");
            return null;
        }

        var apexLength = ReverseZone.Covering(zone.Value).First().Prefix.Length;
        if (prefix.Length <= apexLength)
        {
            problems.Error(
                position,
                $"Delegation {prefix} is at the top of a zone, because {zone.Value} becomes zones of /{apexLength}.",
                "List under 'zones' only what you serve; the zone above delegates the rest.");
            return null;
        }

        return [.. ReverseZone.Covering(prefix).Select(child => child.Origin)];
    }

    private DelegationDocument ReadDelegation(IPPrefix prefix, IReadOnlyList<DomainName>? cuts, YamlScalar key, YamlNode node)
    {
        var shape = new NodeShape($"The delegation of {PrefixText.Excerpt(key.Text)}", "a map", $"{PrefixText.Excerpt(key.Text)}: {{ nameservers: [ns.customer.example.] }}");
        if (node is not YamlMap)
        {
            shape.Refuse(node, problems);
            return new DelegationDocument(prefix, [], [], [], key.Position);
        }

        var fields = FieldSet.Read(node, shape, shape.What, Known, problems);
        var nameservers = fields["nameservers"] is { } names ? NameText.ReadHosts(names, NameserversShape, problems) : [];
        if (fields["nameservers"] is null or YamlList { Items.Count: 0 })
        {
            problems.Error(key.Position, $"{shape.What} has no name servers.", "Add 'nameservers: [ns.customer.example.]'.");
        }

        var ds = fields["ds"] is { } dsNode ? ReadDs(dsNode, cuts) : [];
        var glue = fields["glue"] is { } glueNode ? ReadGlue(glueNode, nameservers, cuts) : [];
        RequireGlue(nameservers, glue, fields["glue"], cuts);
        return new DelegationDocument(prefix, nameservers, glue, ds, key.Position);
    }

    private IReadOnlyList<RecordData> ReadDs(YamlNode node, IReadOnlyList<DomainName>? cuts)
    {
        var records = DsText.ReadAll(node, problems);
        if (records.Count > 0 && cuts is { Count: > 1 })
        {
            problems.Error(
                node.Position,
                $"One DS record cannot fit the {cuts.Count} zones that this delegation becomes, because its digest covers the zone's name.",
                "Delegate each of them by itself (RFC 4034 §5.1.4).");
        }

        return records;
    }

    private List<GlueDocument> ReadGlue(YamlNode node, IReadOnlyList<Positioned<DomainName>> nameservers, IReadOnlyList<DomainName>? cuts)
    {
        var glue = new List<GlueDocument>();
        foreach (var (key, value) in GlueShape.ReadEntries(node, problems))
        {
            if (!NameText.TryReadHost(key, problems, out var name))
            {
                continue;
            }

            if (nameservers.Count > 0 && !nameservers.Any(nameserver => nameserver.Value == name))
            {
                problems.Error(key.Position, $"Name server {name} has glue but is not one of this delegation.", "List it under 'nameservers', or remove its glue.");
            }
            else if (cuts is not null && !IsBelow(name, cuts))
            {
                problems.Error(
                    key.Position, $"Name server {name} does not lie below {cuts[0]}, so its address is not glue.", "Remove it: resolvers find the address by themselves (RFC 9471 §2.1).");
            }

            var shape = new NodeShape($"The glue of {name}", "an address or a list of addresses", $"{name}: [192.0.2.65, 2001:db8::65]");
            foreach (var text in shape.ReadTexts(value, problems))
            {
                ReadAddress(text, name, glue);
            }
        }

        return glue;
    }

    private void ReadAddress(YamlScalar text, DomainName nameserver, List<GlueDocument> glue)
    {
        if (IPPrefix.TryParse(text.Text, out var address) != PrefixError.None || !address.IsSingleAddress || text.Text.Contains('/'))
        {
            problems.Error(text.Position, $"'{PrefixText.Excerpt(text.Text)}' is not an address.", "Write one such as 192.0.2.65 or 2001:db8::65, without a length.");
            return;
        }

        if (address.Address is { IsIPv4MappedToIPv6: true } mapped)
        {
            problems.Error(text.Position, $"Address {text.Text} is IPv4 in IPv6 form.", $"Write {mapped.MapToIPv4()}.");
            return;
        }

        var entry = new GlueDocument(nameserver, address);
        if (glue.Contains(entry))
        {
            problems.Error(text.Position, $"Name server {nameserver} already has the address {address.Address}.", "Keep one of the two.");
            return;
        }

        glue.Add(entry);
    }

    // RFC 9471 §2.1: a referral to name servers below the cut is of no use without their addresses.
    private void RequireGlue(
        IReadOnlyList<Positioned<DomainName>> nameservers, List<GlueDocument> glue, YamlNode? node, IReadOnlyList<DomainName>? cuts)
    {
        foreach (var (name, position) in nameservers)
        {
            var isGiven = glue.Exists(entry => entry.Nameserver == name) || (node as YamlMap)?.Entries.Any(entry => entry.Key.Text.TrimEnd('.') == name.ToString().TrimEnd('.')) == true;
            if (cuts is not null && !isGiven && IsBelow(name, cuts))
            {
                problems.Error(
                    position, $"Name server {name} lies below the delegation, so nobody can find its address.", $"Add 'glue: {{ {name}: 192.0.2.65 }}' with its addresses (RFC 9471 §2.1).");
            }
        }
    }

    private static bool IsBelow(DomainName name, IReadOnlyList<DomainName> cuts) => cuts.Any(name.IsSubdomainOf);
}
