// Loads everything that is to be served together: reads, checks and compiles; all problems at once, all zones or none.

using AltoDns.Protocol.Names;
using AltoDns.Zones.Compilation;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.Serving;
using AltoDns.Zones.ZoneFiles;

namespace AltoDns.Zones.Loading;

/// <summary>One attempt to load; used once.</summary>
public sealed class ZoneLoader
{
    private readonly ZoneSources _sources;
    private readonly ProblemList _problems = new();
    private readonly HashSet<string> _files = new(StringComparer.Ordinal);
    private readonly Dictionary<string, FileStamp> _stamps = new(StringComparer.Ordinal);
    private readonly Dictionary<DomainName, string> _zoneFiles = [];
    private readonly DateTime _readUtc;
    private readonly LoadMemory _before;
    private readonly LoadMemory _memory = new();
    private readonly PolicyLoader _policies;

    private ZoneLoader(ZoneSources sources, LoadMemory before, DateTime readUtc)
    {
        _sources = sources;
        _readUtc = readUtc;

        // What is not of the file system has no time that would tell a change.
        _before = sources.Open is null ? before : LoadMemory.Empty;
        _policies = new PolicyLoader(sources, _before, _memory, _stamps, readUtc);
    }

    /// <summary>Loads all zones. Faults of files are problems, never exceptions.</summary>
    /// <param name="before">
    /// A load from the same sources without errors; null to read everything anew. What has not changed since is not read again, and
    /// zones with the same records stay the same objects, with their serials. The outcome is the same otherwise.
    /// </param>
    /// <param name="timeProvider">The clock of the file system; null for the system's.</param>
    public static LoadedZones Load(ZoneSources sources, LoadedZones? before = null, TimeProvider? timeProvider = null) =>
        new ZoneLoader(sources, before?.Memory ?? LoadMemory.Empty, (timeProvider ?? TimeProvider.System).GetUtcNow().UtcDateTime).Load();

    /// <summary>The zones of a load without errors, those of other servers as they are now: what goes on being served while something has errors.</summary>
    public static ZoneSet? Keep(ZoneSources sources, LoadedZones? last) =>
        last?.Memory is null ? null : new ZoneLoader(sources, last.Memory, default).Keep();

    private LoadedZones Load()
    {
        _files.UnionWith(_sources.Policies);
        var policies = PolicyReader.ReadEach(_sources.Policies, _problems, Open, _policies.Recall) ?? [];
        IReadOnlyList<PolicyDocument> documents = [.. policies.Select(policy => policy.Document!)];
        var snapshots = policies.SelectMany(CompilePolicy).ToList();
        var plainZones = _sources.PlainZones.Concat(_sources.ZoneLists.SelectMany(ReadList)).ToList();
        RejectDoubles(documents, plainZones);
        snapshots.AddRange(LoadPlainZones(plainZones));
        snapshots.AddRange(TakeSecondaries(_memory.Unavailable));
        if (!_problems.HasErrors && snapshots.Count + _memory.Unavailable.Count == 0)
        {
            _problems.Error(
                new SourcePosition("altodns", 0, 0), "There is no zone to serve.", "Name a policy, a folder of policies, or a zone with --zone ORIGIN=FILE or under 'zones'.");
        }

        if (_problems.HasErrors)
        {
            return new LoadedZones(null, documents, _problems.All, [.. _files]) { Transfers = [.. _memory.Bases.Values], Kept = Keep() };
        }

        foreach (var zone in snapshots)
        {
            _memory.Zones[zone.Origin] = zone;
        }

        return new LoadedZones(new ZoneSet(snapshots, _memory.Unavailable), documents, _problems.All, [.. _files])
        {
            Memory = _memory,
            TakenOver = _policies.Recalled,
            ZoneFiles = _zoneFiles,
            Transfers = [.. _memory.Bases.Values],
        };
    }

    // Every file that is opened is one to be watched.
    private Stream Open(string path)
    {
        _files.Add(path);
        if (_sources.Open is { } open)
        {
            return open(path);
        }

        _stamps.TryAdd(path, FileStamp.Of(path));
        return PolicyContext.OpenFile(path);
    }

    private IReadOnlyList<ZoneSnapshot> CompilePolicy(ReadPolicy policy) => _policies.Compile(policy, _problems, _files);

    private IReadOnlyList<PlainZone> ReadList(string path)
    {
        _files.Add(path);
        return ZoneListReader.Read(path, _problems);
    }

    private IEnumerable<ZoneSnapshot> TakeSecondaries(Dictionary<DomainName, Unavailability> unavailable)
    {
        foreach (var origin in _sources.Secondaries.Select(zone => zone.Origin))
        {
            var reason = Unavailability.NotTransferred;
            if (_sources.Transferred?.FindCurrent(origin, out reason) is { } zone)
            {
                yield return zone.Snapshot;
            }
            else
            {
                unavailable[origin] = reason;
            }
        }
    }

    // A mistake in a file must neither stop the news of other zones nor let a zone be served that has expired.
    private ZoneSet? Keep()
    {
        if (_before.Zones.Count == 0 && _before.Unavailable.Count == 0)
        {
            return null;
        }

        var secondaries = _sources.Secondaries.Select(zone => zone.Origin).ToHashSet();
        var unavailable = _before.Unavailable.Where(entry => !secondaries.Contains(entry.Key)).ToDictionary();
        var zones = new List<ZoneSnapshot>();
        foreach (var (origin, zone) in _before.Zones.Where(entry => !secondaries.Contains(entry.Key)))
        {
            var reason = Unavailability.None;
            if (!_before.Bases.ContainsKey(origin) || _sources.Transferred?.FindCurrent(origin, out reason) is not null || reason == Unavailability.NotTransferred)
            {
                zones.Add(zone);
            }
            else
            {
                unavailable.Add(origin, reason);
            }
        }

        zones.AddRange(TakeSecondaries(unavailable));
        return new ZoneSet(zones, unavailable);
    }

    private void RejectDoubles(IReadOnlyList<PolicyDocument> policies, IReadOnlyList<PlainZone> plainZones)
    {
        var seen = new Dictionary<DomainName, SourcePosition>();
        foreach (var (file, zone) in policies.SelectMany(ZoneContent.Of, (policy, zone) => (policy.File, zone)))
        {
            _zoneFiles[zone.Origin] = file;
            seen[zone.Origin] = zone.Position;
        }

        foreach (var zone in plainZones)
        {
            _zoneFiles[zone.Origin] = zone.Path;
        }

        foreach (var (origin, position) in plainZones.Select(zone => (zone.Origin, zone.Position))
            .Concat(_sources.Secondaries.Select(zone => (zone.Origin, zone.Position))))
        {
            if (!seen.TryAdd(origin, position))
            {
                _problems.Error(position, $"Zone {origin} is also claimed by {seen[origin]}.", "Keep one of the two.");
            }
        }
    }

    private IEnumerable<ZoneSnapshot> LoadPlainZones(IReadOnlyList<PlainZone> zones)
    {
        var loaded = new (PlainZoneMemory? Zone, IReadOnlyList<Problem> Problems, IEnumerable<string> Files)[zones.Count];
        Parallel.For(0, zones.Count, i => loaded[i] = LoadPlainZone(zones[i]));
        for (var i = 0; i < loaded.Length; i++)
        {
            var (zone, problems, files) = loaded[i];
            _files.UnionWith(files);
            foreach (var problem in problems)
            {
                _problems.Add(problem);
            }

            if (zone is not null)
            {
                _memory.PlainZones[(zones[i].Origin, zones[i].Path)] = zone;
                yield return zone.Zone;
            }
        }
    }

    private (PlainZoneMemory? Zone, IReadOnlyList<Problem> Problems, IEnumerable<string> Files) LoadPlainZone(PlainZone source)
    {
        if (_before.PlainZones.TryGetValue((source.Origin, source.Path), out var earlier) && earlier.Stamps.AreUnchanged())
        {
            return (earlier, earlier.Problems, earlier.Stamps.Files);
        }

        var stamp = new Dictionary<string, FileStamp>(StringComparer.Ordinal) { [source.Path] = FileStamp.Of(source.Path) };
        var problems = new ProblemList();
        var files = new HashSet<string>(StringComparer.Ordinal) { source.Path };
        if (ZoneFileLoader.Load(source.Path, source.Origin, problems, files)?.Freeze() is not { } zone)
        {
            return (null, problems.All, files);
        }

        zone = _before.Adopt(zone, choosesSerial: false);
        return (new PlainZoneMemory(zone, problems.All, FileStamps.Of(files, stamp, _readUtc)), problems.All, files);
    }
}
