// One query in, one answer out: bytes to bytes, synchronous, without allocation.

using System.Runtime.CompilerServices;
using AltoDns.Protocol.Edns;
using AltoDns.Protocol.Messages;
using AltoDns.Protocol.Names;
using AltoDns.Protocol.Records;
using AltoDns.Protocol.Security;
using AltoDns.Server.Listening;
using AltoDns.Server.Protection;
using AltoDns.Server.Transfers.Outgoing;
using AltoDns.Server.Updates;
using AltoDns.Zones.Serving;

namespace AltoDns.Server.Answering;

/// <summary>Answers queries from the zones that are current. Safe for any number of threads.</summary>
/// <param name="transfers">Knows the TSIG keys, and who may have zones; null where there is no key and nobody may.</param>
/// <param name="notify">Answers NOTIFY messages; null where no zone comes from another server.</param>
public sealed class QueryProcessor(ZoneStore store, AnsweringSettings settings, TransferResponder? transfers = null, NotifyHandler? notify = null)
{
    /// <summary>What UDP carries to a client that does not speak EDNS (RFC 1035 §4.2.1).</summary>
    private const ushort PlainUdpLength = 512;

    private readonly EdnsResponder _edns = new(settings);
    private readonly ChaosResponder _chaos = new(settings);
    private readonly TransferResponder _transfers = transfers ?? TransferResponder.ToNobody(store);

    [ThreadStatic]
    private static Workspace? _workspace;

    /// <summary>Where updates go; null where they are not implemented.</summary>
    public UpdateIntake? Updates { get; init; }

    /// <summary>Who may ask, and how often; null where everybody may, always.</summary>
    public ProtectionStore? Protection { get; init; }

    /// <summary>Answers one message.</summary>
    /// <param name="request">The message as received, of any content.</param>
    /// <param name="response">Where to write; 65,535 octets let every answer fit.</param>
    /// <returns>Octets of the answer; 0 where none is to be sent; or what else a <see cref="QueryHandler"/> returns.</returns>
    public int Process(ReadOnlySpan<byte> request, Span<byte> response, in QueryContext context)
    {
        var outcome = QueryParser.Parse(request, out var query);
        switch (outcome)
        {
            case ParseOutcome.Drop:
                return 0;
            case ParseOutcome.FormatError:
                return WriteError(query.Header, ResponseCode.FormatError, response, context);
            case ParseOutcome.NotImplemented when query.Header.Opcode == Opcode.Update && Updates is { } updates:
                return Counted(updates.Answer(request, response, context), response, context);
            case ParseOutcome.Notify when notify is not null:
                return Counted(notify(request, response, context), response, context);
            case ParseOutcome.NotImplemented or ParseOutcome.Notify:
                return WriteError(query.Header, ResponseCode.NotImplemented, response, context);
            case ParseOutcome.BadVersion or ParseOutcome.Answerable:
                return query.TsigStart == 0
                    ? Answer(request, query, outcome, response, context, key: null, reserved: 0)
                    : AnswerSigned(request, query, outcome, response, context);
            default:
                throw new InvalidOperationException($"Unknown outcome {outcome}.");
        }
    }

    // RFC 8945 §5.2: verifies, answers, signs the answer.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private int AnswerSigned(ReadOnlySpan<byte> request, in ParsedQuery query, ParseOutcome outcome, Span<byte> response, in QueryContext context)
    {
        using var tsig = _transfers.Verify(request, query.TsigStart, context);
        if (tsig is null)
        {
            return WriteError(query.Header, ResponseCode.FormatError, response, context);
        }

        var length = tsig.Error == TsigError.None
            ? Answer(request, query, outcome, response, context, tsig.Key!.Name, tsig.RecordLength)
            : WriteNotAuthenticated(request, query, response, context);
        return length <= 0 ? length : tsig.Sign(response, length, context.UnixTime);
    }

    /// <param name="key">The key that the request is signed with; null for none.</param>
    /// <param name="reserved">Octets to be left for a signature.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private int Answer(
        ReadOnlySpan<byte> request, in ParsedQuery query, ParseOutcome outcome, Span<byte> response, in QueryContext context, DomainName? key, int reserved)
    {
        var workspace = _workspace ??= new Workspace();
        var plan = workspace.Plan;
        plan.Reset(query.Name, query.HasEdns && query.Edns.DnssecOk);
        var rules = Protection?.Current;
        var client = new ClientRights(rules?.Access, context.ClientAddress, key);
        ReadOnlySpan<byte> chaos = default;
        var mayAsk = true;
        if (outcome == ParseOutcome.BadVersion)
        {
            plan.Refuse(ResponseCode.BadVersion);
        }
        else if (query.HasEdns && !EdnsResponder.AreWellFormed(query, context.Transport))
        {
            plan.Refuse(ResponseCode.FormatError);
        }
        else if (query.Class == RecordClass.Internet && query.Type is RecordType.AXFR or RecordType.IXFR)
        {
            // Over a stream it comes here only where it was not granted.
            var room = Math.Min(response.Length, LimitFor(query, context.Transport)) - reserved;
            var written = room < PlainUdpLength / 2 ? 0 : _transfers.Answer(request, query, key, response[..room], context, plan);
            if (written > 0)
            {
                context.Tally?.Count(query.Type, response);
                return written;
            }
        }
        else if (query.Class == RecordClass.Internet)
        {
            mayAsk = workspace.Selector.Select(store.Current, query.Name, query.Type, context.Transport, client, plan);
        }
        else
        {
            mayAsk = client.MaySee(zone: null);
            chaos = mayAsk && query.Class == RecordClass.Chaos ? _chaos.Find(query) : default;
            if (chaos.IsEmpty)
            {
                plan.Refuse(ResponseCode.Refused, ExtendedErrorCode.Prohibited);
            }
        }

        if (!mayAsk)
        {
            Interlocked.Increment(ref rules!.Tally.QueriesProhibited);
        }

        if (rules?.Limiter is { } limiter && context.Transport == Transport.Udp && !TryKeepWithin(limiter, query, context, plan, ref chaos))
        {
            return PendingAnswer.Limited;
        }

        // A question that leaves no room for a signature came with as long a signature itself: its way carries the answer as well.
        var limit = Math.Max(Math.Min(response.Length, LimitFor(query, context.Transport)) - reserved, LengthWithoutOptions(query, chaos));
        var options = workspace.Options.AsSpan(0, Math.Min(EdnsResponder.MaxLength, limit - LengthWithoutOptions(query, chaos)));

        // A later EDNS version may give the options another meaning, and misshapen ones have none.
        var mayAnswerOptions = query.HasEdns && outcome == ParseOutcome.Answerable && plan.ResponseCode != ResponseCode.FormatError;
        var optionsLength = mayAnswerOptions ? _edns.Write(query, context, plan, options) : 0;
        options = options[..optionsLength];
        context.Tally?.Count(query.Type, plan.ResponseCode);
        var length = chaos.IsEmpty
            ? workspace.Writer.Write(request, query, plan, response[..limit], settings.MaxUdpPayloadSize, options)
            : ResponseWriter.WriteChaos(request, query, chaos, response[..limit], settings.MaxUdpPayloadSize, options);
        return mayAnswerOptions && ResponsePadding.IsWanted(query, context)
            ? ResponsePadding.Pad(response[..limit], length, optionsLength, reserved)
            : length;
    }

    // False where nothing is to be sent. RFC 7873 §5.2.4: a cookie shows that the address is no forged one.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryKeepWithin(
        ResponseRateLimiter limiter, in ParsedQuery query, in QueryContext context, AnswerPlan plan, ref ReadOnlySpan<byte> chaos)
    {
        if (plan.ResponseCode != ResponseCode.FormatError && _edns.HasValidCookie(query, context))
        {
            return true;
        }

        var kind = RateClass.Of(plan, out var owner);
        switch (limiter.Judge(context.ClientAddress, kind, owner, RateClass.TimeOf(context)))
        {
            case RateVerdict.Drop:
                return false;
            case RateVerdict.Slip when kind != AnswerClass.Error:
                plan.Slip();
                chaos = default;
                return true;
            default:
                // An error is no longer than its question, and nothing to come back for over TCP.
                return true;
        }
    }

    // A question of 259 octets and an answer of class CH, which has at most 268, are far enough below 512 each.
    private static int LengthWithoutOptions(in ParsedQuery query, ReadOnlySpan<byte> chaos) =>
        MessageHeader.Length + query.QuestionLength + OptRecord.MinLength + (chaos.IsEmpty ? 0 : ResponseWriter.ChaosRecordLength(chaos));

    private int LimitFor(in ParsedQuery query, Transport transport)
    {
        if (transport == Transport.Tcp)
        {
            return ushort.MaxValue;
        }

        // RFC 6891 §6.2.3: a payload size below 512 means 512.
        return query.HasEdns
            ? Math.Max(PlainUdpLength, Math.Min(query.Edns.UdpPayloadSize, settings.MaxUdpPayloadSize))
            : PlainUdpLength;
    }

    // An answer that others made of a message without a question; what is answered later is counted then.
    private static int Counted(int length, ReadOnlySpan<byte> response, in QueryContext context)
    {
        if (length > 0)
        {
            context.Tally?.Count(RecordType.None, response);
        }

        return length;
    }

    // Errors found before the question is understood are a header alone.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private int WriteError(MessageHeader request, ResponseCode code, Span<byte> response, in QueryContext context)
    {
        if (Protection?.Current.Limiter is { } limiter
            && context.Transport == Transport.Udp
            && limiter.Judge(context.ClientAddress, AnswerClass.Error, owner: 0, RateClass.TimeOf(context)) == RateVerdict.Drop)
        {
            return PendingAnswer.Limited;
        }

        context.Tally?.Count(RecordType.None, code);
        var flags = MessageFlags.Response | (request.Flags & MessageFlags.RecursionDesired);
        new MessageHeader(request.Id, flags, request.Opcode, code, 0, 0, 0, 0).Write(response);
        return MessageHeader.Length;
    }

    // RFC 8945 §5.2: the question is returned, and nothing else.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int WriteNotAuthenticated(ReadOnlySpan<byte> request, in ParsedQuery query, Span<byte> response, in QueryContext context)
    {
        context.Tally?.Count(query.Type, ResponseCode.NotAuth);
        var length = MessageHeader.Length + query.QuestionLength;
        request[..length].CopyTo(response);
        var flags = MessageFlags.Response | (query.Header.Flags & MessageFlags.RecursionDesired);
        new MessageHeader(query.Header.Id, flags, query.Header.Opcode, ResponseCode.NotAuth, 1, 0, 0, 0).Write(response);
        return length;
    }

    /// <summary>What one thread needs to answer, made once.</summary>
    private sealed class Workspace
    {
        public AnswerPlan Plan { get; } = new();

        public AnswerSelector Selector { get; } = new();

        public ResponseWriter Writer { get; } = new();

        public byte[] Options { get; } = new byte[EdnsResponder.MaxLength];
    }
}
