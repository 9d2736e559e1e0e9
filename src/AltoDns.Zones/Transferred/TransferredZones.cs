// The one holder of zones that come from other servers: the newest version of each, and its file in the state folder.

using System.Collections.Concurrent;
using AltoDns.Protocol.Names;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.History;
using AltoDns.Zones.Serving;

namespace AltoDns.Zones.Transferred;

/// <summary>Safe for any number of threads, as long as no two write the same zone at once.</summary>
/// <param name="folder">The state folder; null to keep nothing on disk.</param>
/// <param name="isReadOnly">Whether files are only read, as where another process serves from them.</param>
public sealed class TransferredZones(string? folder, TimeProvider timeProvider, bool isReadOnly = false)
{
    private readonly ConcurrentDictionary<DomainName, Lazy<Entry>> _zones = [];

    /// <summary>Told of each file that could not be read to its end.</summary>
    public Action<DamagedFile>? OnDamage { get; set; }

    /// <summary>The newest version, expired or not; null where none has come. The first time it is read from disk.</summary>
    public TransferredZone? Find(DomainName origin) => EntryOf(origin).Zone;

    /// <summary>The newest version where it may be answered from.</summary>
    /// <param name="unavailability">Why it may not; <see cref="Unavailability.None"/> where it may.</param>
    public TransferredZone? FindCurrent(DomainName origin, out Unavailability unavailability)
    {
        var zone = Find(origin);
        unavailability = zone is null ? Unavailability.NotTransferred
            : timeProvider.GetUtcNow() >= zone.Expires ? Unavailability.Expired
            : Unavailability.None;
        return unavailability == Unavailability.None ? zone : null;
    }

    /// <summary>Sets the newest version, in memory; <see cref="Save"/> writes it to disk.</summary>
    /// <param name="changes">What led to it from the version before; null for all of it.</param>
    public void Put(ZoneSnapshot snapshot, IReadOnlyList<ZoneIncrement>? changes)
    {
        var now = timeProvider.GetUtcNow();
        var entry = EntryOf(snapshot.Origin);
        lock (entry)
        {
            // What could not be written yet is written as a whole.
            entry.Changes = changes is null || entry.IsUnsaved ? null : changes;
            entry.IsUnsaved = true;
            entry.Zone = new TransferredZone(snapshot, now, now);
        }
    }

    /// <summary>Notes that a primary has no newer version.</summary>
    public void Refresh(DomainName origin)
    {
        var entry = EntryOf(origin);
        lock (entry)
        {
            entry.Zone = entry.Zone! with { Refreshed = timeProvider.GetUtcNow() };
        }
    }

    /// <summary>Writes to disk what is not there yet.</summary>
    /// <exception cref="IOException">It cannot be written, as where the disk is full; what was there before is still there.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public void Save(DomainName origin)
    {
        var entry = EntryOf(origin);
        TransferredZone zone;
        IReadOnlyList<ZoneIncrement>? changes;
        bool isUnsaved;
        lock (entry)
        {
            if (folder is null || isReadOnly || entry.Zone is null)
            {
                return;
            }

            (zone, changes, isUnsaved) = (entry.Zone, entry.Changes, entry.IsUnsaved);
        }

        var file = entry.File!;
        if (!(isUnsaved ? changes is not null && file.TryAppend(changes, zone.Changed) : file.TryAppendRefresh(zone.Refreshed)))
        {
            file.Write(zone);
        }

        lock (entry)
        {
            entry.IsUnsaved = entry.IsUnsaved && !ReferenceEquals(entry.Zone!.Snapshot, zone.Snapshot);
        }
    }

    /// <summary>Forgets a zone, on disk too, so that it begins anew; a file that cannot be removed is replaced by the next transfer.</summary>
    public void Forget(DomainName origin)
    {
        _zones.TryRemove(origin, out _);
        try
        {
            if (folder is not null && !isReadOnly)
            {
                File.Delete(new TransferredZoneFile(folder, origin).Path);
            }
        }
        catch (Exception exception) when (PolicyContext.IsFileFault(exception))
        {
            // What cannot be removed is old at worst: the transfer that follows overwrites it.
        }
    }

    /// <summary>Forgets what is in memory of zones that are not wanted any more; files stay.</summary>
    public void Retain(IReadOnlySet<DomainName> origins)
    {
        foreach (var origin in _zones.Keys.Where(origin => !origins.Contains(origin)))
        {
            _zones.TryRemove(origin, out _);
        }
    }

    private Entry EntryOf(DomainName origin) =>
        _zones.GetOrAdd(origin, _ => new Lazy<Entry>(() => Open(origin))).Value;

    private Entry Open(DomainName origin)
    {
        if (folder is null)
        {
            return new Entry(null);
        }

        var entry = new Entry(new TransferredZoneFile(folder, origin));
        entry.Zone = entry.File!.Read(repair: !isReadOnly, out var fault);
        if (fault is not null)
        {
            OnDamage?.Invoke(new DamagedFile(origin, entry.File.Path, fault, entry.Zone is null && !isReadOnly ? entry.File.PutAside() : null));
        }

        return entry;
    }

    private sealed class Entry(TransferredZoneFile? file)
    {
        public TransferredZoneFile? File { get; } = file;

        public volatile TransferredZone? Zone;

        public IReadOnlyList<ZoneIncrement>? Changes;

        public bool IsUnsaved;
    }
}

/// <summary>A file in the state folder that could not be read to its end.</summary>
/// <param name="Fault">As the end of a sentence.</param>
/// <param name="PutAside">What it is called now; null where it was left, or its beginning goes on being used.</param>
public sealed record DamagedFile(DomainName Origin, string Path, string Fault, string? PutAside);
