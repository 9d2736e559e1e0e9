// Writes a chosen answer: header, question, RRsets, OPT; compresses names and truncates whole RRsets (RFC 2181 §9).

using System.Buffers.Binary;
using AltoDns.Protocol.Edns;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Zones.Serving;

namespace AltoDns.Server.Answering;

/// <summary>Not safe for several threads; each worker has its own.</summary>
internal sealed class ResponseWriter
{
    // A pointer to the question's name, which always starts at the same place.
    private const ushort QueryNamePointer = 0xC000 | MessageHeader.Length;

    // What follows the name in a question: type and class.
    private const int QuestionTypeLength = 2 * sizeof(ushort);

    private const int CountBits = 16;

    // Pointer, type, class, TTL, length of the data.
    private const int PointedLength = 4 * sizeof(ushort) + sizeof(uint);

    private readonly NameCompressor _compressor = new();
    private readonly byte[] _name = new byte[DomainName.MaxLength];
    private bool _remembersQueryName;

    // Where the owner of the present RRset's first record stands; -1 before it is written.
    private int _owner;

    /// <summary>Writes the answer.</summary>
    /// <param name="request">The request, for its question.</param>
    /// <param name="response">Exactly as long as the answer may get.</param>
    /// <param name="payloadSize">What EDNS says that we take over UDP, in octets.</param>
    /// <param name="options">EDNS options for the answer, in wire form.</param>
    /// <returns>Octets written.</returns>
    public int Write(ReadOnlySpan<byte> request, in ParsedQuery query, AnswerPlan plan, Span<byte> response, ushort payloadSize, ReadOnlySpan<byte> options)
    {
        _compressor.Reset();
        _remembersQueryName = false;
        var optLength = query.HasEdns ? OptRecord.MinLength + options.Length : 0;
        var writer = new WireWriter(response[..^optLength]);
        writer.WriteOctets(request[..(MessageHeader.Length + query.QuestionLength)]);
        var counts = 0UL; // of records, 16 bits for each section
        var isTruncated = plan.IsSlipped;
        foreach (ref readonly var rrset in plan.RRsets)
        {
            var start = writer.Position;
            var written = WriteRRset(ref writer, rrset, query.Name, plan);
            if (rrset.Parts != RRsetParts.Records && !writer.Overflowed)
            {
                written += WriteSignatures(ref writer, rrset, query.Name, plan);
            }

            if (!writer.Overflowed)
            {
                counts += (ulong)written << ((int)rrset.Section * CountBits);
                continue;
            }

            writer.Rewind(start);
            _compressor.Rewind(start);

            // RFC 2181 §9, RFC 9471 §3.1: only what the client can do without may be left out without a word.
            if (rrset.Section != Section.Additional || rrset.IsRequired)
            {
                isTruncated = true;
                break;
            }
        }

        var length = writer.Position;
        if (query.HasEdns)
        {
            var tail = new WireWriter(response[length..]);
            new OptRecord
            {
                UdpPayloadSize = payloadSize,
                ExtendedResponseCode = (byte)((ushort)plan.ResponseCode >> 4),
                DnssecOk = query.Edns.DnssecOk,
                Options = options,
            }.Write(ref tail);
            length += tail.Position;
            counts += 1UL << ((int)Section.Additional * CountBits);
        }

        // RFC 4035 §3.1.6: AD and CD are for resolvers; an authoritative answer has neither.
        var flags = MessageFlags.Response
            | (query.Header.Flags & MessageFlags.RecursionDesired)
            | (plan.IsAuthoritative ? MessageFlags.Authoritative : MessageFlags.None)
            | (isTruncated ? MessageFlags.Truncated : MessageFlags.None);
        new MessageHeader(
            query.Header.Id,
            flags,
            Opcode.Query,
            plan.ResponseCode,
            1,
            CountOf(counts, Section.Answer),
            CountOf(counts, Section.Authority),
            CountOf(counts, Section.Additional)).Write(response);
        return length;
    }

    private static ushort CountOf(ulong counts, Section section) => (ushort)(counts >> ((int)section * CountBits));

    /// <summary>Octets of the one record of an answer of class CH: pointer, type, class, TTL, length, data.</summary>
    public static int ChaosRecordLength(ReadOnlySpan<byte> text) => 5 * sizeof(ushort) + sizeof(ushort) + text.Length;

    /// <summary>Writes an answer of class CH: the question's name with one TXT record.</summary>
    /// <param name="text">The record's data.</param>
    /// <returns>Octets written.</returns>
    public static int WriteChaos(
        ReadOnlySpan<byte> request, in ParsedQuery query, ReadOnlySpan<byte> text, Span<byte> response, ushort payloadSize, ReadOnlySpan<byte> options)
    {
        var writer = new WireWriter(response);
        writer.WriteOctets(request[..(MessageHeader.Length + query.QuestionLength)]);
        writer.WriteUInt16(QueryNamePointer);
        writer.WriteUInt16((ushort)RecordType.TXT);
        writer.WriteUInt16((ushort)RecordClass.Chaos);
        writer.WriteUInt32(0);
        writer.WriteUInt16((ushort)text.Length);
        writer.WriteOctets(text);
        if (query.HasEdns)
        {
            new OptRecord { UdpPayloadSize = payloadSize, DnssecOk = query.Edns.DnssecOk, Options = options }.Write(ref writer);
        }

        var flags = MessageFlags.Response | MessageFlags.Authoritative | (query.Header.Flags & MessageFlags.RecursionDesired);
        new MessageHeader(query.Header.Id, flags, Opcode.Query, ResponseCode.NoError, 1, 1, 0, query.HasEdns ? (ushort)1 : (ushort)0).Write(response);
        return writer.Position;
    }

    /// <returns>Records written, without signatures.</returns>
    private int WriteRRset(ref WireWriter writer, in PlannedRRset planned, ReadOnlySpan<byte> queryName, AnswerPlan plan)
    {
        _owner = -1;
        if (planned.RRset < 0)
        {
            BeginRecord(ref writer, planned, RecordType.CNAME, queryName, plan);
            WriteData(ref writer, plan.NameAt(planned.Target), new CompressibleNames(0, 1), queryName);
            return 1;
        }

        if ((planned.Parts & RRsetParts.Records) == 0)
        {
            return 0;
        }

        if (IsNegativeSoa(writer.Position, planned, queryName, plan))
        {
            _owner = writer.Position;
            planned.Zone.NegativeSoa.Write(ref writer, _owner - QuestionTypeLength - planned.Zone.Origin.Length);
            return 1;
        }

        ref readonly var rrset = ref planned.Zone.RRset(planned.RRset);
        var names = RecordTypes.NamesToCompress(rrset.Type);
        if (planned.Owner == AnswerPlan.QueryName && names.Count == 0)
        {
            _owner = writer.Position;
            foreach (var data in new RRsetDataEnumerator(planned.Zone.DataOf(rrset)))
            {
                WritePointed(ref writer, rrset.Type, planned.TimeToLive, data);
            }

            return rrset.Count;
        }

        foreach (var data in new RRsetDataEnumerator(planned.Zone.DataOf(rrset)))
        {
            BeginRecord(ref writer, planned, rrset.Type, queryName, plan);
            WriteData(ref writer, data, names, queryName);
            if (writer.Overflowed)
            {
                break;
            }
        }

        return rrset.Count;
    }

    // Right after the question, whose name ends in that of the zone; the root's name is too short to point to.
    private static bool IsNegativeSoa(int position, in PlannedRRset planned, ReadOnlySpan<byte> queryName, AnswerPlan plan) =>
        planned.Section == Section.Authority
        && planned.RRset == planned.Zone.SoaRRset
        && planned.Zone == plan.Zone
        && position == MessageHeader.Length + queryName.Length + QuestionTypeLength
        && planned.Zone.OriginDepth > 0;

    /// <summary>Writes the signatures of the RRset written last.</summary>
    /// <returns>Records written.</returns>
    private int WriteSignatures(ref WireWriter writer, in PlannedRRset planned, ReadOnlySpan<byte> queryName, AnswerPlan plan)
    {
        var start = writer.Position;
        var written = 0;
        foreach (var data in new RRsetDataEnumerator(planned.Zone.SignaturesOf(planned.RRset)))
        {
            // RFC 4034 §3.1.7: the signer's name is not compressed.
            BeginRecord(ref writer, planned, RecordType.RRSIG, queryName, plan);
            WriteData(ref writer, data, default, queryName);
            written++;
            if (writer.Overflowed)
            {
                break;
            }
        }

        // RFC 4035 §3.1.1: beside additional records they may be left out, and without TC.
        if (!writer.Overflowed || planned.Section != Section.Additional)
        {
            return written;
        }

        writer.Rewind(start);
        return 0;
    }

    private void BeginRecord(ref WireWriter writer, in PlannedRRset planned, RecordType type, ReadOnlySpan<byte> queryName, AnswerPlan plan)
    {
        if (_owner < 0)
        {
            _owner = writer.Position;
            WriteOwner(ref writer, planned, queryName, plan);
        }
        else
        {
            RepeatOwner(ref writer, _owner);
        }

        WriteFixedFields(ref writer, type, planned.TimeToLive);
    }

    // Most records of all: the name asked for is their owner, and there is no name in them that could be compressed.
    private static void WritePointed(ref WireWriter writer, RecordType type, uint timeToLive, ReadOnlySpan<byte> data)
    {
        if (!writer.TryTake(PointedLength + data.Length, out var record))
        {
            return;
        }

        BinaryPrimitives.WriteUInt16BigEndian(record, QueryNamePointer);
        BinaryPrimitives.WriteUInt16BigEndian(record[2..], (ushort)type);
        BinaryPrimitives.WriteUInt16BigEndian(record[4..], (ushort)RecordClass.Internet);
        BinaryPrimitives.WriteUInt32BigEndian(record[6..], timeToLive);
        BinaryPrimitives.WriteUInt16BigEndian(record[10..], (ushort)data.Length);
        data.CopyTo(record[PointedLength..]);
    }

    private static void WriteFixedFields(ref WireWriter writer, RecordType type, uint timeToLive)
    {
        if (writer.TryTake(2 * sizeof(ushort) + sizeof(uint), out var fields))
        {
            BinaryPrimitives.WriteUInt16BigEndian(fields, (ushort)type);
            BinaryPrimitives.WriteUInt16BigEndian(fields[sizeof(ushort)..], (ushort)RecordClass.Internet);
            BinaryPrimitives.WriteUInt32BigEndian(fields[(2 * sizeof(ushort))..], timeToLive);
        }
    }

    private void WriteOwner(ref WireWriter writer, in PlannedRRset planned, ReadOnlySpan<byte> queryName, AnswerPlan plan)
    {
        if (planned.Owner == AnswerPlan.QueryName)
        {
            writer.WriteUInt16(QueryNamePointer);
            return;
        }

        var name = planned.Owner switch
        {
            AnswerPlan.NodeOwner => _name.AsSpan(0, planned.Zone.WriteName(planned.Node, _name)),
            AnswerPlan.HashedOwner => _name.AsSpan(0, planned.Zone.Nsec3!.WriteOwner(planned.Node, planned.Zone.Origin, _name)),
            _ => plan.NameAt(planned.Owner),
        };
        WriteName(ref writer, name, queryName);
    }

    // The second and later records of an RRset point to where the first one's owner is.
    private static void RepeatOwner(ref WireWriter writer, int owner)
    {
        var first = writer.Written[owner];
        if (first == 0)
        {
            writer.WriteUInt8(0);
        }
        else if (first >= 0xC0)
        {
            writer.WriteOctets(writer.Written.Slice(owner, sizeof(ushort)));
        }
        else if (owner < 0x4000)
        {
            writer.WriteUInt16((ushort)(0xC000 | owner));
        }
        else
        {
            writer.WriteOctets(writer.Written.Slice(owner, MeasureCompressed(writer.Written[owner..])));
        }
    }

    private static int MeasureCompressed(ReadOnlySpan<byte> name)
    {
        var position = 0;
        while (name[position] is not 0 and < 0xC0)
        {
            position += name[position] + 1;
        }

        return position + (name[position] == 0 ? 1 : sizeof(ushort));
    }

    private void WriteData(ref WireWriter writer, ReadOnlySpan<byte> data, CompressibleNames names, ReadOnlySpan<byte> queryName)
    {
        var lengthPosition = writer.Position;
        writer.WriteUInt16((ushort)data.Length);
        if (names.Count == 0)
        {
            writer.WriteOctets(data);
            return;
        }

        writer.WriteOctets(data[..names.Offset]);
        data = data[names.Offset..];
        for (var i = 0; i < names.Count; i++)
        {
            var length = WireName.Measure(data);
            WriteName(ref writer, data[..length], queryName);
            data = data[length..];
        }

        writer.WriteOctets(data);
        if (!writer.Overflowed)
        {
            writer.PatchUInt16(lengthPosition, (ushort)(writer.Position - lengthPosition - sizeof(ushort)));
        }
    }

    private void WriteName(ref WireWriter writer, ReadOnlySpan<byte> name, ReadOnlySpan<byte> queryName)
    {
        // Most answers hold no name but the question's, so that one is hashed only when a second one comes.
        if (!_remembersQueryName)
        {
            _compressor.Remember(queryName, MessageHeader.Length);
            _remembersQueryName = true;
        }

        _compressor.Write(ref writer, name);
    }
}
