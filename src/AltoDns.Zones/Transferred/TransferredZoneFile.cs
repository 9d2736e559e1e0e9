// How a transferred zone is kept on disk: all of it, then what changed since, so that a small change costs a small write.
//
//   ALTODNS ZONE 1\n ORIGIN
//   Z time (owner (record …)…)…      digest     once, first
//   C time n (serials removed added)… digest    for each incremental transfer
//   R time                            digest    each time a primary said that this is current

using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Zones.Configuration;
using AltoDns.Zones.History;
using AltoDns.Zones.Keys;
using AltoDns.Zones.Serving;

namespace AltoDns.Zones.Transferred;

/// <summary>The file <c>STATE/transferred/ORIGIN</c>. Numbers are in network order, digests are SHA-256 over the entry. Not safe for several threads.</summary>
internal sealed class TransferredZoneFile(string folder, DomainName origin)
{
    // Changes that take less than this are not worth writing the zone anew.
    private const long LeastChanges = 1 << 20;

    private readonly string _folder = System.IO.Path.Combine(folder, "transferred");

    // Octets of the file as it was read or written last and of its beginning up to the changes; 0 where nothing can be appended.
    private long _length;
    private long _wholeLength;

    internal static ReadOnlySpan<byte> Magic => "ALTODNS ZONE 1\n"u8;

    public string Path => System.IO.Path.Combine(_folder, StateFileName.Of(origin));

    /// <summary>Reads the zone; null where there is no file, or <paramref name="fault"/> says why it cannot be used.</summary>
    /// <param name="repair">Whether an entry that was not written to its end is cut off.</param>
    /// <param name="fault">Null where the file is whole; a zone may be there all the same, as it was before the last change.</param>
    public TransferredZone? Read(bool repair, out string? fault)
    {
        fault = null;
        try
        {
            if (!File.Exists(Path))
            {
                return null;
            }

            using var stream = new FileStream(Path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            using var reader = new EntryReader(stream);
            var zone = new TransferredZoneContents(origin).Read(reader, out _wholeLength, out var good);
            if (good < stream.Length)
            {
                fault = "it ends within an entry";
                if (repair)
                {
                    stream.Dispose();
                    using var cut = new FileStream(Path, FileMode.Open, FileAccess.Write);
                    cut.SetLength(good);
                }
            }

            _length = good;
            return zone;
        }
        catch (Exception exception) when (PolicyContext.IsFileFault(exception) || exception is InvalidDataException)
        {
            fault = exception is EndOfStreamException ? "it is cut short" : PolicyContext.Reason(exception);
            return null;
        }
    }

    /// <summary>Renames a file that cannot be read, so that it is out of the way and still there; returns its new name, or null.</summary>
    public string? PutAside()
    {
        try
        {
            for (var number = 1; ; number++)
            {
                var aside = $"{Path}.damaged-{number}";
                if (!File.Exists(aside))
                {
                    File.Move(Path, aside);
                    return aside;
                }
            }
        }
        catch (Exception exception) when (PolicyContext.IsFileFault(exception))
        {
            return null;
        }
    }

    /// <summary>Writes all of the zone to a new file that takes the place of the one before.</summary>
    public void Write(TransferredZone zone)
    {
        _length = 0;
        PrivateFile.MakeFolderOrThrow(_folder);
        PrivateFile.Replace(Path, stream =>
        {
            using var writer = new EntryWriter(stream);
            writer.WriteHeader(Magic, origin);
            writer.Begin(EntryKind.Whole, zone.Changed);
            WriteRecords(writer, zone.Snapshot);
            writer.End();
            _wholeLength = stream.Position;
            writer.Begin(EntryKind.Refresh, zone.Refreshed);
            writer.End();
            _length = stream.Position;
        });
    }

    /// <summary>Appends changes; false where the zone is better written as a whole.</summary>
    public bool TryAppend(IReadOnlyList<ZoneIncrement> changes, DateTimeOffset time)
    {
        var octets = changes.Sum(change => change.Octets);
        if (_length - _wholeLength + octets > Math.Max(LeastChanges, _wholeLength / 2))
        {
            return false;
        }

        return TryAppend(toDisk: true, writer =>
        {
            writer.Begin(EntryKind.Changes, time);
            writer.WriteUInt32((uint)changes.Count);
            foreach (var change in changes)
            {
                writer.WriteUInt32(change.SerialBefore);
                writer.WriteUInt32(change.SerialAfter);
                WriteRecords(writer, change.Removed);
                WriteRecords(writer, change.Added);
            }

            writer.End();
        });
    }

    /// <summary>Appends that the zone is current; false where there is no file to append to. Losing it makes the zone expire early, not late, so it is not flushed.</summary>
    public bool TryAppendRefresh(DateTimeOffset time) => TryAppend(toDisk: false, writer =>
    {
        writer.Begin(EntryKind.Refresh, time);
        writer.End();
    });

    private bool TryAppend(bool toDisk, Action<EntryWriter> write)
    {
        if (_length == 0 || !File.Exists(Path))
        {
            return false;
        }

        using var stream = new FileStream(Path, FileMode.Open, FileAccess.Write, FileShare.Read, bufferSize: 0);
        if (stream.Length != _length)
        {
            return false;
        }

        stream.Position = _length;
        try
        {
            using var writer = new EntryWriter(stream);
            write(writer);
            stream.Flush(toDisk);
            _length = stream.Position;
            return true;
        }
        catch (IOException)
        {
            stream.SetLength(_length);
            throw;
        }
    }

    private static void WriteRecords(EntryWriter writer, ZoneSnapshot zone)
    {
        writer.BeginRecords();
        var name = new byte[DomainName.MaxLength];
        foreach (var node in zone.InOrder)
        {
            var count = zone.RRsetsOf(node).Length;
            if (count > 0)
            {
                writer.WriteOwner(name.AsSpan(0, zone.WriteName(node, name)));
            }

            for (var i = 0; i < count; i++)
            {
                WriteRRset(writer, zone, zone.FirstRRset(node) + i);
            }
        }

        for (var link = 0; link < (zone.Nsec3?.Count ?? 0); link++)
        {
            writer.WriteOwner(name.AsSpan(0, zone.Nsec3!.WriteOwner(link, zone.Origin, name)));
            WriteRRset(writer, zone, zone.Nsec3.RRsetOf(link));
        }

        writer.EndRecords();
    }

    private static void WriteRRset(EntryWriter writer, ZoneSnapshot zone, int rrset)
    {
        ref readonly var set = ref zone.RRset(rrset);
        foreach (var data in new RRsetDataEnumerator(zone.DataOf(set)))
        {
            writer.WriteRecord(set.Type, set.TimeToLive, data);
        }

        foreach (var data in new RRsetDataEnumerator(zone.SignaturesOf(rrset)))
        {
            writer.WriteRecord(RecordType.RRSIG, set.TimeToLive, data);
        }
    }

    private static void WriteRecords(EntryWriter writer, IReadOnlyList<DeltaRecord> records)
    {
        writer.BeginRecords();
        foreach (var record in records)
        {
            writer.WriteOwner(record.Owner.Wire);
            writer.WriteRecord(record.Type, record.TimeToLive, record.Data.Span);
        }

        writer.EndRecords();
    }
}
