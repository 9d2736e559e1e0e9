// What an update does to the records that are kept of it.

using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;

namespace AltoDns.Zones.Updating;

public enum RowChangeKind
{
    /// <summary>The record is there from now on, for as long as it says.</summary>
    Put,

    /// <summary>The record has another TTL; it lasts as long as before.</summary>
    Retime,

    /// <summary>The record is no longer one of an update's.</summary>
    Drop,

    /// <summary>No record of this type is one of an update's any longer.</summary>
    DropRRset,

    /// <summary>No record of this name is one of an update's any longer.</summary>
    DropName,

    /// <summary>The record that files or transfers bring is taken out, now and after they are read again.</summary>
    Hide,
}

/// <param name="Owner">In lower case.</param>
/// <param name="TimeToLive">Seconds; of <see cref="RowChangeKind.Put"/> and <see cref="RowChangeKind.Retime"/>.</param>
/// <param name="Data">Canonical (RFC 4034 §6.2); empty for kinds without.</param>
/// <param name="Expires">Seconds since 1970-01-01T00:00:00Z when the server removes it; null for never.</param>
public readonly record struct RowChange(
    RowChangeKind Kind, DomainName Owner, RecordType Type, uint TimeToLive, ReadOnlyMemory<byte> Data, long? Expires = null);

/// <summary>A record that an update added, or one of the zone's that an update took out.</summary>
/// <param name="TimeToLive">Seconds; null where the record is taken out.</param>
/// <param name="Data">Canonical (RFC 4034 §6.2).</param>
public readonly record struct DynamicRecord(RecordType Type, uint? TimeToLive, ReadOnlyMemory<byte> Data);
