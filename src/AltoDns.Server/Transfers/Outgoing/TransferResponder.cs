// Decides who gets a zone and how: in full, as what changed, or not at all (RFC 5936, RFC 1995).

using System.Net;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Protocol.Security;
using AltoDns.Server.Answering;
using AltoDns.Server.Listening;
using AltoDns.Zones.History;
using AltoDns.Zones.Serving;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace AltoDns.Server.Transfers.Outgoing;

/// <summary>Outgoing transfers since the start.</summary>
/// <param name="Begun">Transfers that were granted, over streams.</param>
/// <param name="Refused">Requests without right, or for zones that are not served.</param>
public readonly record struct TransferCounters(long Begun, long Refused);

/// <summary>Safe for any number of threads.</summary>
public sealed class TransferResponder : IDisposable
{
    // Octets that make no difference.
    private const long SmallZone = 4096;

    private readonly ZoneStore _store;
    private readonly TransferOptionsStore _options;
    private readonly ZoneHistory? _history;
    private readonly ushort _payloadSize;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _logger;
    private readonly TransferPlaces _places;
    private readonly RefusalNotes _refusals;
    private long _begun;

    [ThreadStatic]
    private static LookupName? _lookup;

    /// <param name="history">What incremental transfers are made of; null for full ones only.</param>
    /// <param name="payloadSize">What EDNS says that we take over UDP, in octets.</param>
    public TransferResponder(
        ZoneStore store, TransferOptionsStore options, ZoneHistory? history, ushort payloadSize, TimeProvider timeProvider, ILogger<TransferResponder> logger)
    {
        _store = store;
        _options = options;
        _history = history;
        _payloadSize = payloadSize;
        _timeProvider = timeProvider;
        _logger = logger;
        _places = new TransferPlaces(options.Current.MaxOutgoing);
        _refusals = new RefusalNotes(timeProvider);
    }

    public TransferCounters Counters => new(Volatile.Read(ref _begun), _refusals.Count);

    /// <summary>One that has no keys and lets nobody have anything.</summary>
    public static TransferResponder ToNobody(ZoneStore store) =>
        new(store, new TransferOptionsStore(new TransferOptions()), history: null, payloadSize: 0, TimeProvider.System, NullLogger<TransferResponder>.Instance);

    /// <summary>Begins a transfer over a stream, see <see cref="StreamHandler"/>. Null also where the request is at fault or has no right: <see cref="QueryProcessor"/> says so.</summary>
    public IMessageSequence? Begin(ReadOnlySpan<byte> request, in QueryContext context)
    {
        if (QueryParser.Parse(request, out var query) != ParseOutcome.Answerable
            || query.Type is not (RecordType.AXFR or RecordType.IXFR)
            || query.Class != RecordClass.Internet
            || !EdnsResponder.AreWellFormed(query, context.Transport))
        {
            return null;
        }

        var tsig = query.TsigStart > 0 ? Verify(request, query.TsigStart, context) : null;
        var isVerified = query.TsigStart == 0 || tsig?.Error == TsigError.None;
        if (!isVerified
            || !TryGrant(query, context.ClientAddress, tsig?.Key?.Name, out var zone, out _)
            || RecordsFor(request, query, zone!) is not { } records)
        {
            tsig?.Dispose();
            return null;
        }

        Interlocked.Increment(ref _begun);
        var subject = new TransferSubject(zone!.Origin, zone.Serial, query.Type, new IPAddress(context.ClientAddress), tsig?.Key?.Name);
        return new TransferSequence(subject, records, StartOf(request, query), tsig, _places, _timeProvider, _logger);
    }

    public void Dispose() => _places.Dispose();

    /// <summary>Verifies a request's TSIG record.</summary>
    /// <returns>Null for a format error.</returns>
    internal TsigResponder? Verify(ReadOnlySpan<byte> request, int start, in QueryContext context)
    {
        var reader = new WireReader(request);
        reader.TryReadOctets(start, out _);
        return TsigRecord.TryRead(ref reader, out var record) ? TsigResponder.Verify(request, record, start, _options.Current.Keys, context.UnixTime) : null;
    }

    /// <summary>Answers a request for a transfer with one message: over UDP, and all those over a stream that <see cref="Begin"/> did not take.</summary>
    /// <param name="key">The key that the request is signed with; null for none.</param>
    /// <param name="response">Exactly as long as the answer may get.</param>
    /// <returns>Octets written; 0 where the plan now has what to say instead.</returns>
    internal int Answer(ReadOnlySpan<byte> request, in ParsedQuery query, DomainName? key, Span<byte> response, in QueryContext context, AnswerPlan plan)
    {
        if (!TryGrant(query, context.ClientAddress, key, out var zone, out var refusal))
        {
            plan.Refuse(refusal, refusal == ResponseCode.Refused ? Protocol.Edns.ExtendedErrorCode.Prohibited : null);
            if (_refusals.Note(ClientNetwork.Of(context.ClientAddress)))
            {
                DomainName.TryFromWire(query.Name, out var name);
                _logger.TransferRefused(new IPAddress(context.ClientAddress), name, key, refusal);
            }

            return 0;
        }

        // RFC 5936 §4.2: a full transfer does not go over UDP.
        if (query.Type == RecordType.AXFR)
        {
            plan.Refuse(ResponseCode.NotImplemented);
            return 0;
        }

        if (!TryReadSerial(request, query, out var serial))
        {
            plan.Refuse(ResponseCode.FormatError);
            return 0;
        }

        // RFC 1995 §2: where the differences do not fit into a datagram, the SOA alone sends the client to TCP.
        var start = StartOf(request, query);
        if (SerialNumber.Compare(zone!.Serial, serial) > 0 && _history?.Find(zone.Origin, serial, zone.Serial, response.Length, fromMemory: true) is { } differences)
        {
            var messages = new TransferMessages(new HistoryRecords(zone, differences), start, tsig: null);
            var length = messages.Next(response, context.UnixTime);
            if (messages.IsComplete)
            {
                return length;
            }
        }

        return new TransferMessages(new HistoryRecords(zone, differences: null), start, tsig: null).Next(response, context.UnixTime);
    }

    private bool TryGrant(in ParsedQuery query, ReadOnlySpan<byte> client, DomainName? key, out ZoneSnapshot? zone, out ResponseCode refusal)
    {
        var lookup = _lookup ??= new LookupName();
        lookup.Set(query.Name);
        zone = _store.Current.FindEnclosing(lookup);
        if (zone?.OriginDepth != lookup.Depth)
        {
            refusal = ResponseCode.NotAuth;
            return false;
        }

        refusal = ResponseCode.Refused;
        var allowed = _options.Current.For(zone.Origin).AllowTransfer;
        return allowed.Rules.Count > 0 && allowed.Allows(new IPAddress(client), key);
    }

    // Null where the request has no SOA to begin from.
    private IWireRecords? RecordsFor(ReadOnlySpan<byte> request, in ParsedQuery query, ZoneSnapshot zone)
    {
        if (query.Type == RecordType.AXFR)
        {
            return new ZoneRecords(zone);
        }

        if (!TryReadSerial(request, query, out var serial))
        {
            return null;
        }

        // RFC 1995 §2: also a client that is ahead gets the SOA alone.
        if (SerialNumber.Compare(zone.Serial, serial) <= 0)
        {
            return new HistoryRecords(zone, differences: null);
        }

        return _history?.Find(zone.Origin, serial, zone.Serial, MostWorthwhile(zone)) is { } differences
            ? new HistoryRecords(zone, differences)
            : new ZoneRecords(zone);
    }

    // RFC 1995 §4: differences that are larger than the zone are no gain. With names uncompressed, a record of a zone takes some 64 octets.
    private static long MostWorthwhile(ZoneSnapshot zone) => Math.Max(SmallZone, Math.Max(zone.NodeCount, zone.RRsetCount) * 64L);

    private static bool TryReadSerial(ReadOnlySpan<byte> request, in ParsedQuery query, out uint serial)
    {
        serial = 0;
        var reader = new WireReader(request);
        if (query.Header.AuthorityCount != 1
            || !reader.TryReadOctets(MessageHeader.Length + query.QuestionLength, out _)
            || !ResourceRecord.TryRead(ref reader, out var record)
            || record.Data is not SoaData soa
            || !WireName.EqualsIgnoreCase(record.Owner.Wire, query.Name))
        {
            return false;
        }

        serial = soa.Serial;
        return true;
    }

    private TransferStart StartOf(ReadOnlySpan<byte> request, in ParsedQuery query) => new(
        query.Header, request.Slice(MessageHeader.Length, query.QuestionLength).ToArray(), query.HasEdns ? _payloadSize : null);
}
