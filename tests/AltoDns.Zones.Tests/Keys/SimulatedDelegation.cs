// A zone, its parent and every cache of the world, at accelerated time: whether any validator can fail.

using AltoDns.Protocol.Records;
using AltoDns.Zones.Keys;

namespace AltoDns.Zones.Tests.Keys;

/// <summary>One version of the zone as a validator sees it: the DNSKEY RRset, who signed it, who signed everything else.</summary>
internal sealed record ZoneVersion(HashSet<ushort> Dnskeys, HashSet<ushort> DnskeySigners, HashSet<ushort> ZoneSigners)
{
    /// <summary>A zone that is not signed.</summary>
    public static ZoneVersion Unsigned { get; } = new([], [], []);

    public static ZoneVersion Of(ZoneKeyState state) => new(
        [.. state.Keys.Where(key => key.Dnskey.IsPublished).Select(key => key.Tag)],
        [.. state.Keys.Where(key => key.Dnskey.IsPublished && key.IsKeySigning).Select(key => key.Tag)],
        [.. state.Keys.Where(key => key.Signatures.IsPublished).Select(key => key.Tag)]);
}

/// <summary>Versions of something by the time at which each was first served; the last is served until now.</summary>
internal sealed class Timeline<T>(T first)
{
    private readonly List<(DateTimeOffset From, T Version)> _versions = [(DateTimeOffset.MinValue, first)];

    public T Current => _versions[^1].Version;

    public void Add(DateTimeOffset at, T version) => _versions.Add((at, version));

    /// <summary>The versions that were replaced less than <paramref name="memory"/> ago, and the present one.</summary>
    public IEnumerable<T> Seen(DateTimeOffset now, TimeSpan memory)
    {
        for (var i = _versions.Count - 1; i >= 0; i--)
        {
            yield return _versions[i].Version;
            if (_versions[i].From + memory <= now)
            {
                yield break;
            }
        }
    }
}

/// <summary>Real delays, none longer than the policy says, and what was published when.</summary>
internal sealed class SimulatedDelegation(TimeSpan zoneTimeToLive, TimeSpan dnskeyTimeToLive, TimeSpan dsTimeToLive, TimeSpan zoneLag, TimeSpan parentLag)
{
    private readonly Dictionary<ushort, DnssecAlgorithm> _algorithms = [];

    public Timeline<ZoneVersion> Zone { get; } = new(ZoneVersion.Unsigned);

    public Timeline<HashSet<ushort>> Parent { get; } = new([]);

    public void Learn(ushort tag, DnssecAlgorithm algorithm) => _algorithms[tag] = algorithm;

    /// <summary>The DS sets that one of the parent's servers has.</summary>
    public IEnumerable<HashSet<ushort>> OnParentServers(DateTimeOffset now) => Parent.Seen(now, parentLag);

    /// <summary>What is wrong with any combination of what caches may hold; null where every one validates or is plainly unsigned.</summary>
    public string? FindFault(DateTimeOffset now)
    {
        var keys = Zone.Seen(now, zoneLag + dnskeyTimeToLive).Distinct().ToList();
        var data = Zone.Seen(now, zoneLag + zoneTimeToLive).Distinct().ToList();
        foreach (var ds in Parent.Seen(now, parentLag + dsTimeToLive).Where(ds => ds.Count > 0))
        {
            foreach (var key in keys)
            {
                if (FindFault(ds, key) is { } fault)
                {
                    return $"DS {Text(ds)}, DNSKEY {Text(key.Dnskeys)} signed by {Text(key.DnskeySigners)}: {fault}";
                }

                foreach (var signed in data.Where(signed => !IsSigned(key, signed)))
                {
                    return $"DS {Text(ds)}, DNSKEY {Text(key.Dnskeys)}, data signed by {Text(signed.ZoneSigners)}";
                }
            }
        }

        return null;
    }

    // As strict as RFC 4035 §2.2 has it: every algorithm of the DS RRset, and every one of the DNSKEY RRset, works by itself.
    private string? FindFault(HashSet<ushort> ds, ZoneVersion key)
    {
        foreach (var algorithm in ds.Select(AlgorithmOf).Distinct())
        {
            if (!ds.Any(tag => AlgorithmOf(tag) == algorithm && key.Dnskeys.Contains(tag) && key.DnskeySigners.Contains(tag)))
            {
                return $"no key for {algorithm}";
            }
        }

        var unsigned = key.Dnskeys.Select(AlgorithmOf).Distinct().Except(key.DnskeySigners.Intersect(key.Dnskeys).Select(AlgorithmOf)).ToList();
        return unsigned.Count == 0 ? null : $"the DNSKEY RRset is not signed with {unsigned[0]}";
    }

    private bool IsSigned(ZoneVersion key, ZoneVersion signed) => key.Dnskeys
        .Select(AlgorithmOf)
        .Distinct()
        .All(algorithm => signed.ZoneSigners.Any(tag => AlgorithmOf(tag) == algorithm && key.Dnskeys.Contains(tag)));

    private DnssecAlgorithm AlgorithmOf(ushort tag) => _algorithms[tag];

    private string Text(IEnumerable<ushort> tags) => $"{{{string.Join(", ", tags.Select(tag => $"{tag}/{(byte)_algorithms[tag]}"))}}}";
}
