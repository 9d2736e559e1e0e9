// Reads the nat section: peer IDs and port ranges that tell apart the hosts behind one address.

using System.Globalization;
using System.Text;
using AltoDns.Protocol.Names;
using AltoDns.Zones.Configuration.Yaml;

namespace AltoDns.Zones.Configuration;

/// <param name="zones">Null where the zones are not known, so that nothing can be said about them.</param>
internal sealed class NatReader(ServerNames servers, ZoneIndex? zones, ProblemList problems)
{
    // The label "_peer" with its length octet, below the name of a full address.
    private const int PeerLabelLength = 6;

    private static readonly string[] Known = ["peers", "ports"];

    private static readonly NodeShape Section = new(
        "'nat'", "a map from prefix to rules", "198.51.100.1/32: { peers: { \"*.north\": mobile }, ports: { 1024-33791: core } }");

    private static readonly NodeShape PeersShape = new("'peers'", "a map from peer ID to ALTO server", "peers: { \"*.north\": mobile, \"*\": core }");
    private static readonly NodeShape PortsShape = new("'ports'", "a map from port range to ALTO server", "ports: { 1024-33791: core, 33792-65535: mobile }");

    public IReadOnlyList<NatDocument> Read(YamlNode node)
    {
        var nats = new List<NatDocument>();
        foreach (var (key, value) in Section.ReadEntries(node, problems))
        {
            var isPrefix = PrefixText.TryRead(key.Text, key.Position, problems, out var prefix);
            if (isPrefix && zones?.TryFindEnclosing(prefix, out _) == false)
            {
                ZonePlace.ReportOutside("NAT", prefix, key.Position, zones, problems);
            }

            var nat = ReadNat(prefix, key, value);
            if (isPrefix)
            {
                nats.Add(nat);
            }
        }

        return ZoneIndex.RejectOverlap(nats, nat => nat.Prefix, nat => nat.Position, "NAT", problems);
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
        if (fields["peers"] is null && fields["ports"] is null)
        {
            problems.Error(key.Position, $"{shape.What} has neither 'peers' nor 'ports'.", "Add one of them, or remove the line: without rules the address has the server of its prefix.");
        }

        return new NatDocument(
            prefix,
            fields["peers"] is { } peers ? ReadPeers(peers, prefix.IsIPv6) : [],
            fields["ports"] is { } ports ? ReadPorts(ports) : [],
            key.Position);
    }

    private List<NatPeerDocument> ReadPeers(YamlNode node, bool isIPv6)
    {
        var peers = new List<NatPeerDocument>();
        foreach (var (key, value) in PeersShape.ReadEntries(node, problems))
        {
            var hasServer = TryReadServer(value, $"Peer '{PrefixText.Excerpt(key.Text)}'", out var server);
            if (!CheckPattern(key, isIPv6))
            {
                continue;
            }

            if (peers.Find(peer => peer.Pattern.Equals(key.Text, StringComparison.OrdinalIgnoreCase)) is { } earlier)
            {
                problems.Error(key.Position, $"Peer '{key.Text}' already has a server at {earlier.Position}.", "Keep one of the two.");
                continue;
            }

            if (hasServer)
            {
                peers.Add(new NatPeerDocument(key.Text, server, key.Position));
            }
        }

        return peers;
    }

    private bool CheckPattern(YamlScalar pattern, bool isIPv6)
    {
        var text = PrefixText.Excerpt(pattern.Text);
        var labels = pattern.Text.Split('.');
        if (labels.Skip(1).Contains("*", StringComparer.Ordinal))
        {
            problems.Error(pattern.Position, $"Peer '{text}' has a '*' that is not its first label.", "Put it first, as in \"*.north\" (RFC 4592 §2.1.1).");
            return false;
        }

        if (Array.Find(labels, label => label != "*" && !NameText.IsLdhLabel(Encoding.UTF8.GetBytes(label))) is { } illegal)
        {
            problems.Error(
                pattern.Position,
                $"Peer '{text}' has the label '{PrefixText.Excerpt(illegal)}'.",
                "Use 1 to 63 letters, digits and inner hyphens in each label, with dots between them.");
            return false;
        }

        var address = IPPrefix.Create(UInt128.MaxValue, isIPv6 ? 128 : 32, isIPv6);
        var length = pattern.Text.Length + 1 + PeerLabelLength + ReverseName.FromPrefix(address).Length;
        if (length > DomainName.MaxLength)
        {
            problems.Error(
                pattern.Position, $"Peer '{text}' makes names of {length} octets.", $"Shorten it by {length - DomainName.MaxLength} (RFC 1035 §2.3.4).");
            return false;
        }

        return true;
    }

    private List<NatPortsDocument> ReadPorts(YamlNode node)
    {
        var ports = new List<NatPortsDocument>();
        foreach (var (key, value) in PortsShape.ReadEntries(node, problems))
        {
            var hasServer = TryReadServer(value, $"Port range '{PrefixText.Excerpt(key.Text)}'", out var server);
            if (TryReadRange(key, out var first, out var last) && hasServer)
            {
                ports.Add(new NatPortsDocument(first, last, server, key.Position));
            }
        }

        ReportOverlap(ports);
        return ports;
    }

    private bool TryReadRange(YamlScalar text, out ushort first, out ushort last)
    {
        last = 0;
        var bounds = text.Text.Split('-');
        if (bounds.Length > 2 || !TryReadPort(bounds[0], out first) || !TryReadPort(bounds[^1], out last))
        {
            first = 0;
            problems.Error(
                text.Position, $"'{PrefixText.Excerpt(text.Text)}' is not a range of ports.", "Write two numbers from 0 to 65535 such as 1024-33791, or one.");
            return false;
        }

        if (first <= last)
        {
            return true;
        }

        problems.Error(text.Position, $"The port range {text.Text} is upside down.", $"Write {last}-{first}.");
        return false;
    }

    private void ReportOverlap(List<NatPortsDocument> ports)
    {
        NatPortsDocument? reach = null;
        foreach (var range in ports.OrderBy(range => range.First))
        {
            if (range.First <= reach?.Last)
            {
                var (earlier, later) = IsBefore(reach.Position, range.Position) ? (reach, range) : (range, reach);
                problems.Error(
                    later.Position,
                    $"The ports {later.First}-{later.Last} overlap {earlier.First}-{earlier.Last} at {earlier.Position}.",
                    "Give each port to one of the two.");
            }

            reach = range.Last > (reach?.Last ?? -1) ? range : reach;
        }
    }

    private bool TryReadServer(YamlNode node, string what, out int server)
    {
        server = 0;
        return new NodeShape(what, "the name of an ALTO server", "core").TryReadText(node, problems, out var name)
            && servers.TryFind(name.Text, name.Position, 0, problems, out server);
    }

    private static bool TryReadPort(string text, out ushort port) =>
        ushort.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out port);

    private static bool IsBefore(SourcePosition left, SourcePosition right) => (left.Line, left.Column).CompareTo((right.Line, right.Column)) < 0;
}
