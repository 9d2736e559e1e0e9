// Answers NOTIFY messages: news of a new version from those who may bring it, a refusal for all others (RFC 1996).

using System.Net;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Protocol.Security;
using AltoDns.Server.Access;
using AltoDns.Server.Answering;
using AltoDns.Server.Listening;
using AltoDns.Server.Transfers.Outgoing;

namespace AltoDns.Server.Transfers.Incoming;

/// <summary>Safe for any number of threads.</summary>
public sealed class NotifyResponder(IncomingTransfers transfers, TimeProvider timeProvider)
{
    private const int LeastLength = 512;

    private readonly RefusalNotes _refusals = new(timeProvider);

    /// <summary>NOTIFY messages refused so far.</summary>
    public long Refused => _refusals.Count;

    /// <summary>Answers one message with opcode NOTIFY. Fits <see cref="NotifyHandler"/>.</summary>
    /// <param name="response">Where to write; less than 512 octets is left alone.</param>
    /// <returns>Octets of the answer; 0 where none is to be sent.</returns>
    public int Process(ReadOnlySpan<byte> request, Span<byte> response, in QueryContext context)
    {
        if (!MessageHeader.TryRead(request, out var header) || (header.Flags & MessageFlags.Response) != 0 || response.Length < LeastLength)
        {
            return 0;
        }

        var reader = new WireReader(request);
        reader.TryReadOctets(MessageHeader.Length, out _);
        if (header.QuestionCount != 1 || !Question.TryRead(ref reader, out var question)
            || TsigRecord.Find(request, out var record, out var start) is var presence && presence == TsigPresence.Malformed)
        {
            return Write(header, null, ResponseCode.FormatError, response);
        }

        using var signature = presence == TsigPresence.Present
            ? TsigResponder.Verify(request, record, start, transfers.Options.Keys, context.UnixTime)
            : null;
        if (presence == TsigPresence.Present && signature is null)
        {
            return Write(header, question, ResponseCode.FormatError, response);
        }

        var code = signature is { Error: not TsigError.None }
            ? ResponseCode.NotAuth
            : Take(question, SerialIn(ref reader, header, question.Name), new IPAddress(context.ClientAddress), signature?.Key?.Name);
        var length = Write(header, question, code, response);
        return signature is null || length + signature.RecordLength > response.Length ? length : signature.Sign(response, length, context.UnixTime);
    }

    /// <summary>Whether a client has the address of a peer; an IPv4 address that came in IPv6 form counts as IPv4.</summary>
    internal static bool IsFrom(Peer peer, IPAddress client) =>
        peer.Endpoint.Address.Equals(client.IsIPv4MappedToIPv6 ? client.MapToIPv4() : client);

    private ResponseCode Take(Question question, uint? serial, IPAddress client, DomainName? key)
    {
        if (question.Class != RecordClass.Internet || question.Type != RecordType.SOA)
        {
            // RFC 1996 §3.7 defines no other news.
            return ResponseCode.NotImplemented;
        }

        if (transfers.Find(question.Name) is not { } zone)
        {
            return Refuse(question.Name, client, "the zone is not transferred here", ResponseCode.NotAuth);
        }

        var primary = zone.Primaries.Where(peer => IsFrom(peer, client)).ToList();
        if (!primary.Exists(peer => peer.Key is not { } needed || needed == key) && !zone.AllowNotify.Allows(client, key))
        {
            return Refuse(
                question.Name, client, primary.Count > 0 ? "it is not signed with the primary's key" : "it comes from no primary of the zone", ResponseCode.Refused);
        }

        transfers.Notify(zone.Origin, client, serial);
        return ResponseCode.NoError;
    }

    private ResponseCode Refuse(DomainName zone, IPAddress client, string reason, ResponseCode code)
    {
        if (_refusals.Note(ClientNetwork.Of(client)))
        {
            transfers.Logger.NotifyRejected(zone, client, reason);
        }

        return code;
    }

    // RFC 1996 §3.7: the answer section may have the new SOA record.
    private static uint? SerialIn(ref WireReader reader, MessageHeader header, DomainName origin)
    {
        if (header.AnswerCount == 0
            || !reader.TryReadName(out var owner) || owner != origin
            || !reader.TryReadUInt16(out var type) || (RecordType)type != RecordType.SOA
            || !reader.TryReadOctets(sizeof(ushort) + sizeof(uint), out _)
            || !reader.TryReadUInt16(out var length)
            || !reader.TryReadSection(length, out var data)
            || !SoaData.TryRead(ref data, out var soa))
        {
            return null;
        }

        return soa.Serial;
    }

    private static int Write(MessageHeader request, Question? question, ResponseCode code, Span<byte> response)
    {
        var flags = MessageFlags.Response | (code == ResponseCode.NoError ? MessageFlags.Authoritative : MessageFlags.None);
        new MessageHeader(request.Id, flags, request.Opcode, code, (ushort)(question is null ? 0 : 1), 0, 0, 0).Write(response);
        var writer = new WireWriter(response[MessageHeader.Length..]);
        question?.Write(ref writer);
        return MessageHeader.Length + writer.Position;
    }
}
