// How long an answer may be kept by what stands between the client and the server (RFC 8484 §5.1).

using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Records;

namespace AltoDns.Web.Serving;

internal static class AnswerLifetime
{
    /// <summary>Seconds: the least TTL of the answer section, for a negative answer that of its SOA; 0 for all else.</summary>
    /// <param name="response">A message of this server.</param>
    public static uint Of(ReadOnlySpan<byte> response)
    {
        var reader = new WireReader(response);
        if (!MessageHeader.TryRead(response, out var header)
            || header.ResponseCode is not (ResponseCode.NoError or ResponseCode.NameError)
            || !reader.TryReadOctets(MessageHeader.Length, out _))
        {
            return 0;
        }

        for (var i = 0; i < header.QuestionCount; i++)
        {
            if (!Question.TryRead(ref reader, out _))
            {
                return 0;
            }
        }

        uint? least = null;
        for (var i = 0; i < header.AnswerCount + header.AuthorityCount && ResourceRecord.TryRead(ref reader, out var record); i++)
        {
            // RFC 2308 §5: what is kept of a negative answer is its SOA's TTL, which the server has brought down to what the SOA says.
            var counts = i < header.AnswerCount || (header.AnswerCount == 0 && record.Type == RecordType.SOA);
            least = counts ? Math.Min(least ?? uint.MaxValue, record.TimeToLive) : least;
        }

        return least ?? 0;
    }
}
