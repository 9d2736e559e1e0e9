// What the names of a zone are to each other: cuts, aliases, and what lies hidden below them.

using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Zones.Serving;

namespace AltoDns.Zones.ZoneFiles;

/// <summary>A look at every name of a zone under construction, as it is when the survey is made; five octets per name.</summary>
internal sealed class ZoneSurvey
{
    private readonly ZoneBuilder _zone;
    private readonly NameTraits[] _traits;
    private readonly int[] _occluders;

    public ZoneSurvey(ZoneBuilder zone)
    {
        _zone = zone;
        _traits = new NameTraits[zone.NodeCount];
        _occluders = new int[zone.NodeCount];
        _occluders[ZoneSnapshot.Apex] = -1;
        for (var node = 0; node < _traits.Length; node++)
        {
            _traits[node] = TraitsOf(node);
            if (node != ZoneSnapshot.Apex)
            {
                // Parents come before their children.
                var parent = zone.ParentOf(node);
                _occluders[node] = _occluders[parent] >= 0 ? _occluders[parent] : IsCut(parent) || IsSubtreeAlias(parent) ? parent : -1;
            }
        }
    }

    [Flags]
    private enum NameTraits : byte
    {
        None = 0,
        NameServers = 1,
        Alias = 2,
        SubtreeAlias = 4,
        Address = 8,
    }

    /// <summary>Whether the node owns a CNAME.</summary>
    public bool IsAlias(int node) => Has(node, NameTraits.Alias);

    /// <summary>Whether the node owns a DNAME.</summary>
    public bool IsSubtreeAlias(int node) => Has(node, NameTraits.SubtreeAlias);

    /// <summary>Whether the node owns A or AAAA records.</summary>
    public bool HasAddress(int node) => Has(node, NameTraits.Address);

    public bool HasNameServers(int node) => Has(node, NameTraits.NameServers);

    /// <summary>Whether the node owns NS records and is not the apex; it may itself be hidden.</summary>
    public bool IsCut(int node) => node != ZoneSnapshot.Apex && HasNameServers(node);

    /// <summary>The topmost cut or DNAME owner strictly above the node, or -1.</summary>
    public int OccluderOf(int node) => _occluders[node];

    /// <summary>The topmost zone cut at or above the node, or -1.</summary>
    public int CutAt(int node)
    {
        var top = _occluders[node] >= 0 ? _occluders[node] : node;
        return IsCut(top) ? top : -1;
    }

    /// <summary>Whether the topmost name that hides the node is a DNAME's owner.</summary>
    public bool IsBelowSubtreeAlias(int node) => _occluders[node] >= 0 && !IsCut(_occluders[node]);

    /// <summary>The node's name, in lower case.</summary>
    public DomainName NameOf(int node)
    {
        Span<byte> wire = stackalloc byte[DomainName.MaxLength];
        var length = 0;
        for (; node != ZoneSnapshot.Apex; node = _zone.ParentOf(node))
        {
            var label = _zone.LabelOf(node);
            wire[length++] = (byte)label.Length;
            label.CopyTo(wire[length..]);
            length += label.Length;
        }

        _zone.Origin.Wire.CopyTo(wire[length..]);
        return DomainName.TryFromWire(wire[..(length + _zone.Origin.Length)], out var name) ? name : _zone.Origin;
    }

    private bool Has(int node, NameTraits trait) => (_traits[node] & trait) != 0;

    private NameTraits TraitsOf(int node)
    {
        var traits = NameTraits.None;
        for (var record = _zone.Nodes[node].FirstRecord; record >= 0; record = _zone.Records[record].Next)
        {
            traits |= _zone.Records[record].Type switch
            {
                RecordType.NS => NameTraits.NameServers,
                RecordType.CNAME => NameTraits.Alias,
                RecordType.DNAME => NameTraits.SubtreeAlias,
                RecordType.A or RecordType.AAAA => NameTraits.Address,
                _ => NameTraits.None,
            };
        }

        return traits;
    }
}
