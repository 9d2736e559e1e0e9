// Where updates come in: checks who sends them and whether they can be read, and leaves the rest to the writer.

using System.Net;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Security;
using AltoDns.Server.Answering;
using AltoDns.Server.Listening;
using AltoDns.Zones.Serving;
using Microsoft.Extensions.Logging;

namespace AltoDns.Server.Updates;

/// <summary>Called by any number of threads at once; neither blocks nor touches the disk.</summary>
public sealed class UpdateIntake(ZoneStore zones, UpdateOptionsStore options, UpdateQueue queue, ILogger<UpdateIntake> logger)
{
    private readonly RefusalLog _refusals = new(logger);

    /// <summary>Answers a datagram with opcode UPDATE, as <see cref="QueryHandler"/> does.</summary>
    public int Answer(ReadOnlySpan<byte> request, Span<byte> response, in QueryContext context) =>
        context.Later?.Defer() is { } route ? Take(request, response, context, route)
        : MessageHeader.TryRead(request, out var header) ? UpdateResponse.WriteError(response, header, ResponseCode.Refused, tsig: null, context.UnixTime)
        : 0;

    /// <summary>Takes an update from a stream; null for any other request.</summary>
    public IMessageSequence? TryBegin(ReadOnlySpan<byte> request, in QueryContext context)
    {
        if (!MessageHeader.TryRead(request, out var header) || header.Opcode != Opcode.Update || (header.Flags & MessageFlags.Response) != 0)
        {
            return null;
        }

        var answer = new StreamedAnswer();
        Span<byte> response = stackalloc byte[UpdateResponse.MaxLength];
        var length = Take(request, response, context, answer);
        if (length != PendingAnswer.Deferred)
        {
            answer.Complete(response[..length]);
        }

        return answer;
    }

    private int Take(ReadOnlySpan<byte> request, Span<byte> response, in QueryContext context, PendingAnswer route)
    {
        MessageHeader.TryRead(request, out var header);
        var client = new IPAddress(context.ClientAddress);
        switch (TsigRecord.Find(request, out var record, out var start))
        {
            case TsigPresence.Malformed:
                return UpdateResponse.WriteError(response, header, ResponseCode.FormatError, tsig: null, context.UnixTime);
            case TsigPresence.Absent:
                _refusals.NotAuthenticated(client, "it is not signed", context.UnixTime);
                return UpdateResponse.WriteError(response, header, ResponseCode.Refused, tsig: null, context.UnixTime);
        }

        if (TsigResponder.Verify(request, record, start, options.Current.Keys, context.UnixTime) is not { } tsig)
        {
            return UpdateResponse.WriteError(response, header, ResponseCode.FormatError, tsig: null, context.UnixTime);
        }

        var length = tsig.Error == TsigError.None
            ? Take(request, response, new QueuedRequest(header, record, client, route), tsig, context.UnixTime)
            : Reject(response, header, client, tsig, context.UnixTime);
        if (length != PendingAnswer.Deferred)
        {
            tsig.Dispose();
        }

        return length;
    }

    private int Reject(Span<byte> response, MessageHeader header, IPAddress client, TsigResponder tsig, uint unixTime)
    {
        _refusals.NotAuthenticated(client, $"its signature is not accepted ({tsig.Error})", unixTime);
        return UpdateResponse.WriteError(response, header, ResponseCode.NotAuth, tsig, unixTime);
    }

    private int Take(ReadOnlySpan<byte> request, Span<byte> response, in QueuedRequest queued, TsigResponder tsig, uint unixTime)
    {
        var outcome = UpdateMessage.Read(request, out var update);
        if (outcome != UpdateReadOutcome.Read)
        {
            var code = outcome == UpdateReadOutcome.BadVersion ? ResponseCode.BadVersion : ResponseCode.FormatError;
            return UpdateResponse.WriteError(response, queued.Header, code, tsig, unixTime);
        }

        // RFC 2136 §3.1.2: only an authority for the zone can change it.
        if (update!.ZoneClass != RecordClass.Internet || zones.Current.FindZone(update.Zone) is null)
        {
            return UpdateResponse.Write(response, update, ResponseCode.NotAuth, null, tsig, unixTime);
        }

        var key = tsig.Key!.Name;
        Span<byte> address = stackalloc byte[16];
        queued.Client.TryWriteBytes(address, out var addressLength);
        var signed = new SignedRequest(
            SignedRequest.Digest(key.ToLower().Wire, queued.Tsig.Mac), SignedRequest.Digest(address[..addressLength]), key, (long)queued.Tsig.TimeSigned, queued.Tsig.Fudge);
        return queue.TryAdd(new QueuedUpdate(update, tsig, signed, queued.Client, queued.Route))
            ? PendingAnswer.Deferred
            : UpdateResponse.Write(response, update, ResponseCode.ServerFailure, null, tsig, unixTime);
    }

    private readonly ref struct QueuedRequest(MessageHeader header, TsigRecord tsig, IPAddress client, PendingAnswer route)
    {
        public MessageHeader Header { get; } = header;

        public TsigRecord Tsig { get; } = tsig;

        public IPAddress Client { get; } = client;

        public PendingAnswer Route { get; } = route;
    }
}
