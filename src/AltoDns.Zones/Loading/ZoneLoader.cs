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

    private ZoneLoader(ZoneSources sources) => _sources = sources;

    /// <summary>Loads all zones anew. Faults of files are problems, never exceptions.</summary>
    public static LoadedZones Load(ZoneSources sources) => new ZoneLoader(sources).Load();

    private LoadedZones Load()
    {
        _files.UnionWith(_sources.Policies);
        var policies = PolicyReader.ReadAll(_sources.Policies, _problems, Open) ?? [];
        var snapshots = policies.SelectMany(CompilePolicy).ToList();
        var plainZones = _sources.PlainZones.Concat(_sources.ZoneLists.SelectMany(ReadList)).ToList();
        RejectDoubles(policies, plainZones);
        snapshots.AddRange(LoadPlainZones(plainZones));
        if (!_problems.HasErrors && snapshots.Count == 0)
        {
            _problems.Error(
                new SourcePosition("altodns", 0, 0), "There is no zone to serve.", "Name a policy, a folder of policies, or a zone with --zone ORIGIN=FILE.");
        }

        var zones = _problems.HasErrors ? null : new ZoneSet(snapshots);
        return new LoadedZones(zones, policies, _problems.All, [.. _files]);
    }

    // Every file that is opened is one to be watched.
    private Stream Open(string path)
    {
        _files.Add(path);
        return (_sources.Open ?? PolicyContext.OpenFile)(path);
    }

    private IReadOnlyList<ZoneSnapshot> CompilePolicy(PolicyDocument policy)
    {
        var found = new ProblemList();
        var files = FilesOf(policy).ToHashSet(StringComparer.Ordinal);
        var zones = ZoneCompiler.Compile(policy, add => ReadBases(policy, found, add, files), () => SerialOf(files), found);
        _files.UnionWith(files);
        AddProblems(found);
        return zones;
    }

    private void ReadBases(PolicyDocument policy, ProblemList problems, Action<ZoneRecord> add, HashSet<string> files)
    {
        foreach (var document in policy.Bases)
        {
            var origin = document.Origin ?? ZoneContent.Of(policy)[0].Origin;
            if (_sources.Open is not { } open)
            {
                MasterFileReader.Read(document.Path, origin, problems, add, files);
                continue;
            }

            using var stream = open(document.Path);
            MasterFileReader.Read(stream, document.Path, origin, problems, add, files);
        }
    }

    private IReadOnlyList<PlainZone> ReadList(string path)
    {
        _files.Add(path);
        return ZoneListReader.Read(path, _problems);
    }

    private void RejectDoubles(IReadOnlyList<PolicyDocument> policies, IReadOnlyList<PlainZone> plainZones)
    {
        var seen = new Dictionary<DomainName, SourcePosition>();
        foreach (var zone in policies.SelectMany(ZoneContent.Of))
        {
            seen[zone.Origin] = zone.Position;
        }

        foreach (var zone in plainZones)
        {
            if (!seen.TryAdd(zone.Origin, zone.Position))
            {
                _problems.Error(zone.Position, $"Zone {zone.Origin} is also claimed by {seen[zone.Origin]}.", "Keep one of the two.");
            }
        }
    }

    private IEnumerable<ZoneSnapshot> LoadPlainZones(IReadOnlyList<PlainZone> zones)
    {
        var loaded = new (ZoneSnapshot? Zone, ProblemList Problems, IReadOnlyCollection<string> Files)[zones.Count];
        Parallel.For(0, zones.Count, i =>
        {
            var problems = new ProblemList();
            var files = new HashSet<string>(StringComparer.Ordinal) { zones[i].Path };
            var builder = ZoneFileLoader.Load(zones[i].Path, zones[i].Origin, problems, files);
            loaded[i] = (builder?.Freeze(), problems, files);
        });
        foreach (var (zone, problems, files) in loaded)
        {
            _files.UnionWith(files);
            AddProblems(problems);
            if (zone is not null)
            {
                yield return zone;
            }
        }
    }

    private void AddProblems(ProblemList problems)
    {
        foreach (var problem in problems.All)
        {
            _problems.Add(problem);
        }
    }

    private static IEnumerable<string> FilesOf(PolicyDocument policy) =>
    [
        policy.File,
        .. policy.Bases.Select(document => document.Path),
        .. policy.Servers.SelectMany(server => server.Keys).Select(key => key.Path),
        .. policy.Servers.SelectMany(server => server.Certificates).Select(certificate => certificate.Path),
    ];

    // A zone changes when a file that it is made of does, so the newest of them numbers it; later edits count up (RFC 1982).
    private uint SerialOf(IEnumerable<string> files)
    {
        if (_sources.Open is not null)
        {
            // What is not of the file system has no time; an equal name there would be another file.
            return 1;
        }

        var newest = files.Where(File.Exists).Select(File.GetLastWriteTimeUtc).DefaultIfEmpty(DateTime.UnixEpoch.AddSeconds(1)).Max();
        return (uint)new DateTimeOffset(newest).ToUnixTimeSeconds();
    }
}
