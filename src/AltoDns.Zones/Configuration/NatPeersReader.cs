// Reads the peers of a NAT: IDs and patterns with their server, and regions that another operator answers for.

using System.Text;
using AltoDns.Protocol.Names;
using AltoDns.Zones.Configuration.Yaml;

namespace AltoDns.Zones.Configuration;

/// <summary>One NAT's peers; used once.</summary>
internal sealed class NatPeersReader(ServerNames servers, IPPrefix prefix, ProblemList problems)
{
    // The label "_peer" with its length octet, below the name of a full address.
    private const int PeerLabelLength = 6;

    // What the name that a pool shares may have more than that of an address: "_nat-128-25" with its length octet, less an address label.
    private const int PoolLabelLength = 11;

    private static readonly string[] KnownOfRegion = ["nameservers", "ds"];

    private static readonly NodeShape Shape = new("'peers'", "a map from peer ID to ALTO server", "peers: { \"*.north\": mobile, \"*\": core }");
    private static readonly NodeShape NameserversShape = new("'nameservers'", "a name or a list of names", "nameservers: [ns.north.example.]");

    private readonly List<NatPeerDocument> _peers = [];
    private readonly List<NatRegionDocument> _regions = [];

    public IReadOnlyList<NatPeerDocument> Peers => _peers;

    public IReadOnlyList<NatRegionDocument> Regions => _regions;

    public void Read(YamlNode node)
    {
        foreach (var (key, value) in Shape.ReadEntries(node, problems))
        {
            if (value is YamlMap)
            {
                ReadRegion(key, value);
            }
            else
            {
                ReadPeer(key, value);
            }
        }

        ReportCovered();
        if (!problems.HasErrors)
        {
            WarnOfNeedless();
        }
    }

    private void ReadPeer(YamlScalar key, YamlNode value)
    {
        var server = 0;
        var shape = new NodeShape($"Peer '{PrefixText.Excerpt(key.Text)}'", "the name of an ALTO server", "core");
        var hasServer = shape.TryReadText(value, problems, out var name) && servers.TryFind(name.Text, name.Position, 0, problems, out server);
        if (!CheckPattern(key))
        {
            return;
        }

        if (_peers.Find(peer => IsSame(peer.Pattern, key.Text)) is { } earlier)
        {
            problems.Error(key.Position, $"Peer '{key.Text}' already has a server at {earlier.Position}.", "Keep one of the two.");
        }
        else if (hasServer)
        {
            _peers.Add(new NatPeerDocument(key.Text, server, key.Position));
        }
    }

    private void ReadRegion(YamlScalar key, YamlNode value)
    {
        var shape = new NodeShape($"Region '{PrefixText.Excerpt(key.Text)}'", "a map", "north: { nameservers: [ns.north.example.] }");
        var fields = FieldSet.Read(value, shape, shape.What, KnownOfRegion, problems);
        var nameservers = fields["nameservers"] is { } names ? NameText.ReadHosts(names, NameserversShape, problems) : [];
        if (fields["nameservers"] is null or YamlList { Items.Count: 0 })
        {
            problems.Error(key.Position, $"{shape.What} has no name servers.", "Add 'nameservers: [ns.north.example.]', or write an ALTO server's name.");
        }

        var ds = fields["ds"] is { } dsNode ? DsText.ReadAll(dsNode, problems) : [];
        if (key.Text.StartsWith('*'))
        {
            problems.Error(
                key.Position,
                $"Region '{PrefixText.Excerpt(key.Text)}' has a '*', but a wildcard cannot be delegated (RFC 4592 §4.2).",
                "Write the region's own ID, as in 'north': all IDs below go with it.");
        }
        else if (CheckPattern(key))
        {
            if (_regions.Find(region => IsSame(region.Id, key.Text)) is { } earlier)
            {
                problems.Error(key.Position, $"Region '{key.Text}' is already delegated at {earlier.Position}.", "Keep one of the two.");
                return;
            }

            _regions.Add(new NatRegionDocument(key.Text, nameservers, ds, key.Position));
        }
    }

    private bool CheckPattern(YamlScalar pattern)
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

        var address = IPPrefix.Create(UInt128.MaxValue, prefix.AddressLength, prefix.IsIPv6);
        var length = pattern.Text.Length + 1 + PeerLabelLength + ReverseName.FromPrefix(address).Length + (prefix.IsSingleAddress ? 0 : PoolLabelLength);
        if (length > DomainName.MaxLength)
        {
            problems.Error(
                pattern.Position, $"Peer '{text}' makes names of {length} octets.", $"Shorten it by {length - DomainName.MaxLength} (RFC 1035 §2.3.4).");
            return false;
        }

        if (pattern.Text.Length > PeerName.MaxIdLength)
        {
            problems.Warn(
                pattern.Position,
                $"Peer '{text}' has {pattern.Text.Length} characters, but an ID has at most {PeerName.MaxIdLength}, so it can never match.",
                "Shorten it, and the ID that the peer is given.");
        }

        return true;
    }

    // A region takes its ID and all below with it.
    private void ReportCovered()
    {
        foreach (var region in _regions)
        {
            foreach (var peer in _peers.Where(peer => IsAtOrBelow(peer.Pattern, region.Id)))
            {
                var later = IsBefore(peer.Position, region.Position) ? region.Position : peer.Position;
                var other = later == region.Position ? peer.Position : region.Position;
                problems.Error(
                    later,
                    later == region.Position
                        ? $"Region '{region.Id}' is delegated, but peer '{peer.Pattern}' has a server at {other}."
                        : $"Peer '{peer.Pattern}' has a server, but region '{region.Id}' is delegated at {other}.",
                    "Keep one of the two: who is delegated a region answers for all IDs in it.");
            }

            foreach (var inner in _regions.Where(inner => inner != region && IsAtOrBelow(inner.Id, region.Id)))
            {
                problems.Error(
                    inner.Position,
                    $"Region '{inner.Id}' lies in '{region.Id}', delegated at {region.Position}.",
                    "Remove it: who is delegated the larger region delegates the smaller one.");
            }
        }
    }

    private void WarnOfNeedless()
    {
        foreach (var peer in _peers)
        {
            // The longest wildcard above says what would hold without this one.
            var above = _peers.Where(other => StandsFor(other.Pattern, peer.Pattern)).MaxBy(other => other.Pattern.Length);
            if (above?.Server == peer.Server)
            {
                problems.Warn(
                    peer.Position, $"Peer '{peer.Pattern}' has the server that '{above.Pattern}' at {above.Position} gives it anyway.", "Remove it, unless the other is to change.");
            }
        }
    }

    // Whether a wildcard stands for an ID, or for all that another wildcard stands for.
    private static bool StandsFor(string wildcard, string pattern) =>
        wildcard.StartsWith('*')
        && wildcard != pattern
        && (wildcard == "*" || (pattern.Length > wildcard.Length && pattern.EndsWith(wildcard[1..], StringComparison.OrdinalIgnoreCase)));

    private static bool IsAtOrBelow(string pattern, string id) =>
        IsSame(pattern, id) || pattern.EndsWith("." + id, StringComparison.OrdinalIgnoreCase);

    private static bool IsSame(string left, string right) => left.Equals(right, StringComparison.OrdinalIgnoreCase);

    private static bool IsBefore(SourcePosition left, SourcePosition right) => (left.Line, left.Column).CompareTo((right.Line, right.Column)) < 0;
}
