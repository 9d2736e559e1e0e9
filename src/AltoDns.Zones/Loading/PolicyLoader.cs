// Compiles the policies of a load: by their difference from the load before where that is possible, else as a whole.

using AltoDns.Zones.Compilation;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.Serving;
using AltoDns.Zones.ZoneFiles;

namespace AltoDns.Zones.Loading;

/// <param name="before">What the load before left.</param>
/// <param name="memory">Where this load leaves what it made.</param>
/// <param name="stamps">Of files before they were opened.</param>
internal sealed class PolicyLoader(
    ZoneSources sources, LoadMemory before, LoadMemory memory, IReadOnlyDictionary<string, FileStamp> stamps, DateTime readUtc)
{
    /// <summary>What reading a policy came to in the load before, where none of its files has changed.</summary>
    public ReadPolicy? Recall(string path)
    {
        if (!before.Policies.TryGetValue(path, out var policy) || !policy.Stamps.AreUnchanged())
        {
            return null;
        }

        Recalled.Add(path);
        return policy.Read;
    }

    /// <summary>The files of the policies that were recalled.</summary>
    public HashSet<string> Recalled { get; } = new(StringComparer.Ordinal);

    /// <summary>Compiles one policy.</summary>
    /// <param name="files">Where all files that the zones are made of are added.</param>
    public IReadOnlyList<ZoneSnapshot> Compile(ReadPolicy read, ProblemList problems, HashSet<string> files)
    {
        var policy = read.Document!;
        before.Policies.TryGetValue(policy.File, out var earlier);
        var transferred = TransferredBases.Of(policy, sources.Transferred);
        NoteUnavailable(policy, transferred);
        var isRead = earlier is not null && ReferenceEquals(earlier.Read, read);
        if (isRead && transferred.AreThoseOf(earlier!.Compiled))
        {
            files.UnionWith(earlier.Stamps.Files);
            AddAll(earlier.Problems, problems);
            return Remember(policy, earlier);
        }

        var own = FilesOf(policy).ToHashSet(StringComparer.Ordinal);
        var bases = new HashSet<string>(StringComparer.Ordinal);
        if (earlier is not null && (isRead || earlier.Stamps.AreUnchanged(earlier.BaseFiles)))
        {
            own.UnionWith(earlier.BaseFiles);
            if (IncrementalCompiler.TryCompile(earlier.Compiled, policy, () => SerialOf(own), transferred) is { } compiled)
            {
                files.UnionWith(own);
                return Remember(policy, MemoryOf(read, policy, compiled, own, earlier.BaseFiles, transferred, problems));
            }
        }

        var found = new ProblemList();
        own = [.. FilesOf(policy)];
        var zones = ZoneCompiler.CompileZones(
            policy, add => ReadBases(policy, found, add, bases), () => SerialOf(own.Union(bases, StringComparer.Ordinal)), found, transferred);
        own.UnionWith(bases);
        files.UnionWith(own);
        if (found.HasErrors)
        {
            ZoneCompiler.ReportHidden(policy, zones, found);
            AddAll(found.All, problems);
            return [];
        }

        zones = [.. zones.Select(zone => zone with { Snapshot = Adopt(zone, policy) }), .. Faulty(policy, zones, transferred, earlier)];
        return Remember(policy, MemoryOf(read, policy, CompiledPolicy.Of(policy, zones, found.All), own, [.. bases], transferred, problems));
    }

    private ZoneSnapshot Adopt(CompiledZone zone, PolicyDocument policy) =>
        zone.Base is null ? before.Adopt(zone.Snapshot, choosesSerial: policy.Soa is { Serial: null })
            : before.Zones.TryGetValue(zone.Snapshot.Origin, out var last) ? ZoneSerial.Follow(last, zone.Snapshot, tracksSource: policy.Soa is null)
            : zone.Snapshot;

    // Those whose base has errors stay as they were, if they were.
    private static IEnumerable<CompiledZone> Faulty(
        PolicyDocument policy, IReadOnlyList<CompiledZone> zones, TransferredBases transferred, PolicyMemory? earlier) =>
        earlier is null ? [] : earlier.Compiled.Zones.Where(zone =>
            transferred.Find(zone.Snapshot.Origin) is not null
            && zones.All(other => other.Snapshot.Origin != zone.Snapshot.Origin)
            && ZoneContent.Of(policy).Any(content => content.Origin == zone.Snapshot.Origin));

    private void NoteUnavailable(PolicyDocument policy, TransferredBases transferred)
    {
        foreach (var (origin, reason) in transferred.Missing)
        {
            memory.Unavailable[origin] = reason;
        }

        foreach (var document in policy.Bases.Where(document => document.Transfer is not null))
        {
            memory.Bases[document.Origin!.Value] = document;
        }
    }

    // Reports all that compiling found.
    private PolicyMemory MemoryOf(
        ReadPolicy read, PolicyDocument policy, CompiledPolicy compiled, IEnumerable<string> files, IReadOnlyList<string> bases, TransferredBases transferred, ProblemList problems)
    {
        var found = new ProblemList();
        AddAll(compiled.Problems, found);
        AddAll(compiled.Zones.SelectMany(zone => zone.Problems), found);
        AddAll(transferred.Faults.All, found);
        ZoneCompiler.ReportHidden(policy, compiled.Zones, found);
        AddAll(found.All, problems);
        return new PolicyMemory(read with { Document = compiled.Document }, compiled, found.All, sources.Open is null ? FileStamps.Of(files, stamps, readUtc) : FileStamps.None, bases);
    }

    private IReadOnlyList<ZoneSnapshot> Remember(PolicyDocument document, PolicyMemory policy)
    {
        memory.Policies[document.File] = policy;
        var zones = policy.Compiled.Zones.Select(zone => zone.Snapshot).ToList();

        // A base that has come and cannot be used is as good as none.
        foreach (var content in ZoneContent.Of(document).Where(content => zones.TrueForAll(zone => zone.Origin != content.Origin)))
        {
            memory.Unavailable.TryAdd(content.Origin, Unavailability.NotTransferred);
        }

        return zones;
    }

    private void ReadBases(PolicyDocument policy, ProblemList problems, Action<ZoneRecord> add, HashSet<string> files)
    {
        foreach (var document in policy.Bases.Where(document => document.Transfer is null))
        {
            var origin = document.Origin ?? ZoneContent.Of(policy)[0].Origin;
            if (sources.Open is not { } open)
            {
                MasterFileReader.Read(document.Path, origin, problems, add, files);
                continue;
            }

            using var stream = open(document.Path);
            MasterFileReader.Read(stream, document.Path, origin, problems, add, files);
        }
    }

    private static void AddAll(IEnumerable<Problem> found, ProblemList problems)
    {
        foreach (var problem in found)
        {
            problems.Add(problem);
        }
    }

    private static IEnumerable<string> FilesOf(PolicyDocument policy) =>
    [
        policy.File,
        .. policy.Bases.Where(document => document.Transfer is null).Select(document => document.Path),
        .. policy.Servers.SelectMany(server => server.Keys).Select(key => key.Path),
        .. policy.Servers.SelectMany(server => server.Certificates).Select(certificate => certificate.Path),
    ];

    // A zone changes when a file that it is made of does, so the newest of them numbers it; later edits count up (RFC 1982).
    private uint SerialOf(IEnumerable<string> files)
    {
        if (sources.Open is not null)
        {
            // What is not of the file system has no time; an equal name there would be another file.
            return 1;
        }

        var newest = files.Where(File.Exists).Select(File.GetLastWriteTimeUtc).DefaultIfEmpty(DateTime.UnixEpoch.AddSeconds(1)).Max();
        return (uint)new DateTimeOffset(newest).ToUnixTimeSeconds();
    }
}
