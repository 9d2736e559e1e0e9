// Reads one policy: first its sections, in any order, then what they say about each other.

using System.Text.Unicode;
using AltoDns.Protocol.Names;
using AltoDns.Zones.Configuration.Yaml;

namespace AltoDns.Zones.Configuration;

internal sealed class PolicyFileReader(PolicyContext context)
{
    private const string Assignments = "assignments";

    private static readonly string[] Known =
        ["zones", "publish", "ttl", "soa", "nameservers", "base", "alto-servers", Assignments, "delegations", "nat"];

    private static readonly string[] Modes = ["every-name", "rfc8686-names"];

    private static readonly NodeShape ZonesShape = new("'zones'", "a prefix or a list of prefixes", "zones: [192.0.2.0/24, 2001:db8:1::/48]");

    private static readonly NodeShape NameserversShape = new(
        "'nameservers'", "a name or a list of names", "nameservers: [ns1.isp1.example., ns2.isp1.example.]");

    private readonly Dictionary<string, (YamlNode? Node, SourcePosition Key)> _sections = new(StringComparer.Ordinal);
    // Settings that somebody meant to write: that they are missing is no second mistake.
    private readonly HashSet<string> _misspelt = new(StringComparer.Ordinal);

    private readonly AssignmentReader _assignments = new(context);

    private ProblemList Problems => context.Problems;

    /// <summary>The zones read so far; of use also where the rest of the file has errors.</summary>
    public IReadOnlyList<Positioned<IPPrefix>> Zones { get; private set; } = [];

    /// <summary>Reads a file's text; null, with the problems noted, where it has errors.</summary>
    public PolicyDocument? Read(byte[] text)
    {
        if (!IsText(text) || !new YamlSource(text, context.File, Problems).Run(ReadSections) || (_sections.Count == 0 && Problems.HasErrors))
        {
            return null;
        }

        var document = Interpret();
        return Problems.HasErrors ? null : document;
    }

    private SourcePosition WholeFile => new(context.File, 0, 0);

    private bool IsText(byte[] text)
    {
        // To YAML's parser a zero octet is the end: what follows would be lost in silence.
        var fault = Array.IndexOf(text, (byte)0);
        if (fault < 0 && Utf8.IsValid(text))
        {
            return true;
        }

        fault = fault < 0 ? FirstBadOctet(text) : fault;
        var before = text.AsSpan(0, fault);
        Problems.Error(
            new SourcePosition(context.File, before.Count((byte)'\n') + 1, fault - before.LastIndexOf((byte)'\n')),
            "The file is not UTF-8 text.",
            "Save it as UTF-8.");
        return false;
    }

    private static int FirstBadOctet(byte[] text)
    {
        Utf8.ToUtf16(text, new char[text.Length], out var read, out _, replaceInvalidSequences: false);
        return read;
    }

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
        var bases = Section("base") is { } baseNode ? BaseReader.Read(baseNode, zones, context) : [];
        var servers = ReadServers();
        var serverNames = new ServerNames(Section("alto-servers") is null ? null : servers);
        var assignments = _assignments.Resolve(serverNames, zones);
        var document = new PolicyDocument
        {
            File = context.File,
            Zones = Zones,
            Publish = ReadPublish(),
            TimeToLive = NumberText.ReadSeconds(Section("ttl"), "'ttl'", 3600, Problems),
            Soa = soa,
            Nameservers = nameservers,
            Bases = bases,
            Servers = servers,
            Assignments = assignments,
            Delegations = Section("delegations") is { } delegations ? new DelegationReader(zones, Problems).Read(delegations) : [],
            Nats = Section("nat") is { } nat ? new NatReader(serverNames, zones, Problems).Read(nat) : [],
        };
        RequireApex(document);
        if (!Problems.HasErrors)
        {
            WarnOfUnused(zones, serverNames);
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

        var zones = new List<Positioned<IPPrefix>>();
        var count = 0;
        foreach (var item in NodeShape.Items(node))
        {
            count++;
            if (ZonesShape.TryReadText(item, Problems, out var text)
                && HasLength(text)
                && PrefixText.TryRead(text.Text, text.Position, Problems, out var prefix))
            {
                zones.Add(new Positioned<IPPrefix>(prefix, text.Position));
            }
        }

        Zones = ZoneIndex.RejectOverlap(zones, zone => zone.Value, zone => zone.Position, "Zone", Problems);
        return zones.Count == count ? new ZoneIndex(Zones) : null;
    }

    private bool HasLength(YamlScalar text)
    {
        if (text.Text.Contains('/') || IPPrefix.TryParse(text.Text, out var address) != PrefixError.None)
        {
            return true;
        }

        Problems.Error(
            text.Position, $"Zone {text.Text} has no prefix length.", address.IsIPv6 ? $"Write it, as in {text.Text}/48." : $"Write it, as in {text.Text}/24.");
        return false;
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
        var isBaseGiven = Section("base") is not null and not YamlMap;
        foreach (var (zone, position) in document.Zones)
        {
            if (isBaseGiven || (Section("base") is YamlMap map && map.Entries.Any(entry => BaseIsFor(entry, zone))))
            {
                continue;
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
    }

    private void ReportMissing(string section, SourcePosition position, string fault, string remedy)
    {
        if (!_misspelt.Contains(section))
        {
            Problems.Error(position, fault, remedy);
        }
    }

    private static bool BaseIsFor(YamlEntry entry, IPPrefix zone) =>
        IPPrefix.TryParse(entry.Key.Text, out var prefix) == PrefixError.None && zone.Contains(prefix);

    private void WarnOfUnused(ZoneIndex? zones, ServerNames servers)
    {
        foreach (var server in servers.Unused)
        {
            Problems.Warn(server.Position, $"ALTO server '{server.Name}' guides nobody.", "Assign a prefix to it, or remove it.");
        }

        foreach (var (zone, position) in zones?.Unassigned ?? [])
        {
            Problems.Warn(position, $"No part of zone {zone} has an ALTO server.", "Assign a prefix in it under 'assignments'.");
        }
    }
}
