// What the entries of a zone's file come to: the zone as it came, the changes since, and when it was last known to be current.

using AltoDns.Protocol.Names;
using AltoDns.Zones.History;
using AltoDns.Zones.Serving;

namespace AltoDns.Zones.Transferred;

/// <summary>Used once.</summary>
internal sealed class TransferredZoneContents(DomainName origin)
{
    private readonly List<ZoneIncrement> _changes = [];
    private DateTimeOffset _changed;
    private DateTimeOffset _refreshed;

    /// <param name="wholeLength">Octets up to the end of the first entry.</param>
    /// <param name="good">Octets up to the end of the last entry that is whole.</param>
    public TransferredZone Read(EntryReader reader, out long wholeLength, out long good)
    {
        reader.ReadHeader(TransferredZoneFile.Magic, origin);
        if (reader.Begin(out _changed) != EntryKind.Whole)
        {
            throw new InvalidDataException("It does not begin with a zone.");
        }

        var builder = new ZoneBuilder(origin);
        reader.ReadRecords((owner, type, timeToLive, data) => builder.AddRecord(builder.AddName(owner), timeToLive, type, data));
        reader.End();
        wholeLength = good = reader.Position;
        _refreshed = _changed;
        var zone = builder.Freeze();
        try
        {
            while (!reader.AtEnd)
            {
                ReadEntry(reader);
                good = reader.Position;
            }
        }
        catch (EndOfStreamException)
        {
            // The program or the machine stopped while it was written.
        }

        if (_changes.Count > 0)
        {
            zone = ZoneIncrement.Apply(zone, _changes, out var fault) ?? throw new InvalidDataException(fault);
        }

        return new TransferredZone(zone, _changed, _refreshed);
    }

    private void ReadEntry(EntryReader reader)
    {
        var kind = reader.Begin(out var time);
        var changes = new List<ZoneIncrement>();
        switch (kind)
        {
            case EntryKind.Refresh:
                break;
            case EntryKind.Changes:
                for (var count = reader.ReadUInt32(); count > 0; count--)
                {
                    changes.Add(new ZoneIncrement(reader.ReadUInt32(), reader.ReadUInt32(), ReadRecords(reader), ReadRecords(reader)));
                }

                break;
            default:
                throw new InvalidDataException("An entry is of no known kind.");
        }

        reader.End();
        _changes.AddRange(changes);
        _refreshed = time;
        _changed = kind == EntryKind.Changes ? time : _changed;
    }

    private static List<DeltaRecord> ReadRecords(EntryReader reader)
    {
        var records = new List<DeltaRecord>();
        reader.ReadRecords((owner, type, timeToLive, data) =>
        {
            DomainName.TryFromWire(owner, out var name);
            records.Add(new DeltaRecord(name, type, timeToLive, data.ToArray()));
        });
        return records;
    }
}
