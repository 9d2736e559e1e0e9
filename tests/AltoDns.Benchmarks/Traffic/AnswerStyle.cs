// How a server's data differs from the zones of a workload, and thereby what it is asked and answers.

using System.Text;
using AltoDns.Harness;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;

namespace AltoDns.Benchmarks.Traffic;

internal enum AnswerStyle
{
    /// <summary>The zones as they are.</summary>
    Zones,

    /// <summary>rbldnsd: has no NAPTR and no PTR, so TXT stands for them; its one zone has all addresses, so nothing is outside.</summary>
    AddressList,

    /// <summary>Whatever comes is sent back.</summary>
    Echo,
}

/// <summary>Makes the queries of one workload for servers of one style; equal answers share their octets.</summary>
internal sealed class QueryMaker(AnswerStyle style)
{
    private readonly Dictionary<(RecordType Type, ResponseCode Code, string? Value, byte[]? Signature, int Authority), ExpectedAnswer> _answers = [];

    public ExpectedQuery Make(Asked asked)
    {
        var isListed = style == AnswerStyle.AddressList;
        var type = isListed && asked.Value is not null ? RecordType.TXT : asked.Type;
        var code = isListed && asked.ResponseCode == ResponseCode.Refused ? ResponseCode.NameError : asked.ResponseCode;
        var message = new Query(asked.Name, type) { UdpPayload = 1232, DnssecOk = asked.DnssecOk }.ToWire(0);
        if (style == AnswerStyle.Echo)
        {
            return new ExpectedQuery(message, ExpectedAnswer.Echo);
        }

        var key = (type, code, asked.Value, asked.Signature, asked.Authority);
        if (!_answers.TryGetValue(key, out var answer))
        {
            answer = new ExpectedAnswer(AnswerKind.Response, code, asked.Value is null ? null : RecordsOf(type, asked.Value, asked.Signature), asked.Authority);
            _answers.Add(key, answer);
        }

        return new ExpectedQuery(message, answer);
    }

    private static ExpectedRecord[] RecordsOf(RecordType type, string value, byte[]? signature)
    {
        var record = new ExpectedRecord(type, DataOf(type, value));
        return signature is null ? [record] : [record, new ExpectedRecord(RecordType.RRSIG, signature)];
    }

    private static byte[] DataOf(RecordType type, string value)
    {
        var buffer = new byte[ushort.MaxValue];
        var writer = new WireWriter(buffer);
        switch (type)
        {
            case RecordType.NAPTR:
                // RFC 8686 §3.2.
                new NaptrData(100, 10, "u"u8.ToArray(), "ALTO:https"u8.ToArray(), Encoding.ASCII.GetBytes($"!.*!{value}!"), DomainName.Root).Write(ref writer);
                break;
            case RecordType.PTR:
                writer.WriteName(DomainName.Parse(value), RdataName.Verbatim);
                break;
            default:
                writer.WriteCharacterString(Encoding.ASCII.GetBytes(value));
                break;
        }

        return writer.Written.ToArray();
    }
}
