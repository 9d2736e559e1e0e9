// Writes a DNS UPDATE, section by section (RFC 2136 §2).

using AltoDns.Protocol.Edns;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;

namespace AltoDns.Protocol.Messages;

/// <summary>Prerequisites and updates in the order in which they are to be looked at. Not safe for several threads.</summary>
public sealed class UpdateBuilder(DomainName zone)
{
    private const ushort PayloadSize = 1232;
    private const int LeaseLength = 12;

    private readonly List<UpdateRecord> _prerequisites = [];
    private readonly List<UpdateRecord> _updates = [];

    /// <summary>How long the records are to last (RFC 9664); null for as long as nobody removes them.</summary>
    public UpdateLease? Lease { get; set; }

    /// <summary>Adds a prerequisite as it stands in the message.</summary>
    public UpdateBuilder Require(UpdateRecord prerequisite)
    {
        _prerequisites.Add(prerequisite);
        return this;
    }

    /// <summary>Adds a change as it stands in the message.</summary>
    public UpdateBuilder Change(UpdateRecord update)
    {
        _updates.Add(update);
        return this;
    }

    /// <summary>Adds a record to an RRset (RFC 2136 §2.5.1).</summary>
    /// <param name="timeToLive">Seconds.</param>
    public UpdateBuilder Add(DomainName owner, uint timeToLive, RecordData data) =>
        Change(new UpdateRecord(owner, data.RecordType, RecordClass.Internet, timeToLive, data));

    /// <summary>Deletes a record from an RRset (RFC 2136 §2.5.4).</summary>
    public UpdateBuilder Delete(DomainName owner, RecordData data) =>
        Change(new UpdateRecord(owner, data.RecordType, RecordClass.None, 0, data));

    /// <summary>Deletes an RRset, or all of a name for type ANY (RFC 2136 §2.5.2, §2.5.3).</summary>
    public UpdateBuilder Delete(DomainName owner, RecordType type) =>
        Change(new UpdateRecord(owner, type, RecordClass.Any, 0, null));

    /// <summary>Writes the message.</summary>
    /// <returns>Octets written; 0 where there is no room.</returns>
    public int Write(Span<byte> message, ushort id)
    {
        var writer = new WireWriter(message);
        writer.WriteOctets(stackalloc byte[MessageHeader.Length]);
        writer.WriteName(zone, RdataName.Verbatim);
        writer.WriteUInt16((ushort)RecordType.SOA);
        writer.WriteUInt16((ushort)RecordClass.Internet);
        foreach (var record in _prerequisites.Concat(_updates))
        {
            Write(ref writer, record);
        }

        if (Lease is { } lease)
        {
            var option = new byte[LeaseLength];
            var optionWriter = new WireWriter(option);
            lease.Write(ref optionWriter);
            new OptRecord { UdpPayloadSize = PayloadSize, Options = option.AsSpan(0, optionWriter.Position) }.Write(ref writer);
        }

        if (writer.Overflowed)
        {
            return 0;
        }

        new MessageHeader(
            id,
            MessageFlags.None,
            Opcode.Update,
            ResponseCode.NoError,
            1,
            checked((ushort)_prerequisites.Count),
            checked((ushort)_updates.Count),
            (ushort)(Lease is null ? 0 : 1)).Write(message);
        return writer.Position;
    }

    private static void Write(ref WireWriter writer, in UpdateRecord record)
    {
        writer.WriteName(record.Owner, RdataName.Verbatim);
        writer.WriteUInt16((ushort)record.Type);
        writer.WriteUInt16((ushort)record.Class);
        writer.WriteUInt32(record.TimeToLive);
        var length = writer.Position;
        writer.WriteUInt16(0);
        record.Data?.Write(ref writer);
        if (!writer.Overflowed)
        {
            writer.PatchUInt16(length, checked((ushort)(writer.Position - length - sizeof(ushort))));
        }
    }
}
