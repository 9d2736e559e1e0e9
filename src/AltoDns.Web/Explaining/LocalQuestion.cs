// Asks loaded zones a question without a network: the same code as the server's, from octets to octets.

using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Server.Answering;
using AltoDns.Zones.Serving;

namespace AltoDns.Web.Explaining;

/// <param name="Referral">The NS records of the authority section.</param>
/// <param name="HasSoa">Whether the authority section shows that there is nothing more.</param>
public sealed record LocalAnswer(
    ResponseCode ResponseCode, IReadOnlyList<ResourceRecord> Answers, IReadOnlyList<ResourceRecord> Referral, bool HasSoa);

public sealed class LocalQuestion(ZoneSet zones)
{
    private readonly QueryProcessor _processor = new(new ZoneStore(zones), new AnsweringSettings());
    private readonly byte[] _response = new byte[ushort.MaxValue];

    public LocalAnswer Ask(DomainName name, RecordType type)
    {
        Span<byte> request = stackalloc byte[512];
        new MessageHeader(0, MessageFlags.None, Opcode.Query, ResponseCode.NoError, 1, 0, 0, 0).Write(request);
        var writer = new WireWriter(request[MessageHeader.Length..]);
        new Question(name, type, RecordClass.Internet).Write(ref writer);
        var length = _processor.Process(
            request[..(MessageHeader.Length + writer.Position)],
            _response,
            new QueryContext { Transport = Transport.Tcp, ClientAddress = [127, 0, 0, 1], UnixTime = 0 });
        return Read(_response.AsSpan(0, length));
    }

    private static LocalAnswer Read(ReadOnlySpan<byte> response)
    {
        MessageHeader.TryRead(response, out var header);
        var reader = new WireReader(response);
        reader.TryReadOctets(MessageHeader.Length, out _);
        Question.TryRead(ref reader, out _);
        var answers = ReadSection(ref reader, header.AnswerCount);
        var authority = ReadSection(ref reader, header.AuthorityCount);
        return new LocalAnswer(
            header.ResponseCode,
            answers,
            [.. authority.Where(record => record.Type == RecordType.NS)],
            authority.Exists(record => record.Type == RecordType.SOA));
    }

    private static List<ResourceRecord> ReadSection(ref WireReader reader, int count)
    {
        var records = new List<ResourceRecord>(count);
        while (records.Count < count && ResourceRecord.TryRead(ref reader, out var record))
        {
            records.Add(record);
        }

        return records;
    }
}
