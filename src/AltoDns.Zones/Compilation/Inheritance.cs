// Gives every address name the records of the longest prefix that covers it, so that a lookup needs no prefix match.
//
//   2.0.192          <- 192.0.2.0/24: core       *.2.0.192         wildcard: core, for all addresses without a name
//   ├─ 1             <- PTR of the base zone     inherits core
//   ├─ 128 … 255     <- 192.0.2.128/25: mobile   128 names, each mobile
//   └─ 64-26         <- cut                      nothing: the child's operator answers

using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.Serving;

namespace AltoDns.Zones.Compilation;

/// <summary>One zone's assignments, applied to its names; used once.</summary>
internal sealed class Inheritance(ZoneBuilder builder, ReverseZone zone, PolicyDocument policy, ProblemList problems)
{
    // The first name, in the order of its prefix, at which an assignment is hidden.
    private readonly Dictionary<int, int> _hidden = [];

    // Per node: the assignment that holds there plus one, 0 for none; the address bits its name stands for, -1 for other names.
    private int[] _assignments = new int[builder.NodeCount];
    private sbyte[] _blocked = [];
    private short[] _addressBits = [];

    /// <summary>The assignments that some name of theirs cannot carry; known after <see cref="Apply"/>.</summary>
    public IReadOnlyList<HiddenAssignment> Hidden =>
        [.. _hidden.Select(entry => new HiddenAssignment(policy.Assignments[entry.Key].Prefix, builder.NameOf(entry.Value), ReasonAt(entry.Value)))];

    /// <summary>Puts an assignment at the names that it is expanded to; a longer prefix is to come after a shorter one.</summary>
    public void Assign(int assignment, IEnumerable<IPPrefix> prefixes)
    {
        Span<byte> name = stackalloc byte[DomainName.MaxLength];
        foreach (var prefix in prefixes)
        {
            var node = builder.AddName(name[..zone.WriteName(prefix, name)]);
            GrowableArray.EnsureRoom(ref _assignments, node + 1);
            _assignments[node] = assignment + 1;
        }
    }

    /// <summary>Shares out the servers' records to the names that may carry them.</summary>
    /// <param name="servers">For each server of the policy what <see cref="ZoneBuilder.DefineShared"/> returned.</param>
    public void Apply(IReadOnlyList<int> servers)
    {
        var count = builder.NodeCount;
        GrowableArray.EnsureRoom(ref _assignments, count);
        _addressBits = new short[count];
        _blocked = new sbyte[count];
        var inherits = policy.Publish == PublishMode.EveryName;
        for (var node = 0; node < count; node++)
        {
            var parent = builder.ParentOf(node);
            _addressBits[node] = (short)(node == 0 ? zone.Prefix.Length : zone.AddressBits(_addressBits[parent], builder.LabelOf(node)));
            _blocked[node] = (sbyte)BlockOf(node, (Block)_blocked[parent]);
            var isOwn = _assignments[node] != 0;
            if (!isOwn && node != 0 && inherits && _addressBits[node] >= 0)
            {
                _assignments[node] = _assignments[parent];
            }

            Publish(node, isOwn, servers);
        }
    }

    private void Publish(int node, bool isOwn, IReadOnlyList<int> servers)
    {
        var assignment = _assignments[node] - 1;
        if (assignment < 0 || _addressBits[node] < 0)
        {
            return;
        }

        var shared = servers[policy.Assignments[assignment].Server];
        if (_blocked[node] == (sbyte)Block.None)
        {
            builder.Share(node, shared);
        }
        else if (isOwn)
        {
            NoteHidden(assignment, node);
        }

        // Names below an alias are no aliases (RFC 1034 §3.6.2), so the addresses there are still ours.
        if (_blocked[node] is (sbyte)Block.None or (sbyte)Block.Cname
            && policy.Publish == PublishMode.EveryName
            && _addressBits[node] < zone.Prefix.AddressLength)
        {
            ShareWildcard(node, shared);
        }
    }

    private void ShareWildcard(int node, int shared)
    {
        // RFC 4592: stands in for the names that do not exist below this one.
        var wildcard = builder.AddWildcard(node);
        if (builder.HasRecord(wildcard, RecordType.CNAME) || builder.HasRecord(wildcard, RecordType.DNAME))
        {
            problems.Warn(
                new SourcePosition(policy.File, 0, 0),
                $"The base zone has an alias at the wildcard *.{builder.NameOf(node)}, so addresses without a name of their own follow it and find no ALTO server.",
                "Replace the alias by records, or publish the ALTO records in the zone that it leads to.");
            return;
        }

        builder.Share(wildcard, shared);
    }

    // A cut, an alias and all that lies below a cut or a DNAME cannot carry records of ours.
    private Block BlockOf(int node, Block parent)
    {
        if (parent is Block.Cut or Block.Dname or Block.BelowCut or Block.BelowDname)
        {
            return parent is Block.Cut or Block.BelowCut ? Block.BelowCut : Block.BelowDname;
        }

        if (node != 0 && builder.HasRecord(node, RecordType.NS))
        {
            return Block.Cut;
        }

        if (builder.HasRecord(node, RecordType.DNAME))
        {
            return Block.Dname;
        }

        return builder.HasRecord(node, RecordType.CNAME) ? Block.Cname : Block.None;
    }

    private void NoteHidden(int assignment, int node)
    {
        if (!_hidden.TryGetValue(assignment, out var first) || PrefixOf(node) < PrefixOf(first))
        {
            _hidden[assignment] = node;
        }
    }

    private IPPrefix PrefixOf(int node)
    {
        Span<byte> name = stackalloc byte[DomainName.MaxLength];
        zone.TryGetPrefix(name[..builder.WriteName(node, name)], out var prefix);
        return prefix;
    }

    private HidingReason ReasonAt(int node) => (Block)_blocked[node] switch
    {
        Block.Cut or Block.BelowCut => HidingReason.Cut,
        Block.Dname or Block.BelowDname => HidingReason.Dname,
        _ => HidingReason.Alias,
    };

    private enum Block
    {
        None,
        Cname,
        Cut,
        Dname,
        BelowCut,
        BelowDname,
    }
}
