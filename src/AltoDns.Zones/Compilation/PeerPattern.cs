// The peer IDs of a NAT as a tree of labels, each with what is meant for it and for the IDs below.
//
//   "*": core          root   wildcard core
//   "*.north": mobile  └ north        wildcard mobile, itself core
//   c1f3.north: core     └ c1f3       itself core, wildcard mobile
//   south: NS          └ south        another operator's

using AltoDns.Zones.Configuration;

namespace AltoDns.Zones.Compilation;

/// <summary>A label of a pattern, and what is below it.</summary>
internal sealed class PeerPattern
{
    private readonly SortedDictionary<string, PeerPattern> _children = new(StringComparer.Ordinal);

    private PeerPattern(string label) => Label = label;

    /// <summary>In lower case; empty for the root.</summary>
    public string Label { get; }

    public IEnumerable<PeerPattern> Children => _children.Values;

    /// <summary>The rule for exactly this ID; null for none.</summary>
    public NatPeerDocument? Own { get; private set; }

    /// <summary>The rule for the IDs below that no longer pattern matches; null where that is the one further up.</summary>
    public NatPeerDocument? Wildcard { get; private set; }

    /// <summary>The operator who answers for this ID and all below.</summary>
    public NatRegionDocument? Region { get; private set; }

    /// <summary>The tree of a NAT's peers and regions.</summary>
    public static PeerPattern TreeOf(NatDocument nat)
    {
        var root = new PeerPattern("");
        foreach (var peer in nat.Peers)
        {
            var labels = LabelsOf(peer.Pattern);
            var isWildcard = labels[^1] == "*";
            var pattern = root.Add(isWildcard ? labels.SkipLast(1) : labels);
            if (isWildcard)
            {
                pattern.Wildcard = peer;
            }
            else
            {
                pattern.Own = peer;
            }
        }

        foreach (var region in nat.Regions)
        {
            root.Add(LabelsOf(region.Id)).Region = region;
        }

        return root;
    }

    /// <summary>What holds for an ID: its own rule, else that of the longest wildcard above it; both null for the address's default.</summary>
    public (NatPeerDocument? Peer, NatRegionDocument? Region) Match(string id)
    {
        var pattern = this;
        var wildcard = Wildcard;
        var labels = LabelsOf(id);
        for (var i = 0; i < labels.Length; i++)
        {
            if (!pattern._children.TryGetValue(labels[i], out var child))
            {
                return (wildcard, null);
            }

            if (child.Region is { } region)
            {
                return (null, region);
            }

            if (i == labels.Length - 1)
            {
                return (child.Own ?? wildcard, null);
            }

            pattern = child;
            wildcard = child.Wildcard ?? wildcard;
        }

        return (wildcard, null);
    }

    private PeerPattern Add(IEnumerable<string> labels)
    {
        var pattern = this;
        foreach (var label in labels)
        {
            if (!pattern._children.TryGetValue(label, out var child))
            {
                pattern._children.Add(label, child = new PeerPattern(label));
            }

            pattern = child;
        }

        return pattern;
    }

    // From the root on, so the most specific label is the last.
    private static string[] LabelsOf(string id)
    {
        var labels = id.ToLowerInvariant().Split('.');
        Array.Reverse(labels);
        return labels;
    }
}
