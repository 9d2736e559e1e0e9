// Reads the nat section: what tells apart the hosts behind one address, or behind each address of a pool.

using AltoDns.Protocol.Names;
using AltoDns.Zones.Configuration.Yaml;

namespace AltoDns.Zones.Configuration;

/// <param name="zones">Null where the zones are not known, so that nothing can be said about them.</param>
internal sealed class NatReader(ServerNames servers, ZoneIndex? zones, ProblemList problems)
{
    /// <summary>Every address of a pool has a name of its own, so a pool is no larger than 2^16.</summary>
    private const int MaxPoolBits = 16;

    private static readonly string[] Known = ["peers", "ports", "port-blocks", "map-e"];

    private static readonly NodeShape Section = new(
        "'nat'", "a map from prefix to rules", "198.51.100.1/32: { peers: { \"*.north\": mobile }, ports: { 1024-33791: core } }");

    private readonly NatPortsReader _ports = new(servers, problems);

    public IReadOnlyList<NatDocument> Read(YamlNode node)
    {
        var nats = new List<NatDocument>();
        foreach (var (key, value) in Section.ReadEntries(node, problems))
        {
            var isPrefix = PrefixText.TryRead(key.Text, key.Position, problems, out var prefix);
            if (isPrefix)
            {
                CheckPrefix(prefix, key.Position);
            }

            var nat = ReadNat(prefix, key, value);
            if (isPrefix)
            {
                nats.Add(nat);
            }
        }

        return ZoneIndex.RejectOverlap(nats, nat => nat.Prefix, nat => nat.Position, "NAT", problems);
    }

    private void CheckPrefix(IPPrefix prefix, SourcePosition position)
    {
        if (zones?.TryFindEnclosing(prefix, out _) == false)
        {
            ZonePlace.ReportOutside("NAT", prefix, position, zones, problems);
        }
        else if (prefix.AddressLength - prefix.Length > MaxPoolBits)
        {
            problems.Error(
                position,
                $"NAT {prefix} has more than {1 << MaxPoolBits} addresses, and each would get a name.",
                $"Write only the external addresses of its devices, in pools of /{prefix.AddressLength - MaxPoolBits} or longer.");
        }
    }

    private NatDocument ReadNat(IPPrefix prefix, YamlScalar key, YamlNode node)
    {
        var shape = new NodeShape($"The NAT {PrefixText.Excerpt(key.Text)}", "a map of 'peers' and 'ports'", Section.Example);
        if (node is not YamlMap)
        {
            shape.Refuse(node, problems);
            return new NatDocument(prefix, [], [], key.Position);
        }

        var fields = FieldSet.Read(node, shape, shape.What, Known, problems);
        if (Known.All(name => fields[name] is null))
        {
            problems.Error(key.Position, $"{shape.What} has neither 'peers' nor 'ports'.", "Add one of them, or remove the line: without rules the address has the server of its prefix.");
        }

        var peers = new NatPeersReader(servers, prefix, problems);
        if (fields["peers"] is { } peersNode)
        {
            peers.Read(peersNode);
        }

        return new NatDocument(prefix, peers.Peers, ReadPorts(fields, shape.What), key.Position)
        {
            Regions = peers.Regions,
            Map = fields["map-e"] is { } map ? new NatMapReader(servers, problems).Read(map, prefix) : null,
        };
    }

    private IReadOnlyList<NatPortsDocument> ReadPorts(FieldSet fields, string what)
    {
        if (fields["map-e"] is { } map && (fields["ports"] ?? fields["port-blocks"]) is { })
        {
            problems.Error(map.Position, $"{what} has 'map-e' beside other rules for ports.", "Keep one of the two: MAP-E says whose every port is (RFC 7597 §5.1).");
            return [];
        }

        List<NatPortsDocument> ports =
        [
            .. fields["ports"] is { } ranges ? _ports.ReadRanges(ranges) : [],
            .. fields["port-blocks"] is { } blocks ? _ports.ReadBlocks(blocks) : [],
        ];
        _ports.ReportOverlap(ports);
        if (fields["port-blocks"] is null)
        {
            _ports.WarnOfGaps(ports);
        }

        return ports;
    }
}
