// Reads one policy: first its sections, in any order, then what they say about each other.

using AltoDns.Zones.Compilation;
using AltoDns.Zones.Configuration.Yaml;

namespace AltoDns.Zones.Configuration;

internal sealed class PolicyFileReader(PolicyContext context)
{
    private const string Assignments = "assignments";

    private static readonly string[] Known =
        ["zones", "publish", "ttl", "soa", "nameservers", "base", "alto-servers", Assignments, "delegations", "nat", "dnssec"];

    private static readonly string[] Modes = ["every-name", "rfc8686-names"];

    private static readonly NodeShape NameserversShape = new(
        "'nameservers'", "a name or a list of names", "nameservers: [ns1.isp1.example., ns2.isp1.example.]");

    private readonly Dictionary<string, (YamlNode? Node, SourcePosition Key)> _sections = new(StringComparer.Ordinal);
    // Settings that somebody meant to write: that they are missing is no second mistake.
    private readonly HashSet<string> _misspelt = new(StringComparer.Ordinal);

    private readonly AssignmentReader _assignments = new(context);

    private ProblemList Problems => context.Problems;

    public ZonesReader Zones { get; } = new(context.Problems);

    /// <summary>Reads a file's text; null, with the problems noted, where it has errors.</summary>
    /// <param name="text">The whole text.</param>
    /// <param name="lines">Assignments in it that need no parser; null for none.</param>
    /// <param name="isCertain">False where the lines may not be what they seem: what was read is to be thrown away then, and the text read without them.</param>
    public PolicyDocument? Read(byte[] text, AssignmentLines? lines, out bool isCertain)
    {
        _assignments.Lines = lines;
        var isRead = Utf8Text.Check(text, context.File, Problems) && new YamlSource(lines?.Remainder ?? text, context.File, Problems, lines?.Cut ?? default).Run(ReadSections);
        isCertain = _assignments.Lines is null;
        if (!isRead || !isCertain || (_sections.Count == 0 && Problems.HasErrors))
        {
            isCertain &= isRead || lines is null;
            return null;
        }

        var document = Interpret();
        return Problems.HasErrors ? null : document;
    }

    private SourcePosition WholeFile => new(context.File, 0, 0);

    private void ReadSections(YamlSource source)
    {
        if (!source.TryOpenDocument())
        {
            Problems.Error(WholeFile, "The file is empty.", "Start with 'zones:' and the prefixes to publish.");
            return;
        }

        if (!source.AtMap)
        {
            new NodeShape("The file", "a map of settings", "zones: [192.0.2.0/24]").Refuse(source.ReadNode(), Problems);
            source.CloseDocument();
            return;
        }

        source.OpenMap();
        while (source.TryReadKey(out var text, out var position))
        {
            var key = new YamlScalar(position, text, isPlain: true);
            if (!FieldSet.CheckKey(key, "A policy", Known, Problems))
            {
                _misspelt.Add(Spelling.Closest(text, Known) ?? text);
                source.ReadNode();
            }
            else if (_sections.TryGetValue(text, out var earlier))
            {
                FieldSet.ReportDuplicate(key, earlier.Key, Problems);
                source.ReadNode();
            }
            else if (text == Assignments)
            {
                _sections.Add(text, (null, position));
                _assignments.Read(source);
            }
            else
            {
                _sections.Add(text, (source.ReadNode(), position));
            }
        }

        source.CloseDocument();
    }

    private PolicyDocument Interpret()
    {
        var zones = ReadZones();
        var soa = Section("soa") is { } soaNode ? SoaReader.Read(soaNode, Problems) : null;
        var nameservers = Section("nameservers") is { } names ? NameText.ReadHosts(names, NameserversShape, Problems) : [];
        var bases = Section("base") is { } baseNode ? new BaseReader(zones, context).Read(baseNode, Zones.Origins) : [];
        var servers = ReadServers();
        var serverNames = new ServerNames(Section("alto-servers") is null ? null : servers);
        var assignments = _assignments.Resolve(serverNames, zones);
        var document = new PolicyDocument
        {
            File = context.File,
            Zones = Zones.Reverse,
            ForwardZones = Zones.Forward,
            Publish = ReadPublish(),
            TimeToLive = NumberText.ReadSeconds(Section("ttl"), "'ttl'", 3600, Problems),
            Soa = soa,
            Nameservers = nameservers,
            Bases = bases,
            Servers = servers,
            Assignments = assignments,
            Delegations = Section("delegations") is { } delegations ? new DelegationReader(zones, Problems).Read(delegations) : [],
            Nats = Section("nat") is { } nat ? new NatReader(serverNames, zones, Problems).Read(nat) : [],
            Dnssec = Section("dnssec") is { } dnssec ? new DnssecReader(Problems).Read(dnssec) : null,
        };
        RequireApex(document);
        RejectFixedSerial(document);
        if (!Problems.HasErrors)
        {
            WarnOfUnused(zones!, serverNames);
            CertificateReader.WarnOfUnserved(servers, zones!, Problems);
        }

        return document;
    }

    private YamlNode? Section(string name) => _sections.TryGetValue(name, out var section) ? section.Node : null;

    // Null where a zone is missing or has a fault: what lies in no zone might lie in that one.
    private ZoneIndex? ReadZones()
    {
        if (Section("zones") is not { } node || node is YamlScalar { IsNull: true } or YamlList { Items.Count: 0 })
        {
            ReportMissing("zones", Section("zones")?.Position ?? WholeFile, "The policy has no zones.", "Add 'zones: [192.0.2.0/24]' with the prefixes to publish.");
            return null;
        }

        return Zones.Read(node);
    }

    private IReadOnlyList<AltoServerDocument> ReadServers()
    {
        if (Section("alto-servers") is { } node)
        {
            return AltoServerReader.Read(node, context);
        }

        var user = _sections.TryGetValue(Assignments, out var section) || _sections.TryGetValue("nat", out section) ? section.Key : default;
        if (user != default)
        {
            ReportMissing("alto-servers", user, "There are no 'alto-servers' to assign.", "Add 'alto-servers: { core: { uri: https://alto1.isp1.example/ird } }'.");
        }

        return [];
    }

    private PublishMode ReadPublish()
    {
        if (Section("publish") is not { } node
            || !new NodeShape("'publish'", "a word", "publish: every-name").TryReadText(node, Problems, out var text))
        {
            return PublishMode.EveryName;
        }

        var mode = Array.IndexOf(Modes, text.Text);
        if (mode < 0)
        {
            Problems.Error(text.Position, $"'publish' cannot be '{PrefixText.Excerpt(text.Text)}'.", $"Write {Modes[0]} or {Modes[1]}.");
        }

        return mode == 1 ? PublishMode.Rfc8686Names : PublishMode.EveryName;
    }

    // RFC 1034 §4.2.1: every zone has an SOA record and NS records at its top, from the policy or from its base.
    private void RequireApex(PolicyDocument document)
    {
        foreach (var (zone, position) in document.Zones)
        {
            RequireApex(zone.ToString(), position, entry => BaseReader.IsFor(entry, zone));
        }

        foreach (var (zone, position) in document.ForwardZones)
        {
            RequireApex(zone.ToString(), position, entry => BaseReader.IsFor(entry, zone));
        }
    }

    // Each change of the base is a new version of the zone (RFC 1034 §4.3.5).
    private void RejectFixedSerial(PolicyDocument document)
    {
        if (document.Soa?.Serial is not null && document.Bases.FirstOrDefault(source => source.Transfer is not null) is { } transferred)
        {
            Problems.Error(
                transferred.Position, "The base is transferred and may change at any time, so that 'serial' in 'soa' cannot stay as it is.", "Remove 'serial'; it then counts up by itself.");
        }
    }

    private void RequireApex(string zone, SourcePosition position, Func<YamlEntry, bool> isItsBase)
    {
        if (Section("base") is { } given && (given is not YamlMap map || BaseTransferReader.IsTransfer(given) || map.Entries.Any(isItsBase)))
        {
            return;
        }

        if (Section("soa") is null)
        {
            ReportMissing(
                "soa", position, $"Zone {zone} has no SOA record, neither from 'soa' nor from a base.", "Add 'soa: { primary: ns1.isp1.example., contact: hostmaster@isp1.example }'.");
        }

        if (Section("nameservers") is null or YamlList { Items.Count: 0 })
        {
            ReportMissing(
                "nameservers", position, $"Zone {zone} has no name servers, neither from 'nameservers' nor from a base.", "Add 'nameservers: [ns1.isp1.example., ns2.isp1.example.]'.");
        }
    }

    private void ReportMissing(string section, SourcePosition position, string fault, string remedy)
    {
        if (!_misspelt.Contains(section))
        {
            Problems.Error(position, fault, remedy);
        }
    }

    private void WarnOfUnused(ZoneIndex zones, ServerNames servers)
    {
        // One whose transport key is served here may guide by another policy.
        foreach (var server in servers.Unused.Where(server => !TransportKeys.EndpointsOf(server).Any(endpoint => zones.EnclosesHost(endpoint.Host))))
        {
            Problems.Warn(server.Position, $"ALTO server '{server.Name}' guides nobody.", "Assign a prefix to it, or remove it.");
        }

        foreach (var (zone, position) in zones.Unassigned)
        {
            Problems.Warn(position, $"No part of zone {zone} has an ALTO server.", "Assign a prefix in it under 'assignments'.");
        }
    }
}
