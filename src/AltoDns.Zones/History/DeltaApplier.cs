// Edits a zone as the changes of an incremental transfer say, checking that they fit it and leave a zone.

using AltoDns.Protocol.Names;
using AltoDns.Protocol.Presentation;
using AltoDns.Protocol.Records;
using AltoDns.Protocol.Security;
using AltoDns.Zones.Serving;

namespace AltoDns.Zones.History;

/// <summary>Costs in proportion to the changes, see <see cref="SnapshotEditor"/>; used once.</summary>
internal sealed class DeltaApplier
{
    private readonly ZoneSnapshot _before;
    private readonly Dictionary<DomainName, NameRecords> _names = [];
    private readonly LookupName _lookup = new();
    private readonly Nsec3ParamData? _chain;
    private string? _fault;

    public DeltaApplier(ZoneSnapshot before)
    {
        _before = before;
        _chain = before.Nsec3?.Parameters;
    }

    /// <inheritdoc cref="ZoneIncrement.Apply"/>
    public ZoneSnapshot? Run(IReadOnlyList<ZoneIncrement> changes, out string? fault)
    {
        var serial = _before.Serial;
        foreach (var change in changes)
        {
            if (change.SerialBefore != serial)
            {
                fault = $"a change begins at serial {change.SerialBefore}, not at {serial}";
                return null;
            }

            // RFC 1995 §4: all of a change's deletions come before its additions.
            if (!change.Removed.All(TryRemove) || !change.Added.All(TryAdd))
            {
                fault = _fault;
                return null;
            }

            serial = change.SerialAfter;
        }

        var after = IsZone() ? Build() : null;
        if (after is not null && after.Serial != serial)
        {
            _fault = $"the changes end at serial {serial}, and their SOA record has {after.Serial}";
        }

        fault = _fault;
        return fault is null ? after : null;
    }

    private bool TryRemove(DeltaRecord record)
    {
        if (TryGet(record) is not { } records)
        {
            return false;
        }

        // What a snapshot leaves out cannot be found in it: links of another chain, signatures of nothing.
        return records.TryRemove(record)
            || (record.Type == RecordType.NSEC3 && _chain is not null && !NameRecords.IsOfChain(record.Data.Span, _chain))
            || (record.Type == RecordType.RRSIG && IsOfNothing(record))
            || Fail($"{record.Type.Mnemonic()} data is removed from {record.Owner} that is not there");
    }

    private bool TryAdd(DeltaRecord record) =>
        TryGet(record) is { } records
        && (records.TryAdd(record) || Fail($"{record.Type.Mnemonic()} data is added to {record.Owner} that is there already"));

    private NameRecords? TryGet(DeltaRecord record)
    {
        if (_names.TryGetValue(record.Owner, out var records))
        {
            return records;
        }

        if (!record.Owner.IsSubdomainOf(_before.Origin))
        {
            Fail($"{record.Owner} lies outside the zone");
            return null;
        }

        records = new NameRecords();
        _lookup.Set(record.Owner.Wire);
        if (_before.FindNode(_lookup) is >= 0 and var node)
        {
            for (var i = 0; i < _before.RRsetsOf(node).Length; i++)
            {
                records.Load(_before, _before.FirstRRset(node) + i);
            }
        }

        if (HashOf(record.Owner) is { } hash && _before.Nsec3!.Count > 0 && _before.Nsec3.Find(hash, out var isExact) is var link && isExact)
        {
            records.Load(_before, _before.Nsec3.RRsetOf(link));
        }

        _names.Add(record.Owner, records);
        return records;
    }

    // Whether a signature covers a type that its owner had no records of in the version before.
    private bool IsOfNothing(DeltaRecord signature)
    {
        _lookup.Set(signature.Owner.Wire);
        var node = _before.FindNode(_lookup);
        if (node < 0)
        {
            return true;
        }

        foreach (ref readonly var rrset in _before.RRsetsOf(node))
        {
            if (NameRecords.Covers(signature.Data.Span, rrset.Type))
            {
                return false;
            }
        }

        return true;
    }

    private bool IsZone()
    {
        foreach (var (name, records) in _names)
        {
            if (records.FindFault(name == _before.Origin) is { } fault)
            {
                return Fail($"{name} {fault}");
            }
        }

        // A chain that others follow was left out of the version before.
        return !_names.TryGetValue(_before.Origin, out var apex)
            || (apex.ChainParameters() is var chain && Equals(chain, _chain))
            || Fail("the parameters of the NSEC3 chain change");
    }

    private ZoneSnapshot? Build()
    {
        var editor = new SnapshotEditor(_before);
        var parents = _names.Where(entry => !entry.Value.IsEmpty && entry.Key != _before.Origin).Select(entry => entry.Key.Parent).ToHashSet();
        foreach (var (name, records) in _names)
        {
            var rrsets = records.ToRRsets();
            if (HashOf(name) is not { } hash)
            {
                editor.Set(name, rrsets);
                continue;
            }

            if (records.IsProofOnly && (parents.Contains(name) || HasNamesBelow(name)))
            {
                Fail($"{name} is a hash of a name and has names below it");
                return null;
            }

            // A name of 32 characters of that alphabet may be an ordinary one all the same.
            editor.Set(name, records.IsProofOnly ? [] : rrsets);
            if (records.IsProofOnly && records.IsInChain(_chain!))
            {
                editor.SetLink(hash, rrsets[0]);
            }
            else
            {
                editor.RemoveLink(hash);
            }
        }

        return editor.Build();
    }

    // The hash that a name directly below the apex may stand for where the zone has a chain.
    private byte[]? HashOf(DomainName name) =>
        _chain is not null && name.LabelCount == _before.OriginDepth + 1
            && Base32Hex.TryDecode(name.ToLower().FirstLabel, out var hash) && hash.Length == Nsec3Hash.Length
            ? hash
            : null;

    private bool HasNamesBelow(DomainName name)
    {
        _lookup.Set(name.Wire);
        var node = _before.FindNode(_lookup);
        return node >= 0 && NameOrder.HasDescendants(_before, node);
    }

    private bool Fail(string fault)
    {
        _fault ??= fault;
        return false;
    }
}
